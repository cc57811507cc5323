//! The levels of all buses and of the sum over time, as SVG.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::args::Args;
use crate::meter::Meter;
use crate::mixing::{BusLevel, Pass};
use perbus_mix::{name_of, Mix};

/// Width of the drawings in pixels, which is also their number of columns.
pub(crate) const COLUMNS: usize = 960;

const LEFT: i32 = 200;
const RIGHT: i32 = 72;
const TOP: i32 = 84;
const ROW: i32 = 84;
const SUM_ROW: i32 = 132;
const GAP: i32 = 12;
const AXIS: i32 = 56;

/// What is drawn at the middle of a row.
const FLOOR_DB: f32 = -48.0;

const INK: RGBColor = RGBColor(38, 43, 51);
const FAINT: RGBColor = RGBColor(112, 120, 132);
const GRID: RGBColor = RGBColor(222, 226, 232);
const LANE: RGBColor = RGBColor(247, 248, 250);
const FULL_SCALE: RGBColor = RGBColor(205, 40, 40);
const SCENE: RGBColor = RGBColor(255, 240, 205);
/// Distinguishable for colour-blind readers, too.
const COLORS: [RGBColor; 6] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 140, 105),
    RGBColor(180, 90, 145),
    RGBColor(200, 140, 0),
    RGBColor(70, 160, 210),
];

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn std::error::Error>>;

/// Draws a row for each bus, one for each group if gains move, and one for the sum, all to one
/// scale.
pub(crate) fn draw(
    mix: &Mix,
    pass: &Pass,
    sum: &Meter,
    args: &Args,
) -> Result<String, Box<dyn std::error::Error>> {
    let buses = &pass.levels;
    let groups = pass.courses.as_ref().map_or(&[][..], |_| &mix.groups);
    let rows = i32::try_from(buses.len() + groups.len())?
        .checked_mul(ROW + GAP)
        .ok_or("too many buses")?;
    let width = LEFT + COLUMNS as i32 + RIGHT;
    let height = TOP + rows + SUM_ROW + AXIS;

    let mut svg = String::new();
    {
        let area =
            SVGBackend::with_string(&mut svg, (width as u32, height as u32)).into_drawing_area();
        area.fill(&WHITE)?;
        heading(&area, &name_of(&args.output), pass.courses.is_some())?;
        let peaks = buses.iter().map(|bus| &bus.meter).chain([sum]);
        let top_db = peaks.fold(0.0_f32, |top, meter| top.max(meter.peak_db()));
        let seconds = sum.frames() as f64 / f64::from(args.rate);
        let grid = Grid::new(seconds, mix);
        let mut row = Row {
            top: TOP,
            height: ROW,
            top_db,
            color: INK,
        };
        for ((place, bus), color) in buses.iter().enumerate().zip(COLORS.iter().cycle()) {
            row.color = *color;
            row.draw(&area, &grid, &bus.meter)?;
            if let Some(courses) = &pass.courses {
                row.course(&area, &courses.of(place), sum.frames())?;
            }
            let name = format!("{}  {}", bus.bus, bus.name);
            row.label(
                &area,
                &name,
                &facts(bus),
                &level(&bus.meter, bus.note.as_deref()),
            )?;
            row.top += ROW + GAP;
        }
        row.color = INK;
        for (place, group) in groups.iter().enumerate() {
            row.lane(&area, &grid)?;
            if let Some(courses) = &pass.courses {
                row.course(&area, &courses.of(buses.len() + place), sum.frames())?;
            }
            let members = format!("group of {} buses", group.members.len());
            row.label(&area, &group.name, &members, "its fader")?;
            row.top += ROW + GAP;
        }
        row.height = SUM_ROW;
        row.draw(&area, &grid, sum)?;
        row.label(
            &area,
            "sum",
            &format!("{} buses", buses.len()),
            &level(sum, None),
        )?;
        grid.label(&area, row.top + SUM_ROW)?;
        area.present()?;
    }
    Ok(svg)
}

