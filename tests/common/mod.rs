//! What the integration tests share: engines, constant sounds, and checks of samples.
#![allow(dead_code)] // Each test program uses its own part of it.

pub(crate) mod layouts;
pub(crate) mod memory;
pub(crate) mod native;
#[cfg(target_os = "linux")]
pub(crate) mod process;
pub(crate) mod tones;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};

use perbus::{Buffer, Engine, Format, Mixer, Player, Result, Schedule, Source};
use proptest::prelude::ProptestConfig;

pub(crate) const RATE: f64 = 48_000.0;

/// A change of a volume or pan is over after this many frames.
pub(crate) const RAMP: usize = 512;

/// How far a settled sample may lie from the sum that was computed for it.
pub(crate) const TOLERANCE: f32 = 1e-6;

pub(crate) fn format(channels: u32) -> Format {
    Format::new(RATE, channels).expect("a usual format")
}

/// An offline engine that runs, with blocks of up to 512 frames.
pub(crate) fn running(channels: u32) -> Engine {
    let engine = Engine::offline(format(channels), 512).expect("an engine");
    engine.start().expect("an offline engine starts");
    engine
}

/// A source that outputs one value per channel, forever.
pub(crate) fn constant(engine: &Engine, values: &[f32]) -> Source {
    let levels = values.to_vec();
    let format = Format::new(engine.format().sample_rate(), values.len() as u32);
    let render = move |block: &mut perbus::RenderBlock<'_>| {
        for (channel, level) in (0..).zip(&levels) {
            block.channel_mut(channel).fill(*level);
        }
    };
    engine
        .create_source(format.expect("a usual format"), render)
        .expect("a source")
}

pub(crate) fn constant_buffer(values: &[f32], frames: u32) -> Buffer {
    let format = format(values.len() as u32);
    Buffer::from_fn(format, frames, |_, channel| values[channel as usize]).expect("a buffer")
}

/// A mono buffer in which every sample states its position: `first`, `first + 1`, ... thousandths.
pub(crate) fn counting(first: u32, frames: u32) -> Buffer {
    Buffer::from_fn(format(1), frames, |frame, _| count(first + frame)).expect("a buffer")
}

/// The sample of `counting` at a position.
pub(crate) fn count(place: u32) -> f32 {
    (place + 1) as f32 / 1000.0
}

pub(crate) fn looping() -> Schedule {
    Schedule {
        loops: true,
        ..Schedule::default()
    }
}

/// A mono engine with sources of 0.1, 0.2 and 0.4 on buses 0, 1 and 2, so that every sum is unique.
pub(crate) fn three_sources() -> Result<(Engine, Mixer)> {
    let engine = running(1);
    let mixer = engine.main_mixer();
    for (bus, value) in [(0, 0.1), (1, 0.2), (2, 0.4)] {
        engine.connect(&constant(&engine, &[value]), &mixer, 0, bus)?;
    }
    Ok((engine, mixer))
}

/// A player on bus 0 of the main mixer.
pub(crate) fn connected_player(engine: &Engine) -> Result<Player> {
    let player = engine.create_player()?;
    engine.connect(&player, &engine.main_mixer(), 0, 0)?;
    Ok(player)
}

/// Has a connected player of a running engine play one value per channel, forever.
pub(crate) fn play_constant(player: &Player, values: &[f32]) -> Result<()> {
    player.schedule_as(&constant_buffer(values, 300), looping())?;
    player.play()
}

/// The next frames, planar.
pub(crate) fn render(engine: &Engine, frames: usize) -> Vec<Vec<f32>> {
    let longest = engine.max_frames().expect("an offline engine") as usize;
    render_in(engine, frames, longest)
}

/// The next frames, planar, rendered in blocks of a given length.
pub(crate) fn render_in(engine: &Engine, frames: usize, block: usize) -> Vec<Vec<f32>> {
    let mut planar = vec![vec![f32::NAN; frames]; engine.format().channels() as usize];
    let mut done = 0;
    while done < frames {
        let end = frames.min(done + block);
        let mut slices: Vec<&mut [f32]> = planar
            .iter_mut()
            .map(|samples| &mut samples[done..end])
            .collect();
        engine.render(&mut slices).expect("the engine renders");
        done = end;
    }
    planar
}

/// The next frames of a mono engine.
pub(crate) fn render_mono(engine: &Engine, frames: usize) -> Vec<f32> {
    assert_eq!(engine.format().channels(), 1);
    render(engine, frames).remove(0)
}

#[track_caller]
pub(crate) fn assert_samples(samples: &[f32], expected: impl Fn(usize) -> f32, tolerance: f32) {
    for (frame, sample) in samples.iter().enumerate() {
        let expected = expected(frame);
        // Not "difference > tolerance": NaN must fail.
        let near = (sample - expected).abs() <= tolerance;
        assert!(
            near,
            "frame {frame} is {sample}, expected {expected} within {tolerance}"
        );
    }
}

#[track_caller]
pub(crate) fn assert_constant(samples: &[f32], expected: f32) {
    assert_samples(samples, |_| expected, TOLERANCE);
}

/// Once changes have settled, every sample is the expected one of its channel.
#[track_caller]
pub(crate) fn assert_heard(engine: &Engine, expected: &[f32]) {
    render(engine, RAMP);
    assert_heard_at_once(engine, expected);
}

/// From the next frame on, every sample is the expected one of its channel.
#[track_caller]
pub(crate) fn assert_heard_at_once(engine: &Engine, expected: &[f32]) {
    let planar = render(engine, 300);
    assert_eq!(planar.len(), expected.len());
    for (samples, expected) in planar.iter().zip(expected) {
        assert_constant(samples, *expected);
    }
}

/// The routing map and the engine agree about every bus.
#[track_caller]
pub(crate) fn assert_audited(engine: &Engine) {
    assert_eq!(engine.audit().expect("the engine can be asked"), []);
}

/// The largest step between neighbouring samples, the one from `before` to the first included.
pub(crate) fn largest_step(before: f32, samples: &[f32]) -> f32 {
    let mut previous = before;
    let mut largest = 0.0f32;
    for sample in samples {
        largest = largest.max((sample - previous).abs());
        previous = *sample;
    }
    largest
}

/// Long enough for any machine; a test that waits this long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Waits until the token is the last one, that is, until everything that held a clone was dropped.
#[track_caller]
pub(crate) fn assert_dropped(token: &Arc<()>) {
    let since = Instant::now();
    while Arc::strong_count(token) > 1 {
        let left = Arc::strong_count(token) - 1;
        assert!(
            since.elapsed() < PATIENCE,
            "{left} closures are still there"
        );
        std::thread::yield_now();
    }
}

/// A source whose closure holds a clone of the token.
pub(crate) fn holding_source(engine: &Engine, token: &Arc<()>) -> Result<Source> {
    let held = Arc::clone(token);
    engine.create_source(format(2), move |block| {
        for channel in 0..2 {
            block
                .channel_mut(channel)
                .fill(Arc::strong_count(&held).min(1) as f32);
        }
    })
}

/// Panics again when it is dropped, as a payload may.
pub(crate) struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("on purpose: a payload that panics");
    }
}

/// Set when it is dropped, so that threads that run until then also end when the test fails.
pub(crate) struct Flag<'a>(pub(crate) &'a AtomicBool);

impl Drop for Flag<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// For tests of random operations against a model; PROPTEST_CASES sets the number of cases.
pub(crate) fn model_config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(64),
        failure_persistence: None,
        ..Default::default()
    }
}
