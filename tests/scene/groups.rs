//! Groups in scenes of an engine: their faders, what is in them, and what is refused.

use std::sync::atomic::{AtomicBool, Ordering};

use perbus::{
    Curve, Engine, EngineScene, Error, Group, GroupConfig, Mixer, Result, SceneParts, SendTap,
};

use crate::common::*;

/// A main mixer with a source of 0.4 on bus 1, and on bus 0 a sub-mixer of sources of 0.1 and 0.2.
fn desk() -> Result<(Engine, Mixer, Mixer)> {
    let engine = running(1);
    let (main, sub) = (engine.main_mixer(), engine.create_mixer()?);
    main.connect_next(&sub)?;
    main.connect_next(&constant(&engine, &[0.4]))?;
    for value in [0.1, 0.2] {
        sub.connect_next(&constant(&engine, &[value]))?;
    }
    Ok((engine, main, sub))
}

fn inside(group: &Group, members: &[(&Mixer, u32)], inner: &[&Group]) -> GroupConfig {
    let mut config = GroupConfig::new(group.number());
    let members = members.iter();
    config.members = Some(
        members
            .map(|(mixer, bus)| (mixer.id().to_string(), *bus))
            .collect(),
    );
    config.inner_groups = Some(inner.iter().map(|it| it.number()).collect());
    config
}

fn scene(groups: impl IntoIterator<Item = GroupConfig>) -> EngineScene {
    EngineScene::default().with_groups(groups)
}

#[test]
fn groups_come_back() -> Result<()> {
    let (engine, main, sub) = desk()?;
    let (voices, all) = (engine.create_group("voices")?, engine.create_group("all")?);
    voices.add(&sub.bus(0)?)?;
    all.add_group(&voices)?;
    all.add(&main.bus(1)?)?;
    voices.set_volume(0.5)?;
    all.set_volume(2.0)?;
    let verse = engine.snapshot_with_solo();
    assert_heard(&engine, &[0.1 + 0.2 + 0.8]);
    voices.set_volume(1.0)?;
    voices.set_muted(true)?;
    voices.set_name("choir");
    all.set_volume(0.0)?;
    all.set_soloed(true)?;
    let dark = engine.snapshot_with_solo();
    assert_eq!(dark.groups()[1].soloed, Some(true));
    assert_eq!(engine.snapshot().groups()[1].soloed, None);
    assert_heard(&engine, &[0.0]);
    engine.apply(&verse)?;
    assert_eq!(engine.snapshot_with_solo(), verse);
    assert_eq!(voices.name(), "voices");
    assert_heard(&engine, &[0.1 + 0.2 + 0.8]);

    engine.apply(&dark.only(SceneParts::MUTES))?;
    assert_eq!(
        (voices.is_muted(), all.volume(), all.is_soloed()),
        (true, 2.0, false)
    );
    engine.apply(&verse.only(SceneParts::MUTES))?;
    let mut quiet = GroupConfig::new(all.number());
    quiet.volume = Some(0.0);
    render(&engine, RAMP);
    engine.fade_to_scene(&scene([quiet]), format(1).duration(2_000), Curve::Linear)?;
    let expected = |frame: usize| 0.2 + 0.9 * (1.0 - ((frame + 1) as f32 / 2_000.0).min(1.0));
    assert_samples(&render_mono(&engine, 2_100), expected, 1e-5);
    assert_eq!(all.volume(), 0.0);
    Ok(())
}

