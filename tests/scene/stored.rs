//! Stored scenes: what is written, and what is read back or refused.

use perbus::{BusConfig, Result, Scene};
use proptest::prelude::*;
use serde_json::{json, Value};

use crate::common::*;

/// A stored scene can be applied to a mixer of another run.
#[test]
fn scenes_survive_being_stored() -> Result<()> {
    let (_, mixer) = three_sources()?;
    mixer.bus(1)?.set_label("keys");
    mixer.bus(1)?.set_volume(0.25)?;
    let text = serde_json::to_string(&mixer.snapshot()).expect("a scene is plain data");
    let stored: Scene = serde_json::from_str(&text).expect("what was written reads back");

    let (engine, other) = three_sources()?;
    other.apply(&stored)?;
    assert_eq!(
        (other.bus(1)?.label(), other.bus(1)?.volume()),
        ("keys".to_owned(), 0.25)
    );
    assert_heard(&engine, &[0.55]);
    let partial: BusConfig =
        serde_json::from_str(r#"{"bus":0,"pan":0.5}"#).expect("the rest stays");
    assert_eq!(
        partial,
        BusConfig {
            pan: Some(0.5),
            ..BusConfig::new(0)
        }
    );
    // An entry without a bus is not one for bus 0.
    assert!(serde_json::from_str::<BusConfig>(r#"{"volume":0.0}"#).is_err());
    Ok(())
}

fn read(value: &Value) -> std::result::Result<Scene, String> {
    // As text, and as a value with its fields in another order.
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
    let switches = any::<[Option<bool>; 3]>();
    let label = prop::option::of(".{0,8}");
    (0..perbus::MAX_BUSES, volume, pan, switches, label).prop_map(
        |(bus, volume, pan, [muted, soloed, solo_safe], label)| BusConfig {
            bus,
            volume,
            pan,
            muted,
            soloed,
            label,
            solo_safe,
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
    let (_, mixer) = three_sources()?;
    mixer.bus(1)?.set_label("keys");
    mixer.bus(2)?.set_pan(-0.3)?;
    let scene = mixer.snapshot();
    let stored = serde_json::to_value(&scene).unwrap();
    assert_eq!(stored["version"], 2);
    assert_eq!(read(&stored).unwrap(), scene);
    Ok(())
}

#[test]
fn other_versions_are_refused_by_number() {
    for version in [0u64, 3, 7, u64::MAX] {
        // With fields that a later version may have, wherever the version stands.
        let scene = json!({
            "buses": [{"bus": 0, "colour": "red"}],
            "groups": [],
            "version": version,
        });
        let error = read(&scene).unwrap_err();
        let told = error.contains(&format!("version {version},")) && error.contains("version 1");
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
    // Version 2 has one field more.
    assert_eq!(read(&json!([2, [bus]])).unwrap(), scene);
    let safe = json!([2, null, null, null, null, null, true]);
    let safe = read(&json!([2, [safe]])).unwrap();
    assert_eq!(safe.buses()[0].solo_safe, Some(true));
    assert!(read(&json!([3, [bus]])).unwrap_err().contains("version 3"));
    assert!(read(&json!([1])).is_err());
}
