//! Stored scenes: what is written, and what is read back or refused.

use perbus::{BusConfig, EngineScene, GroupConfig, PanLaw, Result, Scene, SendTap};
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
    let tap = prop::option::of(prop_oneof![
        Just(SendTap::PreFader),
        Just(SendTap::PostFader)
    ]);
    (0..perbus::MAX_BUSES, volume, pan, switches, label, tap).prop_map(
        |(bus, volume, pan, [muted, soloed, solo_safe], label, send_tap)| BusConfig {
            bus,
            volume,
            pan,
            muted,
            soloed,
            label,
            solo_safe,
            send_tap,
        },
    )
}

fn scene() -> impl Strategy<Value = Scene> {
    let buses = prop::collection::vec(config(), 0..9);
    let volume = prop::option::of(0.0..=4.0f32);
    let law = prop::option::of(prop_oneof![
        Just(PanLaw::Balance),
        Just(PanLaw::ConstantPower)
    ]);
    (buses, volume, law).prop_map(|(buses, volume, law)| {
        Scene::new(buses)
            .with_output_volume(volume)
            .with_pan_law(law)
    })
}

fn group() -> impl Strategy<Value = GroupConfig> {
    let volume = prop::option::of(0.0..=4.0f32);
    let switches = any::<[Option<bool>; 2]>();
    let name = prop::option::of(".{0,8}");
    let members = prop::option::of(prop::collection::vec((".{0,8}", 0..99u32), 0..5));
    let inner = prop::option::of(prop::collection::vec(0..9u32, 0..5));
    (0..9u32, volume, switches, name, members, inner).prop_map(
        |(number, volume, [muted, soloed], name, members, inner_groups)| {
            let mut group = GroupConfig::new(number);
            (group.volume, group.muted, group.soloed) = (volume, muted, soloed);
            (group.name, group.members, group.inner_groups) = (name, members, inner_groups);
            group
        },
    )
}

/// In a form with field names, with fields in another order, and in one without names.
fn assert_survives<T>(value: &T) -> std::result::Result<(), TestCaseError>
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let text = serde_json::to_string(value).unwrap();
    prop_assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value);
    let tree = serde_json::to_value(value).unwrap();
    prop_assert_eq!(&serde_json::from_value::<T>(tree.clone()).unwrap(), value);
    prop_assert_eq!(&serde_json::from_value::<T>(nameless(tree)).unwrap(), value);
    Ok(())
}

/// Each kind of object, by its first field, and its fields in order.
const ORDERS: [&[&str]; 5] = [
    &["version", "mixers", "groups"],
    &["version", "buses", "output_volume", "pan_law"],
    &["mixer", "buses", "output_volume", "pan_law"],
    &[
        "bus",
        "volume",
        "pan",
        "muted",
        "soloed",
        "label",
        "solo_safe",
        "send_tap",
    ],
    &[
        "group",
        "volume",
        "muted",
        "soloed",
        "name",
        "members",
        "inner_groups",
    ],
];

fn nameless(value: Value) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(nameless).collect(),
        Value::Object(mut fields) => {
            let has_all = |order: &&&[&str]| {
                order.len() == fields.len() && order.iter().all(|it| fields.contains_key(*it))
            };
            let order = ORDERS.iter().find(has_all).expect("a known object");
            let values = order.iter().map(|it| fields.remove(*it).unwrap());
            values.map(nameless).collect()
        }
        value => value,
    }
}

proptest! {
    #[test]
    fn a_stored_scene_is_the_same(scene in scene()) {
        assert_survives(&scene)?;
    }

    #[test]
    fn a_stored_scene_of_an_engine_is_the_same(
        mixers in prop::collection::vec((".{0,8}", scene()), 0..4),
        groups in prop::collection::vec(group(), 0..4),
    ) {
        assert_survives(&EngineScene::new(mixers).with_groups(groups))?;
    }
}

#[test]
fn a_snapshot_is_its_stored_form() -> Result<()> {
    let (_, mixer) = three_sources()?;
    mixer.bus(1)?.set_label("keys");
    mixer.bus(2)?.set_pan(-0.3)?;
    let scene = mixer.snapshot();
    let stored = serde_json::to_value(&scene).unwrap();
    assert_eq!(stored["version"], 4);
    assert_eq!(read(&stored).unwrap(), scene);
    Ok(())
}

