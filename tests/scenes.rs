//! Many strips at once: solo, bulk changes, scenes; by ear and under load.

mod common;

use std::sync::atomic::{AtomicBool, Ordering};

use common::{constant, render, render_mono, running, RAMP, TOLERANCE};
use perbus::{BusConfig, Engine, Error, Mixer, Result, Scene};

/// What a mono engine settles at.
fn level(engine: &Engine) -> f32 {
    render(engine, RAMP);
    render_mono(engine, 1)[0]
}

/// A mono engine with sources of 0.1, 0.2 and 0.4 on buses 0, 1 and 2: every sum is its own.
fn desk() -> Result<(Engine, Mixer)> {
    let engine = running(1);
    let mixer = engine.main_mixer()?;
    for (bus, value) in [(0, 0.1), (1, 0.2), (2, 0.4)] {
        engine.connect(&constant(&engine, &[value]), &mixer, 0, bus)?;
    }
    Ok((engine, mixer))
}

#[track_caller]
fn assert_level(engine: &Engine, expected: f32) {
    let heard = level(engine);
    assert!(
        (heard - expected).abs() <= TOLERANCE,
        "{heard}, not {expected}"
    );
}

#[test]
fn solo_silences_the_others_and_restores_them() -> Result<()> {
    let (engine, mixer) = desk()?;
    let buses = [mixer.bus(0)?, mixer.bus(1)?, mixer.bus(2)?];
    assert_level(&engine, 0.7);
    buses[1].set_soloed(true)?;
    assert_level(&engine, 0.2);
    buses[2].set_soloed(true)?;
    assert_level(&engine, 0.6);
    buses[1].set_soloed(false)?;
    assert_level(&engine, 0.4);
    // A fader moved in the shadow of a solo is heard when the solo ends.
    buses[0].set_volume(0.5)?;
    assert_level(&engine, 0.4);
    assert_eq!((buses[0].volume(), buses[0].effective_volume()), (0.5, 0.0));
    buses[2].set_soloed(false)?;
    assert_level(&engine, 0.65);
    Ok(())
}

#[test]
fn mute_wins_over_solo() -> Result<()> {
    let (engine, mixer) = desk()?;
    mixer.bus(1)?.set_muted(true)?;
    assert_level(&engine, 0.5);
    mixer.bus(1)?.set_soloed(true)?;
    assert_level(&engine, 0.0);
    mixer.bus(1)?.set_muted(false)?;
    assert_level(&engine, 0.2);
    Ok(())
}

#[test]
fn a_source_that_comes_during_a_solo_is_silent() -> Result<()> {
    let (engine, mixer) = desk()?;
    mixer.bus(0)?.set_soloed(true)?;
    engine.connect(&constant(&engine, &[0.8]), &mixer, 0, 3)?;
    // From its first sample: no blip at the source's own volume.
    render(&engine, RAMP);
    assert!(render_mono(&engine, 64)
        .iter()
        .all(|sample| (sample - 0.1).abs() <= TOLERANCE));
    mixer.bus(3)?.set_soloed(true)?;
    assert_level(&engine, 0.9);
    Ok(())
}

#[test]
fn solo_is_of_one_mixer() -> Result<()> {
    let (engine, main) = desk()?;
    let group = engine.create_mixer()?;
    engine.connect(&group, &main, 0, 3)?;
    engine.connect(&constant(&engine, &[0.05]), &group, 0, 0)?;
    group.bus(5)?.set_soloed(true)?;
    assert_level(&engine, 0.7);
    group.bus(5)?.set_soloed(false)?;
    assert_level(&engine, 0.75);
    Ok(())
}

