//! The input of an offline engine: what the program pushes into it arrives, sample for sample.

mod common;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::sync::Arc;
use std::thread;

use perbus::{AnyNode, Engine, Error, Format, Input, Node, Result};

use common::*;

/// An engine that counts: every sample of its input states its position.
fn counting_engine() -> Result<(Engine, Input)> {
    let engine = Engine::offline(format(2), 512)?;
    engine.set_input(format(1), |block| {
        let begin = block.sample_time() as u32;
        for (place, sample) in (begin..).zip(block.channel_mut(0)) {
            *sample = count(place);
        }
    })?;
    let input = engine.input()?;
    Ok((engine, input))
}

fn left(engine: &Engine, frames: u64) -> Result<Vec<f32>> {
    let mut samples = Vec::new();
    engine.render_blocks(frames, |planar| {
        samples.extend_from_slice(planar[0]);
        Ok(())
    })?;
    Ok(samples)
}

#[test]
fn an_input_feeds_a_bus_with_its_strip() -> Result<()> {
    let (engine, input) = counting_engine()?;
    let bus = engine.main_mixer().bus(3)?;
    bus.connect(&input)?;
    bus.set_volume(0.25)?;
    engine.start()?;
    for (place, sample) in (0..).zip(left(&engine, 1500)?) {
        assert!((sample - 0.25 * count(place)).abs() < 1e-6, "{place}");
    }
    bus.set_muted(true)?;
    left(&engine, RAMP as u64)?;
    assert_eq!(left(&engine, 64)?, [0.0; 64]);
    bus.set_muted(false)?;
    engine.set_mixer_volume_for_bus(&engine.main_mixer(), 1.0, 3)?;
    left(&engine, RAMP as u64)?;
    let place = 1500 + 2 * RAMP as u32 + 64;
    assert!((left(&engine, 1)?[0] - count(place)).abs() < 1e-5);
    assert_eq!(engine.audit()?, []);
    Ok(())
}

