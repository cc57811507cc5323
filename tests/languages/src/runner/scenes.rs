//! The runner in Rust: scenes.

use perbus::{BusConfig, EngineScene, Scene, SceneParts};

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

fn listed(scene: &Scene) -> String {
    let buses = scene.buses().iter().map(|it| {
        let number = |value: Option<f32>| value.map_or("-".into(), bits);
        let flag = |flag: Option<bool>| flag.map_or("-".into(), |it| u8::from(it).to_string());
        let label = it
            .label
            .as_ref()
            .map_or("-".into(), |label| format!("={label}"));
        let (volume, pan) = (number(it.volume), number(it.pan));
        format!(
            "{} {volume} {pan} {} {} {label} {}",
            it.bus,
            flag(it.muted),
            flag(it.soloed),
            flag(it.solo_safe)
        )
    });
    let volume = scene.output_volume().map_or("-".into(), bits);
    buses.chain([volume]).collect::<Vec<_>>().join(" ")
}

fn listed_all(scene: &EngineScene) -> String {
    let mixers = scene
        .mixers()
        .map(|(name, scene)| format!("{name}: {}", listed(scene)));
    mixers.collect::<Vec<_>>().join("; ")
}

/// By the bits of its parts.
fn parts(bits: u32) -> SceneParts {
    const ALL: [SceneParts; 7] = [
        SceneParts::FADERS,
        SceneParts::PANS,
        SceneParts::MUTES,
        SceneParts::SOLOS,
        SceneParts::SOLO_SAFES,
        SceneParts::LABELS,
        SceneParts::OUTPUT_VOLUMES,
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
            // Scenes of groups are Rust's alone.
            let scene = scene.with_groups([]);
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
