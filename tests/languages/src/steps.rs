//! What a script may do next, by weight.

use crate::script::Script;

type Step = fn(&mut Script);

const STEPS: &[(usize, Step)] = &[
    (34, render),
    (16, set_strip),
    (12, get_strip),
    (10, by_number),
    (8, by_connection),
    (10, fade),
    (6, scene),
    (9, connect),
    (6, send),
    (5, disconnect),
    (5, detach),
    (9, transport),
    (6, queue),
    (5, equalizer),
    (6, matrix),
    (5, mixer),
    (3, meter),
    (7, inspect),
    (4, engine),
    (3, create),
    (5, revive),
];

/// What may be part of a batch: nothing that renders or starts, nor makes nodes.
const BATCHED: &[(usize, Step)] = &[
    (8, set_strip),
    (4, get_strip),
    (4, by_number),
    (4, by_connection),
    (4, fade),
    (3, scene),
    (3, connect),
    (3, send),
    (2, disconnect),
    (4, transport),
    (3, queue),
    (2, matrix),
];

impl Script {
    pub(crate) fn step(&mut self) {
        if self.random.percent(4) {
            return self.batch(|script| {
                for _ in 0..script.random.between(2, 6) {
                    script.random.weighted(BATCHED)(script);
                }
            });
        }
        self.random.weighted(STEPS)(self);
    }

    fn flag(&mut self) -> usize {
        self.random.below(2)
    }
}

fn render(it: &mut Script) {
    let desk = usize::from(it.random.percent(3));
    let (engine, longest) = (it.desks[desk].name.clone(), it.desks[desk].longest);
    let line = match it.random.below(24) {
        0 => format!("render_past {engine} {}", longest + 1),
        1 => format!("render {engine} 0"),
        2..=10 => format!("render {engine} {}", it.random.between(1, longest)),
        _ => format!("render {engine} {longest}"),
    };
    it.line(line);
}

fn set_strip(it: &mut Script) {
    let (mixer, bus) = (it.mixer(), it.any_bus());
    let line = match it.random.below(14) {
        0..=4 => format!("volume {mixer} {bus} {}", it.value(0.0)),
        5..=7 => format!("pan {mixer} {bus} {}", it.value(-1.0)),
        8..=9 => format!("mute {mixer} {bus} {}", usize::from(it.random.percent(30))),
        10 => {
            it.soloed.push((mixer.clone(), bus));
            format!("solo {mixer} {bus} 1")
        }
        11 => {
            let (mixer, bus) = it.soloed.pop().unwrap_or((mixer, bus));
            format!("solo {mixer} {bus} 0")
        }
        12 => format!(
            "label {mixer} {bus} ={}",
            it.random.pick(&["", "kick", "Bässe", "a\"b\\c"])
        ),
        _ => format!("reset {mixer} {bus}"),
    };
    it.line(line);
}

fn get_strip(it: &mut Script) {
    let what = *it.random.pick(&[
        "get_volume",
        "get_volume",
        "get_pan",
        "get_mute",
        "get_solo",
        "get_label",
        "effective",
        "connected",
    ]);
    let (mixer, bus) = (it.mixer(), it.any_bus());
    it.line(format!("{what} {mixer} {bus}"));
}

fn by_number(it: &mut Script) {
    let (engine, mixer, bus) = (it.engine(), it.mixer(), it.any_bus());
    let line = match it.random.below(10) {
        0..=2 => format!("volume_for {engine} {mixer} {bus} {}", it.value(0.0)),
        3..=4 => format!("pan_for {engine} {mixer} {bus} {}", it.value(-1.0)),
        5..=6 => format!("get_volume_for {engine} {mixer} {bus}"),
        7 => format!("get_pan_for {engine} {mixer} {bus}"),
        8 => format!(
            "fallback {engine} {}",
            it.random.pick(&["global", "deny", "hold"])
        ),
        _ => format!("get_fallback {engine}"),
    };
    it.line(line);
}

fn by_connection(it: &mut Script) {
    let (engine, source) = (it.engine(), it.feeder());
    let (mixer, bus) = (it.mixer(), it.any_bus());
    let at = format!("{engine} {source} {mixer} {bus}");
    let line = match it.random.below(4) {
        0 => format!("connection_volume {at} {}", it.value(0.0)),
        1 => format!("connection_pan {at} {}", it.value(-1.0)),
        2 => format!("get_connection_volume {at}"),
        _ => format!("get_connection_pan {at}"),
    };
    it.line(line);
}