fn heading(area: &Area<'_>, mix: &str, moves: bool) -> Drawn {
    let title = format!("{mix}: each bus after its fader, and the sum");
    area.draw(&Text::new(title, (24, 20), style(20, INK, FontStyle::Bold)))?;
    let small = style(12, FAINT, FontStyle::Normal);
    let scale = format!(
        "peaks, left above the middle and right below: from {FLOOR_DB} dBFS at the middle to full \
         scale at the red lines; red above a row: samples beyond full scale"
    );
    area.draw(&Text::new(scale, (LEFT, 45), small.clone()))?;
    if moves {
        let lines = "lines: gains, automated and with the group's; shaded: fade to a scene";
        area.draw(&Text::new(lines, (LEFT, 62), small))?;
    }
    Ok(())
}

fn facts(bus: &BusLevel) -> String {
    if bus.muted {
        return "muted".to_owned();
    }
    let volume = perbus::decibels::to_db(bus.volume);
    format!("{volume:.1} dB, pan {:+.2}", bus.pan)
}

/// The place of one meter's levels; `top_db` is the level that fills it.
struct Row {
    top: i32,
    height: i32,
    top_db: f32,
    color: RGBColor,
}

impl Row {
    /// The background.
    fn lane(&self, area: &Area<'_>, grid: &Grid) -> Drawn {
        let (right, bottom) = (LEFT + COLUMNS as i32, self.top + self.height);
        area.draw(&Rectangle::new(
            [(LEFT, self.top), (right, bottom)],
            LANE.filled(),
        ))?;
        for (from, to) in grid.scenes() {
            let corners = [(from, self.top), (to, bottom)];
            area.draw(&Rectangle::new(corners, SCENE.filled()))?;
        }
        for (x, _) in grid.ticks() {
            area.draw(&PathElement::new([(x, self.top), (x, bottom)], GRID))?;
        }
        Ok(())
    }

    fn draw(&self, area: &Area<'_>, grid: &Grid, meter: &Meter) -> Drawn {
        self.lane(area, grid)?;
        let columns = meter.columns();
        let middle = self.top + self.height / 2;
        let x = |column: usize| LEFT + (column * COLUMNS / columns.len()) as i32;
        // Steps: a column is as wide as the time that it stands for.
        let step = |side: usize| {
            columns.iter().enumerate().flat_map(move |(n, column)| {
                let y = self.reach(column[side]);
                [(x(n), y), (x(n + 1), y)]
            })
        };
        let upper = step(0).map(|(x, y)| (x, middle - y));
        // A pixel lower, so that silence is a line rather than nothing.
        let lower: Vec<_> = step(1).map(|(x, y)| (x, middle + y + 1)).collect();
        let around: Vec<_> = upper.chain(lower.into_iter().rev()).collect();
        area.draw(&Polygon::new(around, self.color.filled()))?;

        let right = LEFT + COLUMNS as i32;
        let full = self.reach(1.0);
        for y in [middle - full, middle + full] {
            let line = PathElement::new([(LEFT, y), (right, y)], FULL_SCALE.mix(0.6));
            area.draw(&line)?;
        }
        let small = style(11, FULL_SCALE, FontStyle::Normal);
        let style = small.pos(Pos::new(HPos::Left, VPos::Center));
        let label = Text::new("0 dBFS", (right + 6, middle - full), style);
        area.draw(&label)?;
        for (n, _) in columns
            .iter()
            .enumerate()
            .filter(|(_, it)| it[0].max(it[1]) > 1.0)
        {
            let corners = [(x(n), self.top - 5), (x(n + 1).max(x(n) + 2), self.top)];
            area.draw(&Rectangle::new(corners, FULL_SCALE.filled()))?;
        }
        Ok(())
    }

    /// How a gain moves, the highest at the top.
    fn course(&self, area: &Area<'_>, course: &[(u64, f32)], frames: u64) -> Drawn {
        let most = course
            .iter()
            .fold(0.0_f32, |most, (_, gain)| most.max(*gain));
        let room = self.height as f32 - 12.0;
        let point = |(frame, gain): &(u64, f32)| {
            let share = if most > 0.0 { gain / most } else { 0.0 };
            let x = ((frame * COLUMNS as u64 + frames / 2) / frames.max(1)) as i32;
            let y = self.height as f32 - 6.0 - share * room;
            (LEFT + x, self.top + y.round() as i32)
        };
        let line: Vec<_> = course.iter().map(point).collect();
        area.draw(&PathElement::new(line, INK.stroke_width(2)))?;
        Ok(())
    }

