//! Stored scenes: read, written again, applied to an engine, and faded to.

use std::time::Duration;

use perbus::{BusConfig, Curve, Engine, EngineScene, GroupConfig, Mixer, Scene, SendTap};
use serde::de::DeserializeOwned;
use serde::Serialize;

use crate::common::{constant, render, running};

/// What is heard of five buses of 0.1 each, with gains of 4 at most in each of four stages.
const LOUDEST: f32 = 5.0 * 0.1 * 256.0 * 1.5;

pub(crate) fn scenes(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let _ = read::<BusConfig>(text);
    let _ = read::<GroupConfig>(text);
    let mixer_scene = read::<Scene>(text);
    let engine_scene = read::<EngineScene>(text);
    if mixer_scene.is_none() && engine_scene.is_none() {
        return;
    }
    let (engine, mixer) = rig();
    if let Some(scene) = mixer_scene {
        check(&engine, mixer.apply(&scene), || mixer.apply(&scene));
        let fade = || mixer.fade_to_scene(&scene, Duration::from_millis(20), Curve::EqualPower);
        check(&engine, fade(), fade);
    }
    if let Some(scene) = engine_scene {
        check(&engine, engine.apply(&scene), || engine.apply(&scene));
        let fade = || engine.fade_to_scene(&scene, Duration::from_millis(20), Curve::Linear);
        check(&engine, fade(), fade);
    }
}

/// What was read is written such that it reads as the same. JSON has no infinity, as which numbers past
/// an f32's are read.
fn read<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(text: &str) -> Option<T> {
    let value: T = serde_json::from_str(text).ok()?;
    let written = serde_json::to_string(&value).expect("plain data");
    let again: T = serde_json::from_str(&written).expect("what was written reads back");
    let plain = format!("{value:?}");
    assert!(
        value == again || plain.contains("inf"),
        "{plain} became {again:?}"
    );
    Some(value)
}

/// Sources, a mixer on a mixer, a send and groups.
fn rig() -> (Engine, Mixer) {
    let engine = running(2);
    let main = engine.main_mixer();
    let set_up = || {
        let aux = engine.create_mixer()?;
        for bus in 0..2 {
            engine.connect(&constant(&engine, &[0.1, 0.1]), &main, 0, bus)?;
            engine.connect(&constant(&engine, &[0.1, 0.1]), &aux, 0, bus)?;
        }
        engine.connect(&aux, &main, 0, 2)?;
        main.bus(0)?.send_to(&aux.bus(2)?, SendTap::PostFader)?;
        let (inner, outer) = (engine.create_group("inner")?, engine.create_group("outer")?);
        inner.add(&main.bus(1)?)?;
        outer.add(&aux.bus(1)?)?;
        outer.add_group(&inner)
    };
    set_up().expect("a small desk");
    (engine, main)
}

/// A scene that is refused has changed nothing, and is refused again; whatever the scene, the
/// engine renders numbers within what its gains allow.
fn check(engine: &Engine, done: perbus::Result<()>, again: impl Fn() -> perbus::Result<()>) {
    if let Err(error) = &done {
        assert!(!error.to_string().is_empty());
        let before = engine.snapshot_with_solo();
        assert_eq!(again().map_err(|it| it.to_string()), Err(error.to_string()));
        assert_eq!(engine.snapshot_with_solo(), before);
    }
    for plane in render(engine, 1_024) {
        let loudest = plane.iter().fold(0.0f32, |most, it| most.max(it.abs()));
        assert!(
            plane.iter().all(|it| it.is_finite()) && loudest <= LOUDEST,
            "{loudest}"
        );
    }
    assert_eq!(engine.audit().expect("the engine can be asked"), []);
}