#[test]
fn reset_puts_a_strip_back() -> Result<()> {
    let (engine, mixer) = desk()?;
    let bus = mixer.bus(2)?;
    bus.set_label("keys");
    bus.set_volume(0.1)?;
    bus.set_pan(0.5)?;
    bus.set_muted(true)?;
    bus.set_soloed(true)?;
    bus.reset()?;
    assert_eq!((bus.volume(), bus.pan()), (1.0, 0.0));
    assert_eq!((bus.is_muted(), bus.is_soloed()), (false, false));
    assert_eq!(bus.label(), "keys");
    assert_level(&engine, 0.7);
    Ok(())
}

#[test]
fn a_bulk_change_with_one_bad_entry_changes_nothing() -> Result<()> {
    let (engine, mixer) = desk()?;
    let good = |bus| BusConfig {
        volume: Some(0.0),
        ..BusConfig::new(bus)
    };
    let bad = [
        BusConfig {
            volume: Some(1.5),
            ..BusConfig::new(1)
        },
        BusConfig {
            pan: Some(f32::NAN),
            ..BusConfig::new(1)
        },
        BusConfig::new(perbus::MAX_BUSES),
        BusConfig::new(0),
    ];
    let before = mixer.snapshot();
    for entry in bad {
        let error = mixer
            .configure(&[good(0), good(2), entry.clone()])
            .unwrap_err();
        assert!(
            matches!(error, Error::OutOfRange(_) | Error::InvalidArgument(_)),
            "{entry:?}: {error:?}"
        );
        assert_eq!(mixer.snapshot(), before);
        assert_level(&engine, 0.7);
    }
    mixer.configure(&[good(0), good(2)])?;
    assert_level(&engine, 0.2);
    Ok(())
}

#[test]
fn scenes_bring_back_values_labels_and_sound() -> Result<()> {
    let (engine, mixer) = desk()?;
    mixer.bus(0)?.set_label("drums");
    mixer.bus(0)?.set_volume(0.5)?;
    mixer.bus(1)?.set_muted(true)?;
    let verse = mixer.snapshot();
    assert_level(&engine, 0.45);
    mixer.bus(0)?.reset()?;
    mixer.bus(0)?.set_label("");
    mixer.bus(1)?.set_muted(false)?;
    mixer.bus(2)?.set_soloed(true)?;
    assert_level(&engine, 0.4);
    mixer.apply(&verse)?;
    assert_eq!(mixer.bus(0)?.label(), "drums");
    assert_eq!(mixer.snapshot(), verse);
    assert_level(&engine, 0.45);
    Ok(())
}

/// As a value and from its stored form: a scene is what it says, whoever it is of.
#[test]
fn a_scene_fits_any_mixer() -> Result<()> {
    let (engine, mixer) = desk()?;
    let group = engine.create_mixer()?;
    group.bus(0)?.set_volume(0.0)?;
    let scene = group.snapshot();
    assert_eq!(scene, Scene::new(scene.buses().to_vec()));
    mixer.apply(&scene)?;
    assert_level(&engine, 0.6);
    // One of another engine, too.
    let (other, theirs) = desk()?;
    theirs.apply(&scene)?;
    assert_level(&other, 0.6);
    assert_eq!(mixer.snapshot(), theirs.snapshot());
    // What does not fit is refused as a whole.
    let past = BusConfig::new(perbus::MAX_BUSES);
    let silent = BusConfig {
        volume: Some(0.0),
        ..BusConfig::new(1)
    };
    let error = mixer
        .apply(&Scene::new(vec![silent.clone(), past]))
        .unwrap_err();
    assert!(matches!(error, Error::OutOfRange(_)), "{error:?}");
    let error = mixer
        .apply(&Scene::new(vec![silent.clone(), silent]))
        .unwrap_err();
    assert!(matches!(error, Error::InvalidArgument(_)), "{error:?}");
    assert_level(&engine, 0.6);
    Ok(())
}

