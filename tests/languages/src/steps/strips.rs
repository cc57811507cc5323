//! Strips: faders, by number, by connection, fades, scenes.

use crate::script::Script;

pub(super) fn set_strip(it: &mut Script) {
    let (mixer, bus) = (it.mixer(), it.any_bus());
    let line = match it.random.below(16) {
        0..=3 => format!("volume {mixer} {bus} {}", it.value(0.0)),
        4 => format!("volume_db {mixer} {bus} {}", it.decibels()),
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
        13 => format!("safe {mixer} {bus} {}", it.flag()),
        14 => {
            it.soloed.clear();
            format!("clear_solo {}", it.engine())
        }
        _ => format!("reset {mixer} {bus}"),
    };
    it.line(line);
}

pub(super) fn get_strip(it: &mut Script) {
    let what = *it.random.pick(&[
        "get_volume",
        "get_volume",
        "get_volume_db",
        "get_pan",
        "get_mute",
        "get_solo",
        "get_safe",
        "audible",
        "get_label",
        "effective",
        "connected",
    ]);
    let (mixer, bus) = (it.mixer(), it.any_bus());
    it.line(format!("{what} {mixer} {bus}"));
}

pub(super) fn by_number(it: &mut Script) {
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

pub(super) fn by_connection(it: &mut Script) {
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

pub(super) fn curve(it: &mut Script) -> &'static str {
    ["linear", "equal_power", "exponential"][it.random.below(3)]
}

pub(super) fn fade(it: &mut Script) {
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
    let curve = curve(it);
    let line = match it.random.below(10) {
        0..=5 => format!(
            "fade f{fade} {mixer} {bus} {} {length} {curve}",
            it.value(0.0)
        ),
        6 => {
            let value = it.value(0.0);
            format!("output_fade f{fade} {mixer} {value} {length} {curve}")
        }
        7 => {
            let (group, value) = (it.group(), it.value(0.0));
            format!("group_fade f{fade} {group} {value} {length} {curve}")
        }
        _ => format!("fade_pan f{fade} {mixer} {bus} {} {length}", it.value(-1.0)),
    };
    it.line(line);
}

/// What a scene sets on some buses: each value, or `-` for what stays.
pub(super) fn entries(it: &mut Script) -> String {
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
        let safe = *it.random.pick(&["-", "-", "0", "1"]);
        text += &format!(" {bus} {volume} {pan} {mute} {solo} {label} {safe}");
    }
    text
}

pub(super) fn scene(it: &mut Script) {
    let mixer = it.mixer();
    let scene = it.scenes;
    let line = match it.random.below(9) {
        6 | 7 if scene > 0 => {
            let from = it.random.below(scene);
            let (length, curve) = (
                it.milliseconds(),
                *it.random.pick(&["linear", "exponential"]),
            );
            match it.random.below(4) {
                0 => {
                    it.scenes += 1;
                    format!("scene_only s{scene} s{from} {}", it.random.below(1024))
                }
                1 => {
                    it.scenes += 1;
                    format!("scene_buses s{scene} s{from} {} {}", it.bus(), it.bus())
                }
                _ => format!("fade_to_scene {mixer} s{from} {length} {curve}"),
            }
        }
        8 => return engine_scene(it),
        0..=1 => format!("configure {mixer}{}", entries(it)),
        2 => {
            it.scenes += 1;
            format!("scene s{scene}{}", entries(it))
        }
        3 => {
            it.scenes += 1;
            let what = *it
                .random
                .pick(&["snapshot", "snapshot", "snapshot_with_solo"]);
            format!("{what} s{scene} {mixer}")
        }
        _ if scene > 0 => format!("apply {mixer} s{}", it.random.below(scene)),
        _ => format!("configure {mixer}"),
    };
    it.line(line);
}

fn engine_scene(it: &mut Script) {
    let (engine, scene) = (it.engine(), it.engine_scenes);
    if scene == 0 {
        it.engine_scenes += 1;
        return it.line(format!("engine_snapshot E{scene} {engine}"));
    }
    let from = it.random.below(scene);
    let line = match it.random.below(8) {
        0..=1 => {
            let what = *it
                .random
                .pick(&["engine_snapshot", "engine_snapshot_with_solo"]);
            format!("{what} E{scene} {engine}")
        }
        2 => format!("engine_only E{scene} E{from} {}", it.random.below(1024)),
        3 => format!("engine_buses E{scene} E{from} {} {}", it.mixer(), it.bus()),
        4..=5 => return it.line(format!("engine_apply {engine} E{from}")),
        _ => {
            let length = it.milliseconds();
            return it.line(format!("engine_fade {engine} E{from} {length} equal_power"));
        }
    };
    it.engine_scenes += 1;
    it.line(line);
}