    /// How far from the middle a level is drawn.
    fn reach(&self, level: f32) -> i32 {
        let above = perbus::decibels::to_db(level).max(FLOOR_DB) - FLOOR_DB;
        let room = self.height as f32 / 2.0 - 4.0;
        (above / (self.top_db - FLOOR_DB) * room).round() as i32
    }

    fn label(&self, area: &Area<'_>, name: &str, facts: &str, level: &str) -> Drawn {
        let middle = self.top + self.height / 2;
        let place = |size, color, weight| {
            style(size, color, weight).pos(Pos::new(HPos::Left, VPos::Center))
        };
        let name = shortened(name);
        area.draw(&Text::new(
            name,
            (24, middle - 19),
            place(15, self.color, FontStyle::Bold),
        ))?;
        area.draw(&Text::new(
            facts.to_owned(),
            (24, middle + 2),
            place(12, FAINT, FontStyle::Normal),
        ))?;
        area.draw(&Text::new(
            level.to_owned(),
            (24, middle + 20),
            place(12, FAINT, FontStyle::Normal),
        ))?;
        Ok(())
    }
}

fn level(meter: &Meter, note: Option<&str>) -> String {
    let note = note.map_or_else(String::new, |note| format!(", {note}"));
    format!("peak {:.1} dBFS{note}", meter.peak_db())
}

/// The time axis: lines at round numbers of seconds.
struct Grid {
    seconds: f64,
    step: f64,
    /// Start and end of each fade to a scene.
    scenes: Vec<(f64, f64)>,
}

impl Grid {
    /// At most ten steps of 1, 2 or 5 times a power of ten.
    fn new(seconds: f64, mix: &Mix) -> Self {
        let magnitude = 10_f64.powf((seconds / 10.0).log10().floor());
        let step = [1.0, 2.0, 5.0]
            .map(|factor| factor * magnitude)
            .into_iter()
            .find(|step| seconds / step <= 10.0)
            .unwrap_or(10.0 * magnitude);
        Self {
            seconds,
            step,
            scenes: mix
                .scenes
                .iter()
                .map(|scene| (scene.at, scene.at + scene.over))
                .collect(),
        }
    }

    /// The first and last pixel of each fade to a scene.
    fn scenes(&self) -> impl Iterator<Item = (i32, i32)> + '_ {
        let x = |time: f64| {
            let share = (time / self.seconds).min(1.0);
            LEFT + (share * COLUMNS as f64).round() as i32
        };
        let scenes = self.scenes.iter().filter(|(from, _)| *from < self.seconds);
        scenes.map(move |(from, to)| (x(*from), x(*to)))
    }

    /// Pixel and time of each line.
    fn ticks(&self) -> impl Iterator<Item = (i32, f64)> + '_ {
        let count = (self.seconds / self.step + 1e-9).floor() as u32;
        (0..=count).map(|n| f64::from(n) * self.step).map(|time| {
            let share = time / self.seconds;
            (LEFT + (share * COLUMNS as f64).round() as i32, time)
        })
    }

    fn label(&self, area: &Area<'_>, y: i32) -> Drawn {
        let center = style(12, FAINT, FontStyle::Normal).pos(Pos::new(HPos::Center, VPos::Top));
        let decimals = (-self.step.log10().floor()).max(0.0) as usize;
        for (x, time) in self.ticks() {
            area.draw(&PathElement::new([(x, y), (x, y + 5)], FAINT))?;
            area.draw(&Text::new(
                format!("{time:.decimals$}"),
                (x, y + 9),
                center.clone(),
            ))?;
        }
        let middle = LEFT + COLUMNS as i32 / 2;
        area.draw(&Text::new("time in s", (middle, y + 30), center))?;
        Ok(())
    }
}

fn style(size: u32, color: RGBColor, weight: FontStyle) -> TextStyle<'static> {
    ("sans-serif", size, weight).into_font().color(&color)
}

/// What fits next to the waveform.
fn shortened(name: &str) -> String {
    const FITS: usize = 20;
    if name.chars().count() <= FITS {
        return name.to_owned();
    }
    name.chars().take(FITS - 1).chain(['\u{2026}']).collect()
}
