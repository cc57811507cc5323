//! The runner in Rust: taps, recorders, what comes in, and the engine's time.

use std::fs;
use std::sync::{Arc, Mutex, PoisonError};

use perbus::{AnyNode, File, FileSettings, Tap};

use crate::runner::words::*;
use crate::values::{hash, sample};
use crate::world::{number, optional, Answer, Failure, World};

/// What a tap has heard: its blocks one after the other, each channel after channel.
#[derive(Default)]
pub(crate) struct Heard {
    samples: Vec<f32>,
    frames: u64,
    first: Option<i64>,
}

/// A tap and what it hears.
pub(crate) type Listening = (Tap, Arc<Mutex<Heard>>);

fn tap(node: &AnyNode, bus: u32, frames: u32) -> perbus::Result<Listening> {
    let heard = Arc::new(Mutex::new(Heard::default()));
    let kept = Arc::clone(&heard);
    let tap = node.tap_bus(bus, frames, move |block| {
        let mut heard = kept.lock().unwrap_or_else(PoisonError::into_inner);
        heard.first.get_or_insert(block.sample_time());
        heard.frames += u64::from(block.frames());
        for channel in 0..block.channels() {
            heard.samples.extend_from_slice(block.channel(channel));
        }
    })?;
    Ok((tap, heard))
}

fn untap((tap, heard): Listening) -> Answer {
    drop(tap);
    let heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
    let hash = hash(std::slice::from_ref(&heard.samples));
    let first = heard.first.unwrap_or(-1);
    Ok(format!("{first} {} {hash:016x}", heard.frames))
}

fn end(recorder: perbus::Recorder) -> Answer {
    let it = recorder.stop()?;
    let mut file = File::open(&it.path)?;
    let mut planar = vec![vec![0.0; it.frames as usize]; file.format().channels() as usize];
    let mut slices: Vec<_> = planar.iter_mut().map(Vec::as_mut_slice).collect();
    file.read(&mut slices)?;
    let _ = fs::remove_file(&it.path);
    let (hash, interrupted) = (hash(&planar), it.interrupted.is_some());
    let figures = format!("{} {} {}", it.frames, it.dropped, it.silence);
    Ok(format!("{figures} {interrupted} {hash:016x}"))
}

#[rustfmt::skip] // A line an operation.
pub(super) fn answer(world: &mut World, name: &str, words: &[&str]) -> Answer {
    match (name, words) {
        ("set_input", [e, rate, channels, seed]) => {
            let seed = number(seed);
            done(world.engine(e)?.set_input(format(rate, channels)?, move |block| {
                let time = block.sample_time();
                for channel in 0..block.channels() {
                    for (frame, to) in (time..).zip(block.channel_mut(channel)) {
                        *to = sample(frame, channel, seed);
                    }
                }
            }))
        }
        ("input_node", [name, e]) => { let node = world.engine(e)?.input()?; world.keep(name, AnyNode::Input(node)) }
        ("render_time", [e]) => {
            let it = world.engine(e)?.render_time()?;
            Ok(format!("{} {} {}", it.sample_time, it.sample_rate, it.instant.is_some()))
        }
        ("tap", [t, n, bus, frames]) => {
            let listening = tap(world.node(n)?, number(bus), number(frames))?;
            world.taps.insert((*t).to_owned(), listening);
            Ok(String::new())
        }
        ("untap", [t]) => untap(world.taps.remove(*t).ok_or(Failure::Missing)?),
        ("record_mixer" | "record_bus", [take, m, at @ ..]) => {
            let mixer = world.mixer(m)?;
            let path = format!("{}.rust.{take}", world.script);
            let settings = |mixer: &perbus::Mixer| Ok::<_, perbus::Error>(FileSettings::wav(mixer.engine().inspect(mixer)?.outputs[0]));
            let recorder = match at {
                [at] => match optional(at) {
                    Some(at) => mixer.record_at(at, path, &settings(mixer)?)?,
                    None => mixer.record(path, &settings(mixer)?)?,
                },
                [bus, at] => {
                    let bus = mixer.bus(number(bus))?;
                    match optional(at) {
                        Some(at) => bus.record_at(at, path, &settings(mixer)?)?,
                        None => bus.record(path, &settings(mixer)?)?,
                    }
                }
                _ => return Err(Failure::Other),
            };
            world.takes.insert((*take).to_owned(), recorder);
            Ok(String::new())
        }
        ("record_until", [take, frame]) => done(world.takes.get(*take).ok_or(Failure::Missing)?.stop_at(number(frame))),
        ("end_record", [take]) => end(world.takes.remove(*take).ok_or(Failure::Missing)?),
        _ => Err(Failure::Other),
    }
}
