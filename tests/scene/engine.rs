//! Scenes of a whole engine: taken, recalled in part, refused.

use std::sync::atomic::{AtomicBool, Ordering};

use perbus::{
    BusConfig, Engine, EngineScene, Error, Mixer, PanLaw, Result, Scene, SceneParts, SendTap,
};
use proptest::prelude::*;

use crate::common::*;

/// A main mixer with a source and a sub-mixer of two sources.
fn desk() -> Result<(Engine, Mixer, Mixer)> {
    let engine = running(1);
    let (main, group) = (engine.main_mixer(), engine.create_mixer()?);
    main.connect_next(&group)?;
    main.connect_next(&constant(&engine, &[0.4]))?;
    for value in [0.1, 0.2] {
        group.connect_next(&constant(&engine, &[value]))?;
    }
    Ok((engine, main, group))
}

#[test]
fn the_whole_engine_comes_back() -> Result<()> {
    let (engine, main, group) = desk()?;
    main.bus(0)?.set_volume(0.5)?;
    group.set_output_volume(2.0)?;
    group.bus(1)?.set_muted(true)?;
    group.bus(0)?.set_solo_safe(true)?;
    group.bus(0)?.set_label("voice");
    let verse = engine.snapshot();
    let names: Vec<_> = verse.mixers().map(|(name, _)| name).collect();
    assert_eq!(names, [main.id().to_string(), group.id().to_string()]);
    assert_eq!(
        verse.mixer(&group.id().to_string()),
        Some(&group.snapshot())
    );
    assert_heard(&engine, &[0.1 * 2.0 * 0.5 + 0.4]);

    main.bus(0)?.reset()?;
    main.bus(1)?.set_volume(0.0)?;
    group.set_output_volume(1.0)?;
    group.bus(0)?.reset()?;
    group.bus(0)?.set_label("");
    group.bus(1)?.set_muted(false)?;
    assert_heard(&engine, &[0.3]);
    engine.apply(&verse)?;
    assert_eq!(engine.snapshot(), verse);
    assert_heard(&engine, &[0.5]);
    // Solo is what the engineer listens to at the moment, unless it is asked for.
    let unsoloed = engine.snapshot_with_solo();
    main.bus(1)?.set_soloed(true)?;
    engine.apply(&verse)?;
    assert!(main.bus(1)?.is_soloed());
    engine.apply(&unsoloed)?;
    assert!(!main.bus(1)?.is_soloed());
    Ok(())
}

