//! The runner in Rust: automation.

use perbus::{AutomationPoint, Fade};

use crate::runner::words::*;
use crate::values::bits;
use crate::world::{number, Answer, Failure, World};

/// `frame value milliseconds curve`, once a point.
fn points(words: &[&str]) -> Vec<AutomationPoint> {
    let point = |it: &[&str]| {
        AutomationPoint::fade(
            number(it[0]),
            number(it[1]),
            milliseconds(it[2]),
            curve(it[3]),
        )
    };
    words.chunks(4).map(point).collect()
}

fn listed(points: &[AutomationPoint]) -> String {
    let point = |it: &AutomationPoint| {
        let (value, length, curve) = (bits(it.value), it.duration.as_nanos(), it.curve as u32);
        format!("{} {value} {length} {curve}", it.frame)
    };
    let all: Vec<_> = points.iter().map(point).collect();
    all.join(" ")
}

#[rustfmt::skip] // A line an operation.
pub(super) fn answer(world: &mut World, name: &str, words: &[&str]) -> Answer {
    match (name, words) {
        ("volume_fade_at" | "pan_fade_at" | "group_fade_at" | "output_fade_at", [fade, ..]) => {
            start(world, name, &words[1..], fade)
        }
        ("volume_set_at", [m, bus, frame, v]) => done(world.bus(m, bus)?.set_volume_at(number(frame), number(v))),
        ("pan_set_at", [m, bus, frame, v]) => done(world.bus(m, bus)?.set_pan_at(number(frame), number(v))),
        ("group_set_at", [g, frame, v]) => done(world.group(g)?.set_volume_at(number(frame), number(v))),
        ("output_set_at", [m, frame, v]) => done(world.mixer(m)?.set_output_volume_at(number(frame), number(v))),
        ("volume_automate", [m, bus, list @ ..]) => done(world.bus(m, bus)?.automate_volume(&points(list))),
        ("pan_automate", [m, bus, list @ ..]) => done(world.bus(m, bus)?.automate_pan(&points(list))),
        ("group_automate", [g, list @ ..]) => done(world.group(g)?.automate_volume(&points(list))),
        ("output_automate", [m, list @ ..]) => done(world.mixer(m)?.automate_output_volume(&points(list))),
        ("volume_automation", [m, bus]) => Ok(listed(&world.bus(m, bus)?.volume_automation())),
        ("pan_automation", [m, bus]) => Ok(listed(&world.bus(m, bus)?.pan_automation())),
        ("group_automation", [g]) => Ok(listed(&world.group(g)?.volume_automation())),
        ("output_automation", [m]) => Ok(listed(&world.mixer(m)?.output_volume_automation())),
        ("volume_cancel_from", [m, bus, frame]) => done(world.bus(m, bus)?.cancel_automation_from(number(frame))),
        ("group_cancel_from", [g, frame]) => done(world.group(g)?.cancel_automation_from(number(frame))),
        ("output_cancel_from", [m, frame]) => done(world.mixer(m)?.cancel_output_automation_from(number(frame))),
        _ => Err(Failure::Other),
    }
}

fn start(world: &mut World, name: &str, words: &[&str], fade: &str) -> Answer {
    let (end, ended) = watch();
    let made: perbus::Result<Fade> = match (name, words) {
        ("volume_fade_at", [m, bus, frame, v, length, curve]) => {
            let (length, curve) = (milliseconds(length), self::curve(curve));
            let bus = world.bus(m, bus)?;
            bus.fade_at_with(number(frame), number(v), length, curve, ended)
        }
        ("pan_fade_at", [m, bus, frame, v, length, _]) => {
            let bus = world.bus(m, bus)?;
            bus.fade_pan_at_with(number(frame), number(v), milliseconds(length), ended)
        }
        ("group_fade_at", [g, frame, v, length, curve]) => {
            let (length, curve) = (milliseconds(length), self::curve(curve));
            let group = world.group(g)?;
            group.fade_at_with(number(frame), number(v), length, curve, ended)
        }
        (_, [m, frame, v, length, curve]) => {
            let (length, curve) = (milliseconds(length), self::curve(curve));
            let mixer = world.mixer(m)?;
            mixer.fade_output_volume_at_with(number(frame), number(v), length, curve, ended)
        }
        _ => panic!("{name} with {} words", words.len()),
    };
    world.fades.insert(fade.to_owned(), (made?, end));
    Ok(String::new())
}
