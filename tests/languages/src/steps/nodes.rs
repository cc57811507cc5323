//! Players, equalizers, matrices, mixers, meters and the engine.

use crate::script::Script;
use crate::steps::listening::set_input;
use crate::steps::step_between;

pub(super) fn transport(it: &mut Script) {
    let player = it.player();
    let line = match it.random.below(14) {
        0..=5 => format!("play {player}"),
        6 => {
            let frame = match it.random.below(4) {
                0 => "-9007199254740993".into(),
                _ => it.random.below(20_000).to_string(),
            };
            format!("play_at {player} {frame}")
        }
        7 => format!("pause {player}"),
        8 => format!("stop {player}"),
        9 => format!("stop_after {player} {}", it.milliseconds()),
        10 => format!("pause_after {player} {}", it.milliseconds()),
        _ => format!("playing {player}"),
    };
    it.line(line);
}

pub(super) fn queue(it: &mut Script) {
    if it.buffers.len() < 6 && !it.in_batch() && it.random.percent(15) {
        let channels = it.random.between(1, 2) as u32;
        it.make_buffer(channels);
    }
    let player = it.player();
    it.schedule(&player, false);
}

pub(super) fn equalizer(it: &mut Script) {
    let equalizers = it.desks[0].equalizers.clone();
    let name = it.random.pick(&equalizers).clone();
    let line = match it.random.below(8) {
        0..=2 => {
            let (band, filter) = (it.random.below(4), it.random.below(11));
            let frequency = *it
                .random
                .pick(&["60", "440.5", "1000", "9000", "30000", "nan", "0"]);
            let gain = *it.random.pick(&["-96", "-6.5", "0", "3", "12", "24.5"]);
            let bandwidth = *it.random.pick(&["0.05", "0.5", "0.7", "5", "6"]);
            let bypass = it.flag();
            format!("set_band {name} {band} {filter} {frequency} {gain} {bandwidth} {bypass}")
        }
        3 => format!("band {name} {}", it.random.below(4)),
        4 => format!(
            "gain {name} {}",
            it.random.pick(&["-96.5", "-20", "-3", "0", "6", "inf"])
        ),
        5 => format!("get_gain {name}"),
        6 => format!("bypass {name} {}", it.flag()),
        _ => format!("{} {name}", it.random.pick(&["get_bypass", "bands"])),
    };
    it.line(line);
}

pub(super) fn matrix(it: &mut Script) {
    let matrices = it.desks[0].matrices.clone();
    if matrices.is_empty() {
        return;
    }
    let name = it.random.pick(&matrices).clone();
    // There are three to four inputs and one to two outputs, by what is connected.
    let (input, output) = (it.random.below(4), it.random.below(3));
    let line = match it.random.below(20) {
        0..=3 => format!("crosspoint {name} {input} {output} {}", it.value(-1.0)),
        4 => format!("get_crosspoint {name} {input} {output}"),
        5..=6 => format!("input {name} {input} {}", it.value(0.0)),
        7 => format!("get_input {name} {input}"),
        8..=9 => format!("output_level {name} {output} {}", it.value(0.0)),
        10 => format!("get_output_level {name} {output}"),
        11 => format!("master {name} {}", it.value(0.0)),
        12 => format!("get_master {name}"),
        13 => format!("enable_input {name} {} {}", it.random.below(3), it.flag()),
        14 => format!("enable_output {name} {} {}", it.random.below(2), it.flag()),
        15 => format!(
            "{} {name}",
            it.random.pick(&["identity", "identity", "clear", "invert"])
        ),
        16 => format!("dimensions {name}"),
        17..=18 => {
            let (rows, columns) = (*it.random.pick(&[5, 5, 4]), *it.random.pick(&[3, 3, 2]));
            let mut line = format!("set_levels {name} {rows} {columns}");
            for _ in 0..rows * columns {
                // Seldom a bad one among so many.
                let value = it.random.below(256) as f32 / 256.0;
                let value = if it.random.percent(1) { 2.0 } else { value };
                line += &format!(" {value}");
            }
            line
        }
        _ => format!("levels {name}"),
    };
    it.line(line);
}

pub(super) fn mixer(it: &mut Script) {
    let mixer = it.mixer();
    let line = match it.random.below(6) {
        0..=1 => format!("output_volume {mixer} {}", it.value(0.0)),
        2 => format!("output_volume_db {mixer} {}", it.decibels()),
        3 => {
            let what = *it
                .random
                .pick(&["get_output_volume", "get_output_volume_db"]);
            format!("{what} {mixer}")
        }
        4 => format!("reserve {mixer} {}", it.random.pick(&[0, 1, 8, 24, 65_537])),
        _ => format!("next_bus {mixer}"),
    };
    it.line(line);
}

pub(super) fn pan_law(it: &mut Script) {
    let mixer = it.mixer();
    let line = if it.random.percent(70) {
        let law = it
            .random
            .pick(&["balance", "constant_power", "constant_power"]);
        format!("pan_law {mixer} {law}")
    } else {
        format!("get_pan_law {mixer}")
    };
    it.line(line);
}

pub(super) fn meter(it: &mut Script) {
    let (mixer, bus) = (it.mixer(), it.any_bus());
    let line = if it.random.percent(70) {
        format!("meter {mixer} {bus}")
    } else {
        format!("mixer_meter {mixer}")
    };
    it.line(line);
}

pub(super) fn inspect(it: &mut Script) {
    let (engine, node, bus) = (it.engine(), it.node(), it.any_bus());
    let line = match it.random.below(10) {
        0..=2 => format!("inspect {engine} {node}"),
        3..=6 => format!("source_of {engine} {node} {bus}"),
        7 => format!("audit {engine}"),
        8 => format!("dot {engine}"),
        _ => format!("table {}", it.mixer()),
    };
    it.line(line);
}

pub(super) fn engine(it: &mut Script) {
    let engine = it.engine();
    match it.random.below(10) {
        0..=1 => it.line(format!("running {engine}")),
        2..=3 => it.line(format!("time {engine}")),
        4 => {
            let threads = *it.random.pick(&[0, 1, 2, 3, 65]);
            it.line(format!("threads {engine} {threads}"));
        }
        5 => it.line(format!("format {engine}")),
        6 => it.line(format!("prepare {engine}")),
        choice => {
            let what = ["pause_engine", "stop_engine", "reset_engine"][choice - 7];
            it.line(format!("{what} {engine}"));
            if it.random.percent(50) {
                step_between(it);
            }
            if it.random.percent(30) {
                set_input(it);
            }
            it.line(format!("start {engine}"));
            for player in it.players() {
                it.line(format!("play {player}"));
            }
        }
    }
}