#[test]
fn a_part_can_be_recalled() -> Result<()> {
    let (engine, main, group) = desk()?;
    let (voice, keys) = (group.bus(0)?, group.bus(1)?);
    let (voices, band) = (engine.create_group("voices")?, engine.create_group("band")?);
    let aux = engine.create_mixer()?;
    let send = voice.send_to(&aux, SendTap::PreFader)?;
    let all = |on: bool| -> Result<()> {
        voices.set_volume(if on { 0.5 } else { 1.0 })?;
        voices.set_muted(on)?;
        voices.set_soloed(on)?;
        voices.set_name(if on { "choir" } else { "voices" });
        if on {
            voices.add(&voice)?;
            band.add_group(&voices)?;
            send.set_send_tap(SendTap::PostFader)?;
            aux.set_pan_law(PanLaw::ConstantPower)?;
        } else {
            voices.remove(&voice)?;
            band.remove_group(&voices)?;
            send.set_send_tap(SendTap::PreFader)?;
            aux.set_pan_law(PanLaw::Balance)?;
        }
        for bus in [&main.bus(0)?, &main.bus(1)?, &voice, &keys] {
            bus.set_volume(if on { 0.5 } else { 1.0 })?;
            bus.set_pan(if on { -0.5 } else { 0.0 })?;
            bus.set_muted(on)?;
            bus.set_solo_safe(on)?;
            bus.set_label(if on { "on" } else { "" });
        }
        group.set_output_volume(if on { 3.0 } else { 1.0 })
    };
    all(true)?;
    let on = engine.snapshot_with_solo();
    all(false)?;
    let off = engine.snapshot_with_solo();
    // The parts do not overlap, and together they are everything.
    let parts = [
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
    for part in parts {
        engine.apply(&on.only(part))?;
        let now = engine.snapshot_with_solo();
        assert_eq!(now.only(part), on.only(part), "{part:?}");
        assert_eq!(now.only(!part), off.only(!part), "{part:?}");
        engine.apply(&off)?;
    }
    assert_eq!(
        parts.into_iter().fold(SceneParts::NONE, |a, b| a | b),
        SceneParts::ALL
    );
    assert_eq!(
        format!("{:?}", parts[0] | parts[5]),
        "SceneParts(FADERS | LABELS)"
    );
    for part in parts {
        engine.apply(&on.only(part))?;
    }
    assert_eq!(engine.snapshot_with_solo(), on);
    engine.apply(&off)?;
    engine.apply(&on.only_buses([&voice]))?;
    assert_eq!(
        (voice.volume(), keys.volume(), main.bus(0)?.volume()),
        (0.5, 1.0, 1.0)
    );
    assert_eq!(group.output_volume()?, 1.0);
    engine.apply(&off)?;
    engine.apply(&on.only_mixers([group.id().to_string()]))?;
    assert_eq!(
        (voice.volume(), keys.volume(), main.bus(0)?.volume()),
        (0.5, 0.5, 1.0)
    );
    assert_eq!(group.output_volume()?, 3.0);
    Ok(())
}

#[test]
fn a_scene_that_does_not_fit_changes_nothing() -> Result<()> {
    let (engine, main, group) = desk()?;
    let before = engine.snapshot();
    let silent = Scene::new(vec![BusConfig {
        volume: Some(0.0),
        ..BusConfig::new(0)
    }]);
    let main_and =
        |name: &str, scene: Scene| EngineScene::new([("mixer 0", silent.clone()), (name, scene)]);
    // Of an engine with more mixers, or none of that name.
    let (other, ..) = desk()?;
    let third = other.create_mixer()?.id().to_string();
    for name in [&third, "player 1", "mixer", ""] {
        let error = engine.apply(&main_and(name, Scene::default())).unwrap_err();
        assert!(matches!(error, Error::NotAttached(_)), "{error:?}");
        assert!(
            error.to_string().contains(&format!("\"{name}\"")),
            "{error}"
        );
    }
    let error = engine.apply(&other.snapshot()).unwrap_err().to_string();
    assert!(error.contains(&third), "{error}");
    // One that was detached.
    engine.detach(&group)?;
    let name = group.id().to_string();
    let error = engine
        .apply(&main_and(&name, Scene::default()))
        .unwrap_err();
    assert!(matches!(error, Error::NotAttached(_)), "{error:?}");
    assert!(engine.snapshot().mixer(&name).is_none());
    engine.attach(&group)?;
    main.bus(0)?.connect(&group)?;
    let error = engine
        .apply(&main_and("mixer 0", Scene::default()))
        .unwrap_err();
    assert!(matches!(error, Error::InvalidArgument(_)), "{error:?}");
    assert!(error.to_string().contains("mixer 0"), "{error}");
    for volume in [4.01, -0.5, f32::NAN] {
        let loud = Scene::default().with_output_volume(volume);
        let error = engine.apply(&main_and(&name, loud)).unwrap_err();
        assert!(matches!(error, Error::OutOfRange(_)), "{error:?}");
        let told = error.to_string();
        assert!(
            told.contains(&format!("{volume}")) && told.contains("0 to 4"),
            "{error}"
        );
    }
    let past = Scene::new(vec![BusConfig::new(perbus::MAX_BUSES)]);
    let error = engine.apply(&main_and(&name, past)).unwrap_err();
    assert!(matches!(error, Error::OutOfRange(_)), "{error:?}");
    assert_eq!(engine.snapshot(), before);
    Ok(())
}

/// Two mixers, of which one half of the sound comes from each; each scene lets one of them sound,
/// by the output volume of the one and the strips of the other.
#[test]
fn no_block_mixes_two_scenes_of_an_engine() -> Result<()> {
    let engine = running(1);
    let main = engine.main_mixer();
    let groups = [engine.create_mixer()?, engine.create_mixer()?];
    for group in &groups {
        main.connect_next(group)?;
        for _ in 0..8 {
            group.connect_next(&constant(&engine, &[0.125]))?;
        }
    }
    let [one, two] = groups.each_ref().map(|group| group.id().to_string());
    let scene = |first: f32| {
        let strips = (0..8).map(|bus| BusConfig {
            volume: Some(1.0 - first),
            ..BusConfig::new(bus)
        });
        EngineScene::new([
            (one.as_str(), Scene::default().with_output_volume(first)),
            (two.as_str(), Scene::new(strips.collect())),
        ])
    };
    let scenes = [scene(1.0), scene(0.0)];
    engine.apply(&scenes[0])?;
    render(&engine, RAMP);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for scene in scenes.iter().cycle().skip(1) {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                engine.apply(scene).expect("a good scene");
            }
        });
        let wrong = (0..10_000).find_map(|_| {
            let samples = render_mono(&engine, 64);
            samples.into_iter().find(|it| (it - 1.0).abs() > 1e-5)
        });
        done.store(true, Ordering::Relaxed);
        assert_eq!(wrong, None);
    });
    Ok(())
}

