//! Automation: what volumes, of groups too, and pans do at given frames.

use crate::script::Script;
use crate::steps::strips::curve;

/// Mostly a frame of the next blocks; now and then one that is over.
fn frame(it: &mut Script) -> i64 {
    match it.random.below(25) {
        0 => -1,
        1 => it.clock / 2,
        2 => i64::MAX,
        _ => it.clock + it.random.below(2_500) as i64,
    }
}

/// What a line is about: a bus, a group, or a mixer's output. Often one that has something scheduled.
fn place(it: &mut Script) -> (&'static str, String) {
    if !it.automated.is_empty() && it.random.percent(60) {
        return it.random.pick(&it.automated).clone();
    }
    let place = match it.random.below(12) {
        10..=11 => ("group", it.group()),
        0..=5 => ("volume", format!("{} {}", it.mixer(), it.any_bus())),
        6..=7 => ("pan", format!("{} {}", it.mixer(), it.any_bus())),
        _ => ("output", it.mixer()),
    };
    it.automated.push(place.clone());
    place
}

fn value(it: &mut Script, of: &str) -> String {
    it.value(if of == "pan" { -1.0 } else { 0.0 })
}

fn points(it: &mut Script, of: &str) -> String {
    let mut text = String::new();
    for _ in 0..it.random.between(0, 5) {
        let (frame, value) = (frame(it), value(it, of));
        let length = it.milliseconds();
        let curve = if of == "pan" { "linear" } else { curve(it) };
        text += &format!(" {frame} {value} {length} {curve}");
    }
    text
}

pub(super) fn automation(it: &mut Script) {
    let (of, at) = place(it);
    let line = match it.random.below(20) {
        0..=6 => {
            let waiting = it.waiting;
            it.waiting += 1;
            let (frame, value) = (frame(it), value(it, of));
            let (length, curve) = (it.milliseconds(), curve(it));
            format!("{of}_fade_at w{waiting} {at} {frame} {value} {length} {curve}")
        }
        7..=9 => {
            let (frame, value) = (frame(it), value(it, of));
            format!("{of}_set_at {at} {frame} {value}")
        }
        10..=13 => format!("{of}_automate {at}{}", points(it, of)),
        14..=15 => format!("{of}_automation {at}"),
        16 if of == "pan" => format!("pan_automation {at}"),
        16 => format!("{of}_cancel_from {at} {}", frame(it)),
        _ if it.waiting > 0 => {
            let what = *it.random.pick(&["cancel", "end"]);
            let back = it.random.below(it.waiting.min(4));
            format!("{what} w{}", it.waiting - 1 - back)
        }
        _ => format!("{of}_automation {at}"),
    };
    it.line(line);
}
