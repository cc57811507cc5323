//! Connections, and nodes that come and go.

use crate::script::Script;
use crate::steps::step_between;

pub(super) fn output_bus(it: &mut Script) -> usize {
    usize::from(it.random.percent(2))
}

pub(super) fn connect(it: &mut Script) {
    let (engine, from) = (it.engine(), output_bus(it));
    let (rate, channels) = (it.desks[0].rate, it.desks[0].channels);
    let line = match it.random.below(24) {
        20 => format!("connect_next {} {}", it.own_mixer(), it.feeder()),
        21 => format!(
            "bus_connect {} {} {}",
            it.mixer(),
            it.any_bus(),
            it.feeder()
        ),
        22 => format!("bus_disconnect {} {}", it.mixer(), it.any_bus()),
        23 => format!("buses {}", it.mixer()),
        0..=8 => {
            let (source, mixer, bus) = (it.feeder(), it.mixer(), it.any_bus());
            format!("connect {engine} {source} {from} {mixer} {bus}")
        }
        9..=11 => {
            let (source, mixer, bus) = (it.feeder(), it.mixer(), it.bus());
            let other = *it.random.pick(&[rate, 44_100, 22_050]);
            let rate = if source.starts_with("player") {
                rate
            } else {
                other
            };
            let channels = it.random.between(1, 2);
            format!("connect_in {engine} {source} {from} {mixer} {bus} {rate} {channels}")
        }
        12 => {
            let (source, mixer) = (it.feeder(), it.mixer());
            let format = *it
                .random
                .pick(&["0 2", "nan 2", "800000 1", "48000 0", "48000 65"]);
            format!("connect_in {engine} {source} {from} {mixer} 0 {format}")
        }
        // Into anything: effects, matrices, what has no input, the source itself.
        13..=15 => {
            let (source, node, bus) = (it.feeder(), it.node(), it.random.below(2));
            format!("connect {engine} {source} {from} {node} {bus}")
        }
        16 => {
            let (main, output) = (it.desks[0].main.clone(), it.desks[0].output.clone());
            format!("connect {engine} {main} 0 {output} 0")
        }
        _ => {
            let (source, count) = (it.feeder(), it.random.between(0, 3));
            let mut line = format!("connect_many {engine} {source} {from} {rate} {channels}");
            for _ in 0..count {
                line += &format!(" {} {}", it.mixer(), it.any_bus());
            }
            line
        }
    };
    it.line(line);
}

pub(super) fn send(it: &mut Script) {
    let what = *it.random.pick(&["send", "send", "unsend"]);
    let (engine, source, from) = (it.engine(), it.feeder(), output_bus(it));
    let (mixer, bus) = (it.mixer(), it.any_bus());
    it.line(format!("{what} {engine} {source} {from} {mixer} {bus}"));
}

pub(super) fn disconnect(it: &mut Script) {
    let engine = it.engine();
    let line = if it.random.percent(60) {
        let (mixer, bus) = (it.mixer(), it.any_bus());
        format!("disconnect_input {engine} {mixer} {bus}")
    } else {
        let (node, bus) = (it.feeder(), output_bus(it));
        format!("disconnect_output {engine} {node} {bus}")
    };
    it.line(line);
}

pub(super) fn detach(it: &mut Script) {
    let (engine, node) = (it.engine(), it.node());
    it.line(format!("detach {engine} {node}"));
    if it.random.percent(50) {
        step_between(it);
    }
    it.line(format!("attach {engine} {node}"));
    let (mixer, bus) = (it.own_mixer(), it.bus());
    it.line(format!("connect {engine} {node} 0 {mixer} {bus}"));
}

pub(super) fn create(it: &mut Script) {
    let line = match it.random.below(12) {
        0 => "equalizer bad e0 0".into(),
        1 => "equalizer bad e0 257".into(),
        2 => "matrix bad e0 0 1".into(),
        3 => "matrix bad e0 1 65".into(),
        4 => "player_in bad e0 0 1".into(),
        5 => "engine bad nan 2 64".into(),
        6 => "engine bad 48000 2 0".into(),
        7 => "engine bad 48000 2 1048577".into(),
        8 => "source bad e0 48000 0 1".into(),
        9 => format!("pan_laws {}", it.value(-1.0)),
        10 if it.desks[0].mixers.len() < 5 => {
            let (mixer, main, bus) = (it.make_mixer(0), it.desks[0].main.clone(), it.bus());
            format!("connect e0 {mixer} 0 {main} {bus}")
        }
        11 if it.desks[0].equalizers.len() < 3 => return it.make_equalizer(),
        _ => "get_volume bad 0".into(),
    };
    it.line(line);
}

pub(super) fn revive(it: &mut Script) {
    let players = it.players();
    let player = it.random.pick(&players).clone();
    it.revive(&player);
}
