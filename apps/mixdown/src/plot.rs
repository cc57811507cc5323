//! The waveforms of all buses and of the sum, as SVG.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::meter::Meter;
use crate::mix::BusLevel;
use crate::show::{Courses, FINALE};

/// Width of the waveforms in pixels, which is also their number of columns.
pub(crate) const COLUMNS: usize = 960;

const LEFT: i32 = 200;
const RIGHT: i32 = 40;
const TOP: i32 = 64;
const ROW: i32 = 84;
const SUM_ROW: i32 = 132;
const GAP: i32 = 12;
const AXIS: i32 = 56;

const INK: RGBColor = RGBColor(38, 43, 51);
const FAINT: RGBColor = RGBColor(112, 120, 132);
const GRID: RGBColor = RGBColor(222, 226, 232);
const LANE: RGBColor = RGBColor(247, 248, 250);
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

/// Draws a row for each bus, all to one scale, one for the group if there is one, and one for the
/// sum.
pub(crate) fn draw(
    mix: &str,
    buses: &[BusLevel],
    sum: &Meter,
    courses: Option<&Courses>,
    rate: u32,
) -> Result<String, Box<dyn std::error::Error>> {
    let rows = i32::try_from(buses.len() + usize::from(courses.is_some()))?
        .checked_mul(ROW + GAP)
        .ok_or("too many buses")?;
    let width = LEFT + COLUMNS as i32 + RIGHT;
    let height = TOP + rows + SUM_ROW + AXIS;
    let seconds = sum.frames() as f64 / f64::from(rate);

    let mut svg = String::new();
    {
        let area =
            SVGBackend::with_string(&mut svg, (width as u32, height as u32)).into_drawing_area();
        area.fill(&WHITE)?;
        let title = format!("{mix}: each bus after its fader, and the sum");
        area.draw(&Text::new(title, (24, 20), style(20, INK, FontStyle::Bold)))?;
        if courses.is_some() {
            let legend = "lines: gains, automated and with the group's; shaded: fade to a scene";
            let small = style(12, FAINT, FontStyle::Normal);
            area.draw(&Text::new(legend, (LEFT, 45), small))?;
        }

        let peak = buses
            .iter()
            .fold(0.0_f32, |peak, bus| peak.max(bus.meter.peak()));
        let grid = Grid::new(seconds, courses.map(|_| FINALE));
        let mut y = TOP;
        for ((place, bus), color) in buses.iter().enumerate().zip(COLORS.iter().cycle()) {
            let row = Row {
                top: y,
                height: ROW,
                scale: peak,
                color: *color,
            };
            let facts = if bus.muted {
                "muted".to_owned()
            } else {
                format!(
                    "{:.1} dB, pan {:+.2}",
                    perbus::decibels::to_db(bus.volume),
                    bus.pan
                )
            };
            row.draw(&area, &grid, &bus.meter)?;
            if let Some(courses) = courses {
                row.course(&area, &courses.of(place), sum.frames())?;
            }
            row.label(
                &area,
                &format!("{}  {}", bus.bus, bus.name),
                &facts,
                &level(&bus.meter, bus.note),
            )?;
            y += ROW + GAP;
        }
        if let Some(courses) = courses {
            let row = Row {
                top: y,
                height: ROW,
                scale: 1.0,
                color: INK,
            };
            row.lane(&area, &grid)?;
            row.course(&area, &courses.band, sum.frames())?;
            row.label(&area, "band", "group of buses 0 to 2", "its fader")?;
            y += ROW + GAP;
        }
        let row = Row {
            top: y,
            height: SUM_ROW,
            scale: sum.peak(),
            color: INK,
        };
        row.draw(&area, &grid, sum)?;
        row.label(
            &area,
            "sum",
            &format!("{} buses", buses.len()),
            &level(sum, None),
        )?;
        grid.label(&area, y + SUM_ROW)?;
        area.present()?;
    }
    Ok(svg)
}

/// One waveform; `scale` is the level that fills it.
struct Row {
    top: i32,
    height: i32,
    scale: f32,
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
        if let Some((from, to)) = grid.scene() {
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
        let outline = meter.outline();
        let x = |column: usize| LEFT + (column * COLUMNS / outline.len().max(1)) as i32;
        let upper = outline
            .iter()
            .enumerate()
            .map(|(n, column)| (x(n), self.y(column.end)));
        // A pixel lower, so that silence is a line rather than nothing.
        let lower = outline
            .iter()
            .enumerate()
            .map(|(n, column)| (x(n), self.y(column.start) + 1));
        let around: Vec<_> = upper.chain(lower.rev()).collect();
        area.draw(&Polygon::new(around, self.color.filled()))?;
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
            let x = (*frame as f64 / frames as f64 * COLUMNS as f64).round() as i32;
            let y = self.height as f32 - 6.0 - share * room;
            (LEFT + x, self.top + y.round() as i32)
        };
        let line: Vec<_> = course.iter().map(point).collect();
        area.draw(&PathElement::new(line, INK.stroke_width(2)))?;
        Ok(())
    }

    fn y(&self, sample: f32) -> i32 {
        let share = if self.scale > 0.0 {
            sample / self.scale
        } else {
            0.0
        };
        let middle = self.top + self.height / 2;
        middle - (share * (self.height as f32 / 2.0 - 4.0)).round() as i32
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
    /// Start and length of a fade to a scene.
    scene: Option<(f64, f64)>,
}

impl Grid {
    /// At most ten steps of 1, 2 or 5 times a power of ten.
    fn new(seconds: f64, scene: Option<(f64, f64)>) -> Self {
        let magnitude = 10_f64.powf((seconds / 10.0).log10().floor());
        let step = [1.0, 2.0, 5.0]
            .map(|factor| factor * magnitude)
            .into_iter()
            .find(|step| seconds / step <= 10.0)
            .unwrap_or(10.0 * magnitude);
        Self {
            seconds,
            step,
            scene,
        }
    }

    /// The first and last pixel of the fade to a scene.
    fn scene(&self) -> Option<(i32, i32)> {
        let (start, length) = self.scene?;
        let x = |time: f64| LEFT + (time / self.seconds * COLUMNS as f64).round() as i32;
        Some((x(start), x(start + length)))
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
