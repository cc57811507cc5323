//! Taps, recorders, what comes in, and the engine's time.

use crate::script::Script;

/// No more of each at a time.
const TAPS: usize = 3;
const TAKES: usize = 2;

pub(super) fn tap(it: &mut Script) {
    if it.taps.len() < TAPS && it.random.percent(55) {
        let name = it.name("tap");
        let (node, bus) = (it.node(), usize::from(it.random.percent(5)));
        let frames = *it.random.pick(&[4_800, 4_800, 1, 0, 1_048_577]);
        it.line(format!("tap {name} {node} {bus} {frames}"));
        it.taps.push(name);
    } else if !it.taps.is_empty() {
        let at = it.random.below(it.taps.len());
        let name = it.taps.remove(at);
        it.line(format!("untap {name}"));
    }
}

/// Where a recording may begin or end: not before the blocks that its thread has yet to see, or the answer
/// would depend on how far that has got.
fn ahead(it: &mut Script) -> i64 {
    it.clock + it.random.below(4_000) as i64
}

pub(super) fn record(it: &mut Script) {
    if it.takes.len() < TAKES && it.random.percent(50) {
        let name = it.name("take");
        let at = match it.random.below(12) {
            0..=2 => ahead(it).to_string(),
            3 => "-1".into(),
            _ => "-".into(),
        };
        let mixer = it.mixer();
        if it.random.percent(50) {
            it.line(format!("record_mixer {name} {mixer} {at}"));
        } else {
            let bus = it.bus();
            it.line(format!("record_bus {name} {mixer} {bus} {at}"));
        }
        it.takes.push(name);
    } else if let Some(name) = it.takes.first().cloned() {
        if it.random.percent(25) {
            let end = ahead(it);
            it.line(format!("record_until {name} {end}"));
        } else {
            it.takes.remove(0);
            it.line(format!("end_record {name}"));
        }
    }
}

/// Refused while the engine runs.
pub(crate) fn set_input(it: &mut Script) {
    let engine = it.engine();
    let rate = it.desks[0].rate;
    let (channels, seed) = (it.random.between(1, 2), it.random.below(100));
    it.line(format!("set_input {engine} {rate} {channels} {seed}"));
}

pub(super) fn time(it: &mut Script) {
    let engine = it.engine();
    it.line(format!("render_time {engine}"));
}
