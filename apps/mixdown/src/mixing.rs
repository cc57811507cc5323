//! Rendering: the whole mix in one pass, with the levels of all buses.

use perbus::{Control, Error};

use crate::bus_taps::BusTaps;
use crate::desk::Desk;
use crate::loudness::{Loudness, LoudnessMeter};
use crate::meter::Meter;
use crate::progress::Progress;
use perbus_mix::Failure;
use perbus_mix::Mix;

/// A bus's meter has a reading once so many frames have passed, at the end of a block.
const METERED: u64 = 2400;

/// What a bus contributes to the mix.
pub(crate) struct BusLevel {
    pub(crate) bus: usize,
    pub(crate) name: String,
    pub(crate) volume: f32,
    /// Which control the bus has: its own only if its source is tracked.
    pub(crate) control: Control,
    pub(crate) pan: f32,
    pub(crate) muted: bool,
    pub(crate) note: Option<String>,
    pub(crate) meter: Meter,
    pub(crate) loudness: Option<Loudness>,
}

/// How gains move during the mix: one value after every block.
#[derive(Default)]
pub(crate) struct Courses {
    frame: u64,
    /// Frame, and the gain of each bus, then each group's fader.
    pub(crate) values: Vec<(u64, Vec<f32>)>,
}

impl Courses {
    fn add(&mut self, desk: &Desk<'_>, frames: u64) {
        self.frame += frames;
        let buses = (0..desk.buses.len()).map(|bus| desk.gain(bus));
        let groups = desk.groups.iter().map(|group| group.volume());
        self.values
            .push((self.frame, buses.chain(groups).collect()));
    }

    /// The course of one bus, or of a group after all buses.
    pub(crate) fn of(&self, place: usize) -> Vec<(u64, f32)> {
        let value = |(frame, values): &(u64, Vec<f32>)| (*frame, values[place]);
        self.values.iter().map(value).collect()
    }
}

/// What a pass over the mix has found out.
pub(crate) struct Pass {
    pub(crate) frames: u64,
    pub(crate) levels: Vec<BusLevel>,
    pub(crate) courses: Option<Courses>,
}

/// Renders the mix on a desk that was started, and passes each block of the sum on. Levels come from
/// the taps or, without, from the buses' meters.
pub(crate) fn mix(
    mix: &Mix,
    desk: &Desk<'_>,
    mut levels: Vec<BusLevel>,
    mut taps: Option<BusTaps>,
    draws: bool,
    mut each: impl FnMut(&[&[f32]]) -> Result<(), Failure>,
) -> Result<Pass, Failure> {
    let frames = desk.frames();
    let progress = Progress::new(frames);
    progress.say("mixing");
    let mut courses = (draws && mix.moves()).then(Courses::default);
    if taps.is_none() {
        // The first reading of a meter switches it on.
        read_meters(desk, &mut levels, 0)?;
    }
    let mut unread = 0;
    perform(desk, mix, frames, &mut |block| {
        desk.check()?;
        let length = block[0].len() as u64;
        match &mut taps {
            Some(taps) => taps.heard(length)?,
            None => unread += length,
        }
        if unread >= METERED {
            read_meters(desk, &mut levels, unread)?;
            unread = 0;
        }
        if let Some(courses) = &mut courses {
            courses.add(desk, length);
        }
        progress.advance(length);
        each(block)
    })?;
    if let Some(taps) = taps {
        for (level, listener) in levels.iter_mut().zip(taps.finish()?) {
            level.loudness = listener.loudness()?;
            level.meter = listener.meter;
        }
    }
    if unread > 0 {
        // All players have ended: silence completes the last window.
        render(desk, METERED, &mut |block| {
            if unread < METERED {
                unread += block[0].len() as u64;
            }
            Ok(())
        })?;
        read_meters(desk, &mut levels, unread)?;
    }
    desk.stop()?;
    Ok(Pass {
        frames,
        levels,
        courses,
    })
}

/// The levels of all buses, before anything is rendered.
pub(crate) fn levels(mix: &Mix, desk: &Desk<'_>, columns: usize) -> Result<Vec<BusLevel>, Failure> {
    let level = |bus| level(mix, desk, bus, Meter::new(desk.frames(), columns));
    (0..mix.bus_count()).map(level).collect()
}