#[derive(Clone, Debug)]
enum Step {
    Set(usize, u32, f32, f32),
    Switch(usize, u32, [bool; 3]),
    Output(usize, f32),
    Snapshot,
    Recall(usize),
    RecallPart(usize, usize),
}

fn step() -> impl Strategy<Value = Step> {
    let bus = 0..4u32;
    prop_oneof![
        (0..2usize, bus.clone(), 0.0..=4.0f32, -1.0..=1.0f32)
            .prop_map(|(a, b, c, d)| Step::Set(a, b, c, d)),
        (0..2usize, bus, any::<[bool; 3]>()).prop_map(|(a, b, c)| Step::Switch(a, b, c)),
        (0..2usize, 0.0..=4.0f32).prop_map(|(a, b)| Step::Output(a, b)),
        Just(Step::Snapshot),
        (0..99usize).prop_map(Step::Recall),
        (0..99usize, 0..7usize).prop_map(|(a, b)| Step::RecallPart(a, b)),
    ]
}

proptest! {
    #![proptest_config(model_config())]

    /// Whatever happens in between, a scene brings back what it has, and nothing else changes.
    #[test]
    fn scenes_bring_back_what_they_have(steps in prop::collection::vec(step(), 1..40)) {
        let (engine, main, group) = desk().unwrap();
        for mixer in [&main, &group] {
            (0..4).for_each(|bus| drop(mixer.bus(bus)));
        }
        let mixers = [main, group];
        let mut taken = vec![engine.snapshot_with_solo()];
        for step in steps {
            match step {
                Step::Set(mixer, bus, volume, pan) => {
                    let bus = mixers[mixer].bus(bus).unwrap();
                    bus.set_volume(volume).unwrap();
                    bus.set_pan(pan).unwrap();
                }
                Step::Switch(mixer, bus, [muted, soloed, safe]) => {
                    let bus = mixers[mixer].bus(bus).unwrap();
                    bus.set_muted(muted).unwrap();
                    bus.set_soloed(soloed).unwrap();
                    bus.set_solo_safe(safe).unwrap();
                }
                Step::Output(mixer, volume) => mixers[mixer].set_output_volume(volume).unwrap(),
                Step::Snapshot => taken.push(engine.snapshot_with_solo()),
                Step::Recall(at) => {
                    let scene = &taken[at % taken.len()];
                    engine.apply(scene).unwrap();
                    prop_assert_eq!(&engine.snapshot_with_solo(), scene);
                }
                Step::RecallPart(at, part) => {
                    let scene = &taken[at % taken.len()];
                    let before = engine.snapshot_with_solo();
                    let part = [
                        SceneParts::FADERS, SceneParts::PANS, SceneParts::MUTES, SceneParts::SOLOS,
                        SceneParts::SOLO_SAFES, SceneParts::LABELS, SceneParts::OUTPUT_VOLUMES,
                    ][part];
                    engine.apply(&scene.only(part)).unwrap();
                    let after = engine.snapshot_with_solo();
                    prop_assert_eq!(after.only(part), scene.only(part));
                    prop_assert_eq!(after.only(!part), before.only(!part));
                }
            }
        }
        // And what is heard is what the strips say.
        let heard = render(&engine, RAMP + 64)[0][RAMP + 63];
        let [main, group] = &mixers;
        let fader = |mixer: &Mixer, bus| mixer.bus(bus).unwrap().effective_volume();
        let grouped = 0.1 * fader(group, 0) + 0.2 * fader(group, 1);
        let sum = grouped * group.output_volume().unwrap() * fader(main, 0) + 0.4 * fader(main, 1);
        let expected = sum * main.output_volume().unwrap();
        prop_assert!((heard - expected).abs() < 1e-4, "{} instead of {}", heard, expected);
    }
}