/// 64 sources of 1/32 on as many buses; the two scenes let one half of them sound, or the other.
/// Their ramps mirror each other, so that the sum is 1 in every sample, unless a block took one
/// half of a scene and not the other.
#[test]
fn no_block_mixes_two_scenes() -> Result<()> {
    const BUSES: u32 = 64;
    let engine = running(1);
    let mixer = engine.main_mixer()?;
    for bus in 0..BUSES {
        engine.connect(&constant(&engine, &[2.0 / BUSES as f32]), &mixer, 0, bus)?;
    }
    let scene = |sounding: u32| {
        Scene::new(
            (0..BUSES)
                .map(|bus| BusConfig {
                    volume: Some(if bus / (BUSES / 2) == sounding {
                        1.0
                    } else {
                        0.0
                    }),
                    ..BusConfig::new(bus)
                })
                .collect(),
        )
    };
    let scenes = [scene(0), scene(1)];
    mixer.apply(&scenes[0])?;
    let done = AtomicBool::new(false);
    let applied = std::thread::scope(|scope| {
        let director = scope.spawn(|| {
            let mut applied = 0;
            while !done.load(Ordering::Relaxed) {
                mixer.apply(&scenes[applied % 2]).expect("a good scene");
                applied += 1;
            }
            applied
        });
        for block in 0..20_000 {
            for sample in render_mono(&engine, 64) {
                if (sample - 1.0).abs() > 1e-5 {
                    done.store(true, Ordering::Relaxed);
                    panic!("block {block} sums to {sample}");
                }
            }
        }
        done.store(true, Ordering::Relaxed);
        director.join().expect("the director ends well")
    });
    assert!(applied > 100, "only {applied} scenes beside the rendering");
    Ok(())
}