/// Whatever was added to a listed group or taken out of it since; other groups are left alone.
#[test]
fn members_and_nesting_come_back() -> Result<()> {
    let (engine, main, sub) = desk()?;
    let [voices, band, all] = ["voices", "band", "all"].map(|name| engine.create_group(name));
    let (voices, band, all) = (voices?, band?, all?);
    voices.add(&sub.bus(0)?)?;
    band.add(&main.bus(1)?)?;
    band.add_group(&voices)?;
    voices.set_volume(0.5)?;
    band.set_volume(2.0)?;
    let verse = engine.snapshot();
    let config = |at: usize| verse.groups()[at].clone();
    let name = |mixer: &Mixer| mixer.id().to_string();
    assert_eq!(config(0).members, Some(vec![(name(&sub), 0)]));
    assert_eq!(config(1).members, Some(vec![(name(&main), 1)]));
    assert_eq!(config(1).inner_groups, Some(vec![voices.number()]));
    assert_eq!(
        (config(2).members, config(2).inner_groups),
        (Some(vec![]), Some(vec![]))
    );
    assert_heard(&engine, &[0.1 + 0.2 + 0.8]);

    voices.remove(&sub.bus(0)?)?;
    voices.add(&sub.bus(1)?)?;
    band.remove_group(&voices)?;
    // The other way round, which would be a circle with what comes back.
    voices.add_group(&band)?;
    all.add(&main.bus(0)?)?;
    let later = engine.create_group("later")?;
    later.add(&main.bus(1)?)?;
    later.set_volume(0.25)?;
    engine.apply(&verse.only(!SceneParts::GROUPS))?;
    assert_heard(&engine, &[0.1 + 0.1 + 0.4 * 0.25]);
    engine.apply(&verse)?;
    // The later group is not part of the scene.
    assert_heard(&engine, &[0.1 + 0.2 + 0.8 * 0.25]);
    assert_eq!((later.members().len(), later.volume()), (1, 0.25));
    engine.remove_group(&later)?;
    assert_eq!(engine.snapshot(), verse);
    // In another run, too, and heard when the buses get their sources.
    let other = running(1);
    let (main, sub) = (other.main_mixer(), other.create_mixer()?);
    for name in ["one", "two", "three"] {
        other.create_group(name)?;
    }
    other.apply(&verse)?;
    main.connect_next(&sub)?;
    main.connect_next(&constant(&other, &[0.4]))?;
    sub.connect_next(&constant(&other, &[0.1]))?;
    assert_heard_at_once(&other, &[0.1 + 0.8]);
    Ok(())
}

/// A detached mixer is no part of a scene: its buses are in no list, and stay where they are.
#[test]
fn members_of_detached_mixers_stay() -> Result<()> {
    let (engine, main, sub) = desk()?;
    let group = engine.create_group("all")?;
    group.add_all([&sub.bus(0)?, &main.bus(1)?])?;
    let whole = engine.snapshot();
    engine.detach(&sub)?;
    let without = engine.snapshot();
    assert_eq!(without.groups()[0].members.as_ref().map(Vec::len), Some(1));
    group.remove(&main.bus(1)?)?;
    engine.apply(&without)?;
    let members = group
        .members()
        .iter()
        .map(|it| (it.mixer().id(), it.number()))
        .collect::<Vec<_>>();
    assert_eq!(members, [(main.id(), 1), (sub.id(), 0)]);
    let error = engine.apply(&scene(whole.groups().to_vec())).unwrap_err();
    assert!(matches!(error, Error::NotAttached(_)), "{error:?}");
    assert!(error.to_string().contains(&sub.id().to_string()), "{error}");
    engine.attach(&sub)?;
    assert_eq!(engine.snapshot().groups(), whole.groups());
    Ok(())
}