/// The other thread waits for the batch.
#[test]
fn two_threads_may_make_it_at_once() -> Result<()> {
    for _ in 0..20 {
        let engine = Engine::offline(format(2), 512)?;
        let asks = AtomicBool::new(false);
        thread::scope(|scope| -> Result<()> {
            let (other, input) = engine.batch(|| {
                let other = scope.spawn(|| {
                    asks.store(true, Ordering::Relaxed);
                    engine.input()
                });
                while !asks.load(Ordering::Relaxed) {
                    thread::yield_now();
                }
                (0..1000).for_each(|_| thread::yield_now());
                Ok((other, engine.input()?))
            })?;
            assert_eq!(other.join().expect("no panic")?, input);
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn an_input_is_a_node_of_the_engine() -> Result<()> {
    let (engine, input) = counting_engine()?;
    assert_eq!(engine.input()?, input);
    assert_eq!(input.id().to_string(), "input 2");
    assert_eq!(
        engine.node(input.id())?,
        Some(AnyNode::Input(input.clone()))
    );
    assert!(engine.nodes()?.contains(&AnyNode::Input(input.clone())));
    let info = engine.inspect(&input)?;
    assert!(info.attached && info.inputs.is_empty());
    assert_eq!(info.outputs, [format(1)]);
    assert!(matches!(engine.detach(&input), Err(Error::WrongKind(_))));
    assert!(Node::is_attached(&input));
    let main = engine.main_mixer();
    let into = engine.connect(&main, &input, 0, 0);
    assert!(matches!(into, Err(Error::OutOfRange(_))), "{into:?}");
    let bus = main.bus(0)?;
    bus.connect(&input)?;
    assert_eq!(bus.source()?, Some(AnyNode::Input(input)));
    Ok(())
}

#[test]
fn an_input_is_tapped_without_a_connection() -> Result<()> {
    let (engine, input) = counting_engine()?;
    let (sender, heard) = mpsc::channel();
    let tap = input.tap(4800, move |block| {
        let _ = sender.send((block.sample_time(), block.channel(0).to_vec()));
    })?;
    engine.start()?;
    assert_eq!(left(&engine, 4800)?, [0.0; 4800]);
    drop(tap);
    let [(0, samples)] = &heard.iter().collect::<Vec<_>>()[..] else {
        panic!("expected one block from 0 on");
    };
    let expected: Vec<_> = (0..4800).map(count).collect();
    assert_eq!(samples, &expected);
    Ok(())
}

#[test]
fn an_input_without_sound_is_silent() -> Result<()> {
    let engine = Engine::offline(format(2), 512)?;
    let bus = engine.main_mixer().bus(0)?;
    bus.connect(&engine.input()?)?;
    engine.start()?;
    assert_eq!(left(&engine, 600)?, [0.0; 600]);
    engine.stop()?;
    engine.set_input(format(2), |block| block.set_silent())?;
    engine.start()?;
    assert_eq!(left(&engine, 600)?, [0.0; 600]);
    engine.stop()?;
    engine.set_input(format(2), |block| {
        block.channel_mut(0).fill(0.5);
        assert!(block.sample_time() == 0, "on purpose");
    })?;
    engine.start()?;
    assert_eq!(left(&engine, 512)?, [0.5; 512]);
    for _ in 0..2 {
        assert_eq!(left(&engine, 512)?, [0.0; 512], "after a panic");
    }
    Ok(())
}

#[test]
fn inputs_replace_each_other_while_the_engine_stands_still() -> Result<()> {
    let engine = Engine::offline(format(1), 512)?;
    let (first, second) = (Arc::new(()), Arc::new(()));
    let fill = |held: &Arc<()>, value: f32| {
        let held = Arc::clone(held);
        move |block: &mut perbus::RenderBlock<'_>| {
            let _ = &held;
            block.channel_mut(0).fill(value);
        }
    };
    engine.set_input(format(1), fill(&first, 0.5))?;
    engine.main_mixer().bus(0)?.connect(&engine.input()?)?;
    engine.start()?;
    assert_eq!(left(&engine, 4)?, [0.5; 4]);
    let running = engine.set_input(format(1), fill(&second, 0.25));
    assert!(matches!(running, Err(Error::Start(_))), "{running:?}");
    assert_eq!(
        (Arc::strong_count(&first), Arc::strong_count(&second)),
        (2, 1)
    );
    engine.pause()?;
    engine.set_input(format(1), fill(&second, 0.25))?;
    assert_eq!(Arc::strong_count(&first), 1);
    engine.start()?;
    assert_eq!(left(&engine, 4)?, [0.25; 4]);
    drop(engine);
    assert_eq!(Arc::strong_count(&second), 1);
    Ok(())
}

#[test]
fn an_input_at_another_rate_is_converted() -> Result<()> {
    let engine = Engine::offline(format(1), 512)?;
    let rate = 44_100.0;
    engine.set_input(Format::new(rate, 1)?, move |block| {
        let begin = block.sample_time();
        for (frame, sample) in (begin..).zip(block.channel_mut(0)) {
            let phase = std::f64::consts::TAU * 1000.0 * frame as f64 / rate;
            *sample = (0.5 * phase.sin()) as f32;
        }
    })?;
    engine.main_mixer().bus(0)?.connect(&engine.input()?)?;
    engine.start()?;
    let samples = left(&engine, 9600)?;
    let (mut re, mut im) = (0.0, 0.0);
    for (frame, sample) in (0..4800).zip(&samples[4800..]) {
        let phase = std::f64::consts::TAU * 1000.0 * f64::from(frame) / RATE;
        re += f64::from(*sample) * phase.cos() / 2400.0;
        im += f64::from(*sample) * phase.sin() / 2400.0;
    }
    assert!((re.hypot(im) - 0.5).abs() < 1e-4);
    Ok(())
}
