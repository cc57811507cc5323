//! The runner in Rust: scenes.

use perbus::{BusConfig, EngineScene, GroupConfig, PanLaw, Scene, SceneParts, SendTap};

use crate::runner::words::*;
use crate::values::bits;
use crate::world::{number, optional, Answer, Failure, World};

/// Seven words a bus.
fn entries(words: &[&str]) -> Vec<BusConfig> {
    let entries = words.chunks_exact(7).map(|words| BusConfig {
        volume: optional(words[1]),
        pan: optional(words[2]),
        muted: optional::<u8>(words[3]).map(|flag| flag == 1),
        soloed: optional::<u8>(words[4]).map(|flag| flag == 1),
        label: words[5].strip_prefix('=').map(str::to_owned),
        solo_safe: optional::<u8>(words[6]).map(|flag| flag == 1),
        ..BusConfig::new(number(words[0]))
    });
    entries.collect()
}

fn value(value: Option<f32>) -> String {
    value.map_or("-".into(), bits)
}

fn flag(flag: Option<bool>) -> String {
    flag.map_or("-".into(), |it| u8::from(it).to_string())
}

fn text(text: Option<&str>) -> String {
    text.map_or("-".into(), |text| format!("={text}"))
}

fn listed(scene: &Scene) -> String {
    let buses = scene.buses().iter().map(|it| {
        let label = text(it.label.as_deref());
        let (volume, pan) = (value(it.volume), value(it.pan));
        format!(
            "{} {volume} {pan} {} {} {label} {} {}",
            it.bus,
            flag(it.muted),
            flag(it.soloed),
            flag(it.solo_safe),
            flag(it.send_tap.map(|tap| tap == SendTap::PostFader))
        )
    });
    let volume = scene.output_volume().map_or("-".into(), bits);
    let law = flag(scene.pan_law().map(|law| law == PanLaw::ConstantPower));
    buses.chain([volume, law]).collect::<Vec<_>>().join(" ")
}

fn listed_all(scene: &EngineScene) -> String {
    let mixers = scene
        .mixers()
        .map(|(name, scene)| format!("{name}: {}", listed(scene)));
    let groups = scene.groups().iter().map(listed_group);
    mixers.chain(groups).collect::<Vec<_>>().join("; ")
}

fn listed_group(it: &GroupConfig) -> String {
    let members = it.members.as_ref().map_or("-".into(), |members| {
        let members = members.iter().map(|(mixer, bus)| format!("{mixer}/{bus}"));
        members.collect::<Vec<_>>().join(",")
    });
    let inner = it.inner_groups.as_ref().map_or("-".into(), |groups| {
        let groups = groups.iter().map(u32::to_string);
        groups.collect::<Vec<_>>().join(",")
    });
    let (volume, name) = (value(it.volume), text(it.name.as_deref()));
    let (muted, soloed) = (flag(it.muted), flag(it.soloed));
    let number = it.group;
    format!("group {number}: {volume} {muted} {soloed} {name} [{members}] [{inner}]")
}

/// By the bits of its parts.
fn parts(bits: u32) -> SceneParts {
    const ALL: [SceneParts; 10] = [
        SceneParts::FADERS,
        SceneParts::PANS,
        SceneParts::MUTES,
        SceneParts::SOLOS,
        SceneParts::SOLO_SAFES,
        SceneParts::LABELS,
        SceneParts::OUTPUT_VOLUMES,
        SceneParts::GROUPS,
        SceneParts::SEND_TAPS,
        SceneParts::PAN_LAWS,
    ];
    let chosen = ALL
        .iter()
        .enumerate()
        .filter(|(place, _)| bits & 1 << place != 0);
    chosen.fold(SceneParts::NONE, |parts, (_, part)| parts | *part)
}

#[rustfmt::skip] // A line an operation.
pub(super) fn answer(world: &mut World, name: &str, words: &[&str]) -> Answer {
    match (name, words) {
        ("configure", [m, words @ ..]) => done(world.mixer(m)?.configure(&entries(words))),
        ("scene", [s, words @ ..]) => { world.scenes.insert((*s).to_owned(), Scene::new(entries(words))); Ok(String::new()) }
        (what @ ("snapshot" | "snapshot_with_solo"), [s, m]) => {
            let mixer = world.mixer(m)?;
            let scene = if what == "snapshot" {
                mixer.snapshot()
            } else {
                mixer.snapshot_with_solo()
            };
            let answer = listed(&scene);
            world.scenes.insert((*s).to_owned(), scene);
            Ok(answer)
        }
        ("fade_to_scene", [m, s, length, curve]) => {
            let scene = world.scenes.get(*s).ok_or(Failure::Missing)?;
            done(world.mixer(m)?.fade_to_scene(scene, milliseconds(length), self::curve(curve)))
        }
        ("scene_only", [to, s, bits]) => {
            let scene = world.scenes.get(*s).ok_or(Failure::Missing)?.only(parts(number(bits)));
            let answer = listed(&scene);
            world.scenes.insert((*to).to_owned(), scene);
            Ok(answer)
        }
        ("scene_buses", [to, s, buses @ ..]) => {
            let buses = buses.iter().map(|bus| number(bus));
            let scene = world.scenes.get(*s).ok_or(Failure::Missing)?.only_buses(buses);
            let answer = listed(&scene);
            world.scenes.insert((*to).to_owned(), scene);
            Ok(answer)
        }
        (what @ ("engine_snapshot" | "engine_snapshot_with_solo"), [s, e]) => {
            let engine = world.engine(e)?;
            let scene = if what == "engine_snapshot" {
                engine.snapshot()
            } else {
                engine.snapshot_with_solo()
            };
            let answer = listed_all(&scene);
            world.engine_scenes.insert((*s).to_owned(), scene);
            Ok(answer)
        }
        ("engine_apply", [e, s]) => done(world.engine(e)?.apply(world.engine_scene(s)?)),
        ("engine_fade", [e, s, length, curve]) => {
            let (duration, curve) = (milliseconds(length), self::curve(curve));
            done(world.engine(e)?.fade_to_scene(world.engine_scene(s)?, duration, curve))
        }
        ("engine_only", [to, s, bits]) => {
            let scene = world.engine_scene(s)?.only(parts(number(bits)));
            let answer = listed_all(&scene);
            world.engine_scenes.insert((*to).to_owned(), scene);
            Ok(answer)
        }
        ("engine_buses", [to, s, m, bus]) => {
            let scene = world.engine_scene(s)?.only_buses([&world.bus(m, bus)?]);
            let answer = listed_all(&scene);
            world.engine_scenes.insert((*to).to_owned(), scene);
            Ok(answer)
        }
        ("apply", [m, s]) => done(world.mixer(m)?.apply(world.scenes.get(*s).ok_or(Failure::Missing)?)),
        _ => Err(Failure::Other),
    }
}