/// A stored scene fits the mixer of another day.
#[cfg(feature = "serde")]
#[test]
fn scenes_survive_being_stored() -> Result<()> {
    let (_, mixer) = desk()?;
    mixer.bus(1)?.set_label("keys");
    mixer.bus(1)?.set_volume(0.25)?;
    let text = serde_json::to_string(&mixer.snapshot()).expect("a scene is plain data");
    let stored: Scene = serde_json::from_str(&text).expect("what was written reads back");

    let (engine, other) = desk()?;
    other.apply(&stored)?;
    assert_eq!(
        (other.bus(1)?.label(), other.bus(1)?.volume()),
        ("keys".to_owned(), 0.25)
    );
    assert_level(&engine, 0.55);
    let partial: BusConfig =
        serde_json::from_str(r#"{"bus":0,"pan":0.5}"#).expect("the rest stays");
    assert_eq!(
        partial,
        BusConfig {
            pan: Some(0.5),
            ..BusConfig::new(0)
        }
    );
    // An entry for no bus is not one for bus 0.
    assert!(serde_json::from_str::<BusConfig>(r#"{"volume":0.0}"#).is_err());
    Ok(())
}

#[cfg(feature = "serde")]
mod stored {
    use proptest::prelude::*;
    use serde_json::{json, Value};

    use super::*;

    fn read(value: &Value) -> std::result::Result<Scene, String> {
        // As text, and as a value whose fields come in another order.
        let text = serde_json::from_str::<Scene>(&value.to_string());
        let tree = serde_json::from_value::<Scene>(value.clone());
        let (text, tree) = (
            text.map_err(|it| it.to_string()),
            tree.map_err(|it| it.to_string()),
        );
        assert_eq!(text.is_ok(), tree.is_ok(), "{text:?} {tree:?}");
        text
    }

    fn config() -> impl Strategy<Value = BusConfig> {
        let volume = prop::option::of(0.0..=1.0f32);
        let pan = prop::option::of(-1.0..=1.0f32);
        let (muted, soloed) = (any::<Option<bool>>(), any::<Option<bool>>());
        let label = prop::option::of(".{0,8}");
        (0..perbus::MAX_BUSES, volume, pan, muted, soloed, label).prop_map(
            |(bus, volume, pan, muted, soloed, label)| BusConfig {
                bus,
                volume,
                pan,
                muted,
                soloed,
                label,
            },
        )
    }

    proptest! {
        #[test]
        fn a_stored_scene_is_the_same(buses in prop::collection::vec(config(), 0..9)) {
            let scene = Scene::new(buses);
            let text = serde_json::to_string(&scene).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Scene>(&text).unwrap(), &scene);
            let tree = serde_json::to_value(&scene).unwrap();
            prop_assert_eq!(&serde_json::from_value::<Scene>(tree).unwrap(), &scene);
        }
    }

    #[test]
    fn a_snapshot_is_its_stored_form() -> Result<()> {
        let (_, mixer) = desk()?;
        mixer.bus(1)?.set_label("keys");
        mixer.bus(2)?.set_pan(-0.3)?;
        let scene = mixer.snapshot();
        let stored = serde_json::to_value(&scene).unwrap();
        assert_eq!(stored["version"], 1);
        assert_eq!(read(&stored).unwrap(), scene);
        Ok(())
    }

    #[test]
    fn other_versions_are_refused_by_number() {
        for version in [0u64, 2, 7, u64::MAX] {
            // With what a later version may bring, wherever the version stands.
            let scene = json!({
                "buses": [{"bus": 0, "colour": "red"}],
                "groups": [],
                "version": version,
            });
            let error = read(&scene).unwrap_err();
            let told =
                error.contains(&format!("version {version},")) && error.contains("version 1");
            assert!(told, "{error}");
            let error = serde_json::from_value::<Scene>(scene)
                .unwrap_err()
                .to_string();
            assert!(error.contains(&format!("version {version},")), "{error}");
        }
        for version in [json!(-1), json!("1"), json!(1.5), json!(null)] {
            assert!(read(&json!({"version": version, "buses": []})).is_err());
        }
    }

    #[test]
    fn unknown_fields_are_refused_by_name() {
        for scene in [
            json!({"version": 1, "buses": [], "colour": "red"}),
            json!({"version": 1, "buses": [{"bus": 3, "colour": "red"}]}),
            json!({"buses": [{"bus": 3, "volume": 0.5, "colour": null}]}),
        ] {
            let error = read(&scene).unwrap_err();
            assert!(error.contains("colour"), "{error}");
        }
        let error = serde_json::from_str::<BusConfig>(r#"{"bus":0,"colour":1}"#).unwrap_err();
        assert!(error.to_string().contains("colour"), "{error}");
        for scene in [
            json!({"version": 1}),
            json!({"version": 1, "buses": [{"volume": 0.5}]}),
            json!({"version": 1, "buses": {}}),
            json!([]),
            json!("scene"),
        ] {
            assert!(read(&scene).is_err(), "{scene}");
        }
        assert!(serde_json::from_str::<Scene>(r#"{"version":1,"buses":[],"buses":[]}"#).is_err());
        assert!(serde_json::from_str::<Scene>(r#"{"version":1,"version":1,"buses":[]}"#).is_err());
    }

    /// perbus 0.1 wrote no version.
    #[test]
    fn the_first_form_is_read() {
        let scene = read(
            &json!({"buses": [{"bus": 2, "volume": 0.5, "pan": null, "muted": true,
            "soloed": null, "label": "keys"}]}),
        );
        let expected = Scene::new(vec![BusConfig {
            volume: Some(0.5),
            muted: Some(true),
            label: Some("keys".to_owned()),
            ..BusConfig::new(2)
        }]);
        assert_eq!(scene.unwrap(), expected);
    }

    /// A form without field names.
    #[test]
    fn a_sequence_has_the_version_first() {
        let scene = Scene::new(vec![BusConfig::new(2)]);
        let bus = json!([2, null, null, null, null, null]);
        assert_eq!(read(&json!([1, [bus]])).unwrap(), scene);
        assert!(read(&json!([2, [bus]])).unwrap_err().contains("version 2"));
        assert!(read(&json!([1])).is_err());
    }
}