#[test]
fn other_versions_are_refused_by_number() {
    for version in [0u64, 5, 7, u64::MAX] {
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

/// Without the fields that later versions have, and in the words of its time.
#[test]
fn earlier_versions_are_read() {
    let bus = json!({"bus": 2, "volume": 0.5, "pan": null, "muted": true, "soloed": false,
        "label": "keys"});
    let mut safe = bus.clone();
    safe["solo_safe"] = json!(true);
    let first = read(&json!({"version": 1, "buses": [bus]})).unwrap();
    assert_eq!(
        (first.output_volume(), first.buses()[0].solo_safe),
        (None, None)
    );
    let second = read(&json!({"version": 2, "buses": [safe]})).unwrap();
    assert_eq!(second.buses()[0].solo_safe, Some(true));
    let third = json!({"version": 3, "buses": [safe], "output_volume": 0.5});
    assert_eq!(read(&third).unwrap(), second.with_output_volume(0.5));
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
    // Version 3 has the output volume.
    let loud = read(&json!([3, [bus], 1.5])).unwrap();
    assert_eq!(loud, scene.with_output_volume(1.5));
    assert!(read(&json!([3, [bus]])).is_err());
    assert!(read(&json!([3, [bus], 1.5, null])).is_err());
    assert!(read(&json!([
        3,
        [[2, null, null, null, null, null, true, null]],
        1.5
    ]))
    .is_err());
    // Version 4 has pan laws, and taps of sends.
    let sent = json!([2, null, null, null, null, null, true, "PreFader"]);
    let sent = read(&json!([4, [sent], null, "ConstantPower"])).unwrap();
    assert_eq!(sent.buses()[0].send_tap, Some(SendTap::PreFader));
    assert_eq!(
        (sent.output_volume(), sent.pan_law()),
        (None, Some(PanLaw::ConstantPower))
    );
    assert!(read(&json!([4, [bus], 1.5])).is_err());
    assert!(read(&json!([5, [bus]])).unwrap_err().contains("version 5"));
    assert!(read(&json!([1])).is_err());
}

fn read_engine(value: &Value) -> std::result::Result<EngineScene, String> {
    let text = serde_json::from_str::<EngineScene>(&value.to_string());
    let tree = serde_json::from_value::<EngineScene>(value.clone());
    let (text, tree) = (
        text.map_err(|it| it.to_string()),
        tree.map_err(|it| it.to_string()),
    );
    assert_eq!(text.is_ok(), tree.is_ok(), "{text:?} {tree:?}");
    text
}

#[test]
fn a_scene_of_an_engine_survives_being_stored() -> Result<()> {
    let (engine, mixer) = three_sources()?;
    let group = engine.create_mixer()?;
    group.bus(7)?.set_pan(-0.3)?;
    group.set_output_volume(2.5)?;
    mixer.bus(1)?.set_label("keys");
    engine.create_group("all")?.set_volume(3.5)?;
    let scene = engine.snapshot_with_solo();
    let stored = serde_json::to_value(&scene).unwrap();
    assert_eq!(stored["version"], 4);
    assert_eq!(stored["groups"][0]["volume"], 3.5);
    assert_eq!(stored["mixers"][1]["output_volume"], 2.5);
    assert_eq!(read_engine(&stored).unwrap(), scene);

    // Another run builds its engine in the same order.
    let (engine, mixer) = three_sources()?;
    let sources = engine.nodes()?.len();
    let group = engine.create_mixer()?;
    assert_eq!(sources, 5);
    engine.create_group("all")?;
    engine.apply(&scene)?;
    assert_eq!((group.output_volume()?, group.bus(7)?.pan()), (2.5, -0.3));
    assert_eq!(mixer.bus(1)?.label(), "keys");
    assert_eq!(engine.snapshot_with_solo(), scene);
    Ok(())
}

#[test]
fn what_no_scene_of_an_engine_is_is_refused_by_name() {
    for version in [0u64, 1, 2, 5, u64::MAX] {
        let scene = json!({"scenery": [], "mixers": [{"mixer": "mixer 0", "colour": 1}],
            "version": version});
        let error = serde_json::from_value::<EngineScene>(scene).unwrap_err();
        assert!(!error.to_string().contains("scenery"), "{error}");
    }
    for version in [0u64, 1, 2, 5, u64::MAX] {
        let scene = json!({"mixers": [], "stage": 1, "version": version});
        let error = read_engine(&scene).unwrap_err();
        assert!(error.contains(&format!("version {version},")), "{error}");
    }
    // The version explains whatever else is wrong, wherever it stands.
    let error = read_engine(&json!({"mixers": {}, "version": 5})).unwrap_err();
    assert!(error.contains("version 5,"), "{error}");
    let mixer = json!({"mixer": "mixer 0", "buses": []});
    assert!(read_engine(&json!({"version": 3, "mixers": [mixer]})).is_ok());
    for scene in [
        json!({"version": 3, "mixers": [mixer], "colour": "red"}),
        json!({"version": 3, "mixers": [], "groups": [{"group": 1, "colour": 1}]}),
        json!({"version": 3, "mixers": [{"mixer": "mixer 0", "buses": [], "colour": 1}]}),
        json!({"version": 3, "mixers": [{"mixer": "mixer 0", "buses": [{"bus": 1, "colour": 1}]}]}),
    ] {
        let error = read_engine(&scene).unwrap_err();
        assert!(error.contains("colour"), "{error}");
    }
    for scene in [
        json!({"mixers": [mixer]}),
        json!({"version": 3}),
        json!({"version": 3, "mixers": [{"buses": []}]}),
        json!({"version": 3, "mixers": [{"mixer": 0, "buses": []}]}),
        json!({"version": 3, "buses": []}),
        json!("scene"),
    ] {
        assert!(read_engine(&scene).is_err(), "{scene}");
    }
    let sequence = json!([3, [["mixer 0", [], 0.5]], [[2, 0.5, null, null, "drums"]]]);
    let scene = Scene::default().with_output_volume(0.5);
    let mut drums = GroupConfig::new(2);
    (drums.volume, drums.name) = (Some(0.5), Some("drums".to_owned()));
    assert_eq!(
        read_engine(&sequence).unwrap(),
        EngineScene::new([("mixer 0", scene)]).with_groups([drums])
    );
}