/// Measures a stream; its loudness only if that is wanted.
pub(crate) struct Listener {
    pub(crate) meter: Meter,
    loudness: Option<LoudnessMeter>,
}

impl Listener {
    pub(crate) fn new(
        frames: u64,
        columns: usize,
        rate: u32,
        loudness: bool,
    ) -> Result<Self, Failure> {
        let loudness = loudness.then(|| LoudnessMeter::new(rate)).transpose();
        Ok(Self {
            meter: Meter::new(frames, columns),
            loudness: loudness.map_err(|error| Failure::of("--loudness", error))?,
        })
    }

    pub(crate) fn add(&mut self, block: &[&[f32]]) -> Result<(), Failure> {
        self.meter.add(block);
        let added = self.loudness.as_mut().map_or(Ok(()), |it| it.add(block));
        added.map_err(|error| Failure::of("--loudness", error))
    }

    pub(crate) fn loudness(&self) -> Result<Option<Loudness>, Failure> {
        let read = self.loudness.as_ref().map(LoudnessMeter::read).transpose();
        read.map_err(|error| Failure::of("--loudness", error))
    }
}

fn level(mix: &Mix, desk: &Desk<'_>, bus: usize, meter: Meter) -> Result<BusLevel, Failure> {
    let strip = &desk.buses[bus];
    let read = || {
        let (mixer, number) = (strip.mixer(), strip.number());
        let (volume, control) = desk.engine().mixer_volume_for_bus(mixer, number)?;
        let (pan, _) = desk.engine().mixer_pan_for_bus(mixer, number)?;
        Ok((volume, control, pan))
    };
    let (volume, control, pan) =
        read().map_err(|error: Error| Failure::of(mix.argument(bus), error))?;
    Ok(BusLevel {
        bus,
        name: mix.bus_name(bus).to_owned(),
        volume,
        control,
        pan,
        muted: strip.is_muted(),
        note: mix.note(bus),
        meter,
        loudness: None,
    })
}

/// Adds the last window, of so many frames, of each bus.
fn read_meters(desk: &Desk<'_>, levels: &mut [BusLevel], frames: u64) -> Result<(), Failure> {
    for (bus, level) in desk.buses.iter().zip(levels) {
        let reading = bus
            .meter()
            .map_err(|error| Failure::of(format!("bus {}", level.bus), error))?;
        let [left, right] = reading.rms.map(f64::from);
        let squares = (left * left + right * right) * frames as f64;
        level.meter.add_window(frames, reading.peak, squares);
        level.meter.set_clips(reading.clips);
    }
    Ok(())
}

type Each<'a> = &'a mut dyn FnMut(&[&[f32]]) -> Result<(), Failure>;

/// Renders from the engine's time 0, with the scenes at their times.
fn perform(desk: &Desk<'_>, mix: &Mix, frames: u64, each: Each<'_>) -> Result<(), Failure> {
    let mut scenes: Vec<_> = mix.scenes.iter().collect();
    scenes.sort_by(|one, other| one.at.total_cmp(&other.at));
    let mut at = 0;
    for scene in scenes {
        let start = desk.frame(scene.at);
        if start < frames {
            render(desk, start - at, each)?;
            desk.show(scene)?;
            at = start;
        }
    }
    render(desk, frames - at, each)
}

fn render(desk: &Desk<'_>, frames: u64, each: Each<'_>) -> Result<(), Failure> {
    let longest = desk.engine().max_frames().unwrap_or(1);
    let mut memory = [vec![0.0; longest as usize], vec![0.0; longest as usize]];
    let mut left = frames;
    while left > 0 {
        let length = left.min(u64::from(longest)) as usize;
        let mut planes = memory.each_mut().map(|plane| &mut plane[..length]);
        let rendered = desk.engine().render(&mut planes);
        rendered.map_err(|error| Failure::of("the engine", error))?;
        each(&planes.map(|plane| &*plane))?;
        left -= length as u64;
    }
    Ok(())
}
