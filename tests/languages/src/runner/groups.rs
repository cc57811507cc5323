//! The runner in Rust: groups, sends.

use perbus::{Group, SendTap};

use crate::runner::words::*;
use crate::values::bits;
use crate::world::{number, Answer, Failure, World};

fn tap(name: &str) -> SendTap {
    match name {
        "pre" => SendTap::PreFader,
        _ => SendTap::PostFader,
    }
}

fn names(groups: Vec<Group>) -> String {
    let names: Vec<_> = groups.iter().map(Group::name).collect();
    names.join(" ")
}

#[rustfmt::skip] // A line an operation.
pub(super) fn answer(world: &mut World, name: &str, words: &[&str]) -> Answer {
    match (name, words) {
        ("group", [g, e]) => {
            let group = world.engine(e)?.create_group(g)?;
            world.groups.insert((*g).to_owned(), group);
            Ok(String::new())
        }
        ("group_add", [g, m, bus]) => done(world.group(g)?.add(&world.bus(m, bus)?)),
        ("group_remove", [g, m, bus]) => done(world.group(g)?.remove(&world.bus(m, bus)?)),
        ("group_nest", [g, inner]) => done(world.group(g)?.add_group(world.group(inner)?)),
        ("group_unnest", [g, inner]) => done(world.group(g)?.remove_group(world.group(inner)?)),
        ("group_volume", [g, v]) => done(world.group(g)?.set_volume(number(v))),
        ("group_volume_db", [g, v]) => done(world.group(g)?.set_volume_db(number(v))),
        ("group_mute", [g, flag]) => done(world.group(g)?.set_muted(on(flag))),
        ("group_solo", [g, flag]) => done(world.group(g)?.set_soloed(on(flag))),
        ("get_group_volume", [g]) => Ok(bits(world.group(g)?.volume())),
        ("get_group_volume_db", [g]) => Ok(bits(world.group(g)?.volume_db())),
        ("get_group_mute", [g]) => Ok(world.group(g)?.is_muted().to_string()),
        ("get_group_solo", [g]) => Ok(world.group(g)?.is_soloed().to_string()),
        ("group_name", [g]) => Ok(world.group(g)?.name()),
        ("group_meter", [g]) => metered(world.group(g)?.meter()),
        ("group_members", [g]) => Ok(world.buses(world.group(g)?.members())),
        ("inner_groups", [g]) => Ok(names(world.group(g)?.inner_groups())),
        ("outer_groups", [g]) => Ok(names(world.group(g)?.groups())),
        ("all_groups", [e]) => Ok(names(world.engine(e)?.groups())),
        ("remove_group", [e, g]) => done(world.engine(e)?.remove_group(world.group(g)?)),
        ("groups", [m, bus]) => Ok(names(world.bus(m, bus)?.groups())),

        ("send_to", [m, bus, aux, to, tap]) => done(world.bus(m, bus)?.send_to(&world.bus(aux, to)?, self::tap(tap)).map(drop)),
        ("send_next", [m, bus, aux, tap]) => Ok(world.buses([world.bus(m, bus)?.send_to(world.mixer(aux)?, self::tap(tap))?])),
        ("end_send", [m, bus]) => done(world.bus(m, bus)?.end_send()),
        ("send_tap", [m, bus, tap]) => done(world.bus(m, bus)?.set_send_tap(self::tap(tap))),
        ("get_send_tap", [m, bus]) => Ok(match world.bus(m, bus)?.send_tap() {
            Some(SendTap::PreFader) => "pre",
            Some(SendTap::PostFader) => "post",
            None => "nothing",
        }.into()),
        ("send_source", [m, bus]) => Ok(world.buses(world.bus(m, bus)?.send_source())),
        ("sends", [m, bus]) => Ok(world.buses(world.bus(m, bus)?.sends())),
        _ => Err(Failure::Other),
    }
}
