//! Groups, and sends with a tap.

use crate::script::Script;
use crate::steps::step_between;

pub(super) fn group(it: &mut Script) {
    let group = it.group();
    let line = match it.random.below(20) {
        0..=4 => format!("group_add {group} {} {}", it.mixer(), it.any_bus()),
        5..=6 => format!("group_remove {group} {} {}", it.mixer(), it.any_bus()),
        7..=8 => format!("group_nest {group} {}", it.group()),
        9 => format!("group_unnest {group} {}", it.group()),
        10..=13 => format!("group_volume {group} {}", it.value(0.0)),
        14 => format!("group_volume_db {group} {}", it.decibels()),
        15..=16 => format!("group_mute {group} {}", usize::from(it.random.percent(25))),
        17..=18 => {
            it.line(format!("group_solo {group} 1"));
            if it.random.percent(60) {
                step_between(it);
            }
            format!("group_solo {group} 0")
        }
        _ if it.random.percent(20) => format!("remove_group {} {group}", it.engine()),
        _ if it.groups < 5 && !it.in_batch() => return it.make_group(),
        _ => "get_group_volume bad".into(),
    };
    it.line(line);
}

pub(super) fn get_group(it: &mut Script) {
    let what = *it.random.pick(&[
        "get_group_volume",
        "get_group_volume_db",
        "get_group_mute",
        "get_group_solo",
        "group_name",
        "group_meter",
        "group_members",
        "inner_groups",
        "outer_groups",
        "groups",
        "all_groups",
    ]);
    let line = match what {
        "groups" => format!("groups {} {}", it.mixer(), it.any_bus()),
        "all_groups" => format!("all_groups {}", it.engine()),
        _ => format!("{what} {}", it.group()),
    };
    it.line(line);
}

pub(super) fn tapped_send(it: &mut Script) {
    let tap = *it.random.pick(&["post", "post", "pre"]);
    let sends = it.sends.len();
    let (mut mixer, mut bus) = (it.mixer(), it.any_bus());
    if sends > 0 && it.random.percent(80) {
        (mixer, bus) = it.sends[it.random.below(sends)].clone();
    }
    let line = match it.random.below(10) {
        0..=4 => {
            let (dry, strip) = (it.mixer(), it.any_bus());
            let (aux, to) = (it.mixer(), it.any_bus());
            it.sends.push((aux.clone(), to));
            it.line(format!("send_to {dry} {strip} {aux} {to} {tap}"));
            if it.random.percent(75) {
                return;
            }
            format!("end_send {aux} {to}")
        }
        5 if it.random.percent(50) => {
            format!(
                "send_next {} {} {} {tap}",
                it.mixer(),
                it.any_bus(),
                it.own_mixer()
            )
        }
        5..=6 => format!("send_tap {mixer} {bus} {tap}"),
        7 => format!("get_send_tap {mixer} {bus}"),
        8 => format!("send_source {mixer} {bus}"),
        _ => format!("sends {} {}", it.mixer(), it.any_bus()),
    };
    it.line(line);
}