fn fade(it: &mut Script) {
    if it.fades > 0 && it.random.percent(40) {
        let what = *it.random.pick(&["cancel", "fading", "end"]);
        // Mostly a late one, which may be under way still.
        let back = it.random.below(it.fades.min(4));
        let fade = it.fades - 1 - back;
        return it.line(format!("{what} f{fade}"));
    }
    let (mixer, bus, length) = (it.mixer(), it.any_bus(), it.milliseconds());
    let fade = it.fades;
    it.fades += 1;
    let line = if it.random.percent(70) {
        let curve = *it.random.pick(&["linear", "equal_power", "exponential"]);
        format!(
            "fade f{fade} {mixer} {bus} {} {length} {curve}",
            it.value(0.0)
        )
    } else {
        format!("fade_pan f{fade} {mixer} {bus} {} {length}", it.value(-1.0))
    };
    it.line(line);
}

/// What a scene sets on some buses: each value, or `-` for what stays.
fn entries(it: &mut Script) -> String {
    let mut text = String::new();
    for _ in 0..it.random.between(0, 4) {
        let bus = it.any_bus();
        let volume = if it.flag() == 0 {
            "-".into()
        } else {
            it.value(0.0)
        };
        let pan = if it.flag() == 0 {
            "-".into()
        } else {
            it.value(-1.0)
        };
        let mute = *it.random.pick(&["-", "0", "0", "1"]);
        let solo = *it.random.pick(&["-", "-", "0", "0", "0", "1"]);
        let label = *it.random.pick(&["-", "-", "=", "=snare", "=Flöte"]);
        text += &format!(" {bus} {volume} {pan} {mute} {solo} {label}");
    }
    text
}

fn scene(it: &mut Script) {
    let mixer = it.mixer();
    let scene = it.scenes;
    let line = match it.random.below(6) {
        0..=1 => format!("configure {mixer}{}", entries(it)),
        2 => {
            it.scenes += 1;
            format!("scene s{scene}{}", entries(it))
        }
        3 => {
            it.scenes += 1;
            format!("snapshot s{scene} {mixer}")
        }
        _ if scene > 0 => format!("apply {mixer} s{}", it.random.below(scene)),
        _ => format!("configure {mixer}"),
    };
    it.line(line);
}

fn output_bus(it: &mut Script) -> usize {
    usize::from(it.random.percent(2))
}

fn connect(it: &mut Script) {
    let (engine, from) = (it.engine(), output_bus(it));
    let (rate, channels) = (it.desks[0].rate, it.desks[0].channels);
    let line = match it.random.below(20) {
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

fn send(it: &mut Script) {
    let what = *it.random.pick(&["send", "send", "unsend"]);
    let (engine, source, from) = (it.engine(), it.feeder(), output_bus(it));
    let (mixer, bus) = (it.mixer(), it.any_bus());
    it.line(format!("{what} {engine} {source} {from} {mixer} {bus}"));
}

fn disconnect(it: &mut Script) {
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

fn detach(it: &mut Script) {
    let (engine, node) = (it.engine(), it.node());
    it.line(format!("detach {engine} {node}"));
    if it.random.percent(50) {
        step_between(it);
    }
    it.line(format!("attach {engine} {node}"));
    let (mixer, bus) = (it.own_mixer(), it.bus());
    it.line(format!("connect {engine} {node} 0 {mixer} {bus}"));
}

/// While something is not as it should be.
fn step_between(it: &mut Script) {
    it.random.weighted(&[
        (2, render as Step),
        (2, set_strip),
        (1, by_connection),
        (1, transport),
        (1, inspect),
    ])(it);
}

fn transport(it: &mut Script) {
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

fn queue(it: &mut Script) {
    if it.buffers.len() < 6 && !it.in_batch() && it.random.percent(15) {
        let channels = it.random.between(1, 2) as u32;
        it.make_buffer(channels);
    }
    let player = it.player();
    it.schedule(&player, false);
}

fn equalizer(it: &mut Script) {
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

fn matrix(it: &mut Script) {
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

fn mixer(it: &mut Script) {
    let mixer = it.mixer();
    let line = match it.random.below(6) {
        0..=2 => format!("output_volume {mixer} {}", it.value(0.0)),
        3 => format!("get_output_volume {mixer}"),
        4 => format!("reserve {mixer} {}", it.random.pick(&[0, 1, 8, 24, 65_537])),
        _ => format!("next_bus {mixer}"),
    };
    it.line(line);
}

fn meter(it: &mut Script) {
    let (mixer, bus) = (it.mixer(), it.any_bus());
    let line = if it.random.percent(70) {
        format!("meter {mixer} {bus}")
    } else {
        format!("mixer_meter {mixer}")
    };
    it.line(line);
}

fn inspect(it: &mut Script) {
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

fn engine(it: &mut Script) {
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
            it.line(format!("start {engine}"));
            for player in it.players() {
                it.line(format!("play {player}"));
            }
        }
    }
}

fn create(it: &mut Script) {
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

fn revive(it: &mut Script) {
    let players = it.players();
    let player = it.random.pick(&players).clone();
    it.revive(&player);
}