#[test]
fn a_scene_whose_groups_do_not_fit_changes_nothing() -> Result<()> {
    let (engine, main, sub) = desk()?;
    let [one, two, three] = ["one", "two", "three"].map(|name| engine.create_group(name));
    let (one, two, three) = (one?, two?, three?);
    one.add_group(&two)?;
    two.add(&sub.bus(0)?)?;
    two.set_volume(0.5)?;
    let before = engine.snapshot_with_solo();
    assert_heard(&engine, &[0.05 + 0.2 + 0.4]);
    // What would be heard, if any of it was recalled.
    let mut good = inside(&three, &[(&main, 1)], &[]);
    (good.volume, good.soloed, good.muted) = (Some(0.25), Some(true), Some(true));
    let with = |change: &dyn Fn(&mut GroupConfig)| {
        let mut config = GroupConfig::new(two.number());
        change(&mut config);
        config
    };
    let member = |name: &str, bus| Some(vec![(name.to_owned(), bus)]);
    let not_attached: &[(GroupConfig, &str)] = &[
        (GroupConfig::new(99), "group 99"),
        (with(&|it| it.inner_groups = Some(vec![98])), "group 98"),
        (
            with(&|it| it.members = member("mixer 97", 0)),
            "\"mixer 97\"",
        ),
        (
            with(&|it| it.members = member("player 1", 0)),
            "\"player 1\"",
        ),
    ];
    let out_of_range: &[(GroupConfig, &str)] = &[
        (with(&|it| it.volume = Some(4.01)), "4.01"),
        (with(&|it| it.volume = Some(f32::NAN)), "NaN"),
        (
            with(&|it| it.members = member("mixer 0", perbus::MAX_BUSES)),
            "is not below",
        ),
    ];
    let twice: &[(GroupConfig, &str)] = &[
        (good.clone(), "group 2"),
        (with(&|it| it.inner_groups = Some(vec![2, 2])), "group 2"),
        (
            inside(&two, &[(&main, 1), (&main, 1)], &[]),
            "bus 1 of mixer 0",
        ),
    ];
    let circles: &[(GroupConfig, &str)] = &[
        (
            inside(&two, &[], &[&two]),
            r#"group "two" cannot be in itself"#,
        ),
        (
            inside(&two, &[], &[&one]),
            r#"group "one" cannot be in group "two""#,
        ),
    ];
    let refused = |bad: &GroupConfig, told: &str| {
        let scene = scene([good.clone(), bad.clone()]);
        let error = engine.apply(&scene).unwrap_err();
        assert!(error.to_string().contains(told), "{error}");
        let fade = engine.fade_to_scene(&scene, format(1).duration(100), Curve::Linear);
        assert_eq!(fade.unwrap_err().to_string(), error.to_string());
        assert_eq!(engine.snapshot_with_solo(), before);
        assert_heard_at_once(&engine, &[0.05 + 0.2 + 0.4]);
        error
    };
    for (bad, told) in not_attached {
        assert!(matches!(refused(bad, told), Error::NotAttached(_)));
    }
    for (bad, told) in out_of_range {
        assert!(matches!(refused(bad, told), Error::OutOfRange(_)));
    }
    for (bad, told) in twice {
        let error = refused(bad, told);
        assert!(matches!(error, Error::InvalidArgument(_)), "{error:?}");
        assert!(error.to_string().contains("twice"), "{error}");
    }
    for (bad, told) in circles {
        assert!(matches!(refused(bad, told), Error::Cycle(_)));
    }
    // A circle of three, each link of which is possible alone.
    let circle = scene([
        inside(&one, &[], &[&two]),
        inside(&two, &[], &[&three]),
        inside(&three, &[], &[&one]),
    ]);
    assert!(matches!(engine.apply(&circle), Err(Error::Cycle(_))));
    assert_eq!(engine.snapshot_with_solo(), before);
    // Turned round, none of it is a circle.
    engine.apply(&scene([inside(&one, &[], &[]), inside(&two, &[], &[&one])]))?;
    assert_eq!(two.inner_groups(), [one]);
    engine.remove_group(&three)?;
    let error = engine.apply(&before).unwrap_err().to_string();
    assert!(error.contains("group 2"), "{error}");
    Ok(())
}

/// Of two sources one is in a group at 0, and of two sends of a silent strip, one is post-fader.
/// Each scene has it the other way round: the sum is the same in every frame, unless a block picked
/// up only part of a scene.
#[test]
fn no_block_mixes_two_scenes_of_groups_and_sends() -> Result<()> {
    let engine = running(1);
    let main = engine.main_mixer();
    let group = engine.create_group("silent")?;
    group.set_volume(0.0)?;
    for _ in 0..2 {
        main.connect_next(&constant(&engine, &[0.5]))?;
    }
    let aux = engine.create_mixer()?;
    main.connect_next(&aux)?;
    let silent = main.connect_next(&constant(&engine, &[0.25]))?;
    silent.set_muted(true)?;
    let sends = [
        silent.send_to(&aux, SendTap::PreFader)?,
        silent.send_to(&aux, SendTap::PostFader)?,
    ];
    group.add(&main.bus(0)?)?;
    let first = engine.snapshot();
    group.remove(&main.bus(0)?)?;
    group.add(&main.bus(1)?)?;
    sends[0].set_send_tap(SendTap::PostFader)?;
    sends[1].set_send_tap(SendTap::PreFader)?;
    let second = engine.snapshot();
    render(&engine, RAMP);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let director = scope.spawn(|| {
            let mut recalled = 0;
            for scene in [&first, &second].into_iter().cycle() {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                engine.apply(scene).expect("a good scene");
                recalled += 1;
            }
            recalled
        });
        let wrong = (0..10_000).find_map(|_| {
            let samples = render_mono(&engine, 64);
            samples.into_iter().find(|it| (it - 0.75).abs() > 1e-5)
        });
        done.store(true, Ordering::Relaxed);
        assert_eq!(wrong, None);
        assert!(director.join().expect("the director ends well") > 100);
    });
    Ok(())
}
