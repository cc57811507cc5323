//! Rendering on several threads: the same samples as on one, whatever the graph and the block.

#[path = "../common/mod.rs"]
mod common;

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use common::*;
use perbus::{
    Band, Buffer, Engine, Error, Format, Mixer, Player, Result, Schedule, Source,
    MAX_RENDER_THREADS,
};
use proptest::prelude::*;

/// Long enough for a machine that is busy with other work.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone, Debug)]
struct Group {
    /// The mixer it feeds: the main mixer, or a group upstream of it.
    into: usize,
    inputs: Vec<Input>,
    equalizer: bool,
    rate: f64,
}

#[derive(Clone, Debug)]
struct Input {
    source: bool,
    seed: u32,
    /// Another group that it is sent to.
    send: Option<usize>,
}

#[derive(Clone, Debug)]
struct Step {
    frames: usize,
    moved: (usize, u32, f32, f32),
}

fn input() -> impl Strategy<Value = Input> {
    let send = prop_oneof![30 => Just(None), 1 => (0..9usize).prop_map(Some)];
    (any::<bool>(), any::<u32>(), send).prop_map(|(source, seed, send)| Input {
        source,
        seed,
        send,
    })
}

fn group() -> impl Strategy<Value = Group> {
    let rate = prop_oneof![9 => Just(RATE), 1 => Just(44_100.0)];
    let inputs = prop::collection::vec(input(), 0..40);
    (0..9usize, inputs, prop::bool::weighted(0.2), rate).prop_map(
        |(into, inputs, equalizer, rate)| Group {
            into,
            inputs,
            equalizer,
            rate,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let frames = prop_oneof![Just(1usize), Just(7), Just(64), Just(512)];
    let moved = (0..9usize, 0..40u32, 0.0..=1.0f32, -1.0..=1.0f32);
    (frames, moved).prop_map(|(frames, moved)| Step { frames, moved })
}

/// A sound that is different for every seed.
fn noise(seed: u32, frame: u32) -> f32 {
    let mixed = (seed ^ frame.wrapping_mul(0x9E37_79B9)).wrapping_mul(0x85EB_CA6B);
    (mixed >> 8) as f32 / (1 << 24) as f32 - 0.5
}

struct Desk {
    engine: Engine,
    mixers: Vec<Mixer>,
    _inputs: Vec<(Vec<Player>, Vec<Source>)>,
}

impl Desk {
    fn new(groups: &[Group]) -> Result<Self> {
        let engine = running(2);
        engine.set_meter_taps(true)?;
        let mut mixers = vec![engine.main_mixer()];
        let mut kept = Vec::new();
        for group in groups {
            let mixer = engine.create_mixer()?;
            let into = &mixers[group.into % mixers.len()];
            let format = Format::new(group.rate, 2)?;
            let bus = into.next_bus()?;
            if group.equalizer {
                let equalizer = engine.create_equalizer(1)?;
                equalizer.set_band(0, Band::default())?;
                engine.connect_with_format(&equalizer, into, 0, bus, format)?;
                engine.connect_with_format(&mixer, &equalizer, 0, 0, format)?;
            } else {
                engine.connect_with_format(&mixer, into, 0, bus, format)?;
            }
            let mut players = Vec::new();
            let mut sources = Vec::new();
            for (bus, input) in (0..).zip(&group.inputs) {
                let seed = input.seed;
                if input.source {
                    let source = engine.create_source(common::format(1), move |block| {
                        let time = block.sample_time() as u32;
                        for (frame, sample) in (time..).zip(block.channel_mut(0)) {
                            *sample = noise(seed, frame);
                        }
                    })?;
                    engine.connect(&source, &mixer, 0, bus)?;
                    sources.push(source);
                } else {
                    let player = engine.create_player()?;
                    engine.connect_with_format(&player, &mixer, 0, bus, common::format(2))?;
                    let buffer =
                        Buffer::from_fn(common::format(2), 300 + seed % 400, |frame, channel| {
                            noise(seed ^ channel, frame)
                        })?;
                    player.schedule_as(&buffer, looping())?;
                    player.play()?;
                    players.push(player);
                }
            }
            mixers.push(mixer);
            kept.push((players, sources));
        }
        let desk = Self {
            engine,
            mixers,
            _inputs: kept,
        };
        desk.send(groups)?;
        Ok(desk)
    }

    fn send(&self, groups: &[Group]) -> Result<()> {
        for (group, (players, sources)) in groups.iter().zip(&self._inputs) {
            let mut players = players.iter();
            let mut sources = sources.iter();
            for input in &group.inputs {
                let source = input.source.then(|| sources.next()).flatten();
                let player = (!input.source).then(|| players.next()).flatten();
                let Some(to) = input.send else { continue };
                let to = &self.mixers[to % self.mixers.len()];
                let bus = to.next_bus()?;
                // A connection that would need two clocks is refused with any number of threads.
                if let Some(source) = source {
                    let _ = self.engine.add_destination(source, to, 0, bus);
                } else if let Some(player) = player {
                    let _ = self.engine.add_destination(player, to, 0, bus);
                }
            }
        }
        Ok(())
    }

    fn take(&self, step: &Step) -> Result<Vec<Vec<u32>>> {
        let (mixer, bus, volume, pan) = step.moved;
        let strip = self.mixers[mixer % self.mixers.len()].bus(bus)?;
        strip.set_volume(volume)?;
        strip.set_pan(pan)?;
        let planar = render(&self.engine, step.frames);
        Ok(planar
            .iter()
            .map(|samples| samples.iter().map(|sample| sample.to_bits()).collect())
            .collect())
    }

    fn meters(&self) -> Result<Vec<String>> {
        let meters = self.mixers.iter().map(Mixer::meter);
        meters.map(|meter| Ok(format!("{:?}", meter?))).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn several_threads_render_what_one_does(
        groups in prop::collection::vec(group(), 1..9),
        steps in prop::collection::vec(step(), 12),
    ) {
        let serial = Desk::new(&groups).expect("a desk");
        let others: Vec<Desk> = (2..=4)
            .map(|threads| {
                let desk = Desk::new(&groups).expect("a desk");
                desk.engine.set_render_threads(threads).expect("threads");
                desk
            })
            .collect();
        let mut heard = false;
        for (round, step) in steps.iter().enumerate() {
            let expected = serial.take(step).expect("a block");
            let meters = serial.meters().expect("meters");
            heard |= expected[0].iter().any(|sample| *sample != 0);
            for (threads, desk) in (2..).zip(&others) {
                let samples = desk.take(step).expect("a block");
                prop_assert!(samples == expected, "{threads} threads differ in round {round}");
                prop_assert_eq!(&desk.meters().expect("meters"), &meters);
            }
        }
        prop_assert!(heard || groups.iter().all(|group| group.inputs.is_empty()));
    }
}

/// A sub-mixer on the next bus of the main one, with a constant source on each of its buses.
fn constant_group(engine: &Engine, inputs: u32, level: f32) -> Result<(Mixer, Vec<Source>)> {
    let (main, group) = (engine.main_mixer(), engine.create_mixer()?);
    engine.connect(&group, &main, 0, main.next_bus()?)?;
    let sources: Vec<Source> = (0..inputs).map(|_| constant(engine, &[level])).collect();
    for (bus, source) in (0..).zip(&sources) {
        engine.connect(source, &group, 0, bus)?;
    }
    Ok((group, sources))
}

#[test]
fn sub_mixers_are_rendered_at_the_same_time() -> Result<()> {
    let engine = running(1);
    let groups = [
        constant_group(&engine, 20, 0.0)?,
        constant_group(&engine, 20, 0.0)?,
    ];
    // Each waits in its first block until the other is being rendered, too.
    let inside = Arc::new(AtomicU32::new(0));
    let mut meeting = Vec::new();
    for (group, _) in &groups {
        let inside = Arc::clone(&inside);
        let source = engine.create_source(format(1), move |block| {
            let start = Instant::now();
            inside.fetch_add(1, Ordering::SeqCst);
            while inside.load(Ordering::SeqCst) < 2 && start.elapsed() < PATIENCE {
                std::hint::spin_loop();
            }
            let met = inside.load(Ordering::SeqCst) >= 2;
            block
                .channel_mut(0)
                .fill(if met && start.elapsed() < PATIENCE {
                    0.5
                } else {
                    0.0
                });
        })?;
        engine.connect(&source, group, 0, 20)?;
        meeting.push(source);
    }
    engine.set_render_threads(2)?;
    assert_constant(&render_mono(&engine, 512), 1.0);
    Ok(())
}

#[test]
fn what_a_block_leaves_to_do_is_done() -> Result<()> {
    let engine = running(1);
    let groups = [
        constant_group(&engine, 16, 0.0)?,
        constant_group(&engine, 16, 0.0)?,
    ];
    engine.set_render_threads(2)?;
    let (sender, receiver) = channel();
    for (group, _) in &groups {
        let player = engine.create_player()?;
        engine.connect(&player, group, 0, 16)?;
        let sender = sender.clone();
        player.schedule_with(&counting(0, 100), Schedule::default(), move |_| {
            sender.send(()).expect("heard");
        })?;
        player.play()?;
    }
    let samples = render_mono(&engine, 128);
    assert_samples(&samples[..100], |frame| 2.0 * count(frame as u32), 0.0);
    assert_constant(&samples[100..], 0.0);
    for _ in &groups {
        receiver.recv_timeout(PATIENCE).expect("a completion");
    }
    Ok(())
}

#[test]
fn threads_and_graph_change_while_blocks_are_rendered() -> Result<()> {
    const ROUNDS: u32 = 300;
    let engine = running(1);
    let kept = [
        constant_group(&engine, 16, 1.0 / 64.0)?,
        constant_group(&engine, 16, 1.0 / 64.0)?,
    ];
    let (moving, _sources) = constant_group(&engine, 16, 1.0 / 64.0)?;
    let main = engine.main_mixer();
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let renderer = scope.spawn(|| {
            let mut blocks = 0;
            while !over.load(Ordering::Acquire) {
                let samples = render_mono(&engine, 64);
                // Changes take effect between blocks: the third group is there or not.
                assert!(samples[0] == 0.5 || samples[0] == 0.75, "{}", samples[0]);
                assert_constant(&samples, samples[0]);
                blocks += 1;
            }
            blocks
        });
        {
            let _over = Flag(&over);
            for round in 0..ROUNDS {
                engine.set_render_threads(1 + round % 4)?;
                match round % 3 {
                    0 => engine.disconnect_input(&main, 2)?,
                    1 => engine.connect(&moving, &main, 0, 2)?,
                    _ => {
                        engine.detach(&moving)?;
                        engine.attach(&moving)?;
                        for (bus, source) in (0..).zip(&_sources) {
                            engine.connect(source, &moving, 0, bus)?;
                        }
                    }
                }
            }
        }
        assert!(renderer.join().expect("no sample was wrong") > 0);
        Ok::<(), Error>(())
    })?;
    engine.connect(&moving, &main, 0, 2)?;
    assert_constant(&render_mono(&engine, 512), 0.75);
    assert_audited(&engine);
    drop(kept);
    Ok(())
}

#[test]
fn an_engine_stops_starts_and_ends_with_threads() -> Result<()> {
    for threads in [2, 4, 2] {
        let engine = running(1);
        let _groups = [
            constant_group(&engine, 16, 1.0 / 64.0)?,
            constant_group(&engine, 16, 1.0 / 64.0)?,
        ];
        engine.set_render_threads(threads)?;
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut samples = [0.0; 64];
                while !over.load(Ordering::Acquire) {
                    match engine.render(&mut [&mut samples]) {
                        Ok(()) => assert_constant(&samples, samples[0]),
                        Err(error) => assert!(matches!(error, Error::NotRunning(_)), "{error}"),
                    }
                }
            });
            let _over = Flag(&over);
            for _ in 0..50 {
                engine.stop()?;
                engine.start()?;
            }
            Ok::<(), Error>(())
        })?;
        assert_constant(&render_mono(&engine, 512), 0.5);
    }
    Ok(())
}

#[test]
fn a_number_of_threads_out_of_range_changes_nothing() -> Result<()> {
    let engine = running(1);
    let _group = constant_group(&engine, 16, 1.0 / 64.0)?;
    for threads in [0, MAX_RENDER_THREADS + 1, u32::MAX] {
        let refused = engine.set_render_threads(threads);
        let Err(Error::OutOfRange(message)) = refused else {
            panic!("{threads}: {refused:?}");
        };
        assert!(
            message.contains(&format!("{threads} render threads")),
            "{message}"
        );
        assert!(message.contains("1 to 64"), "{message}");
    }
    assert_constant(&render_mono(&engine, 512), 0.25);
    engine.set_render_threads(MAX_RENDER_THREADS)?;
    assert_constant(&render_mono(&engine, 512), 0.25);
    Ok(())
}
