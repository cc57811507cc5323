//! What groups refuse, and that nothing has changed then.

use perbus::{Engine, Error, Result};

use super::grouped;
use crate::common::*;

#[test]
fn a_circle_is_refused_and_both_groups_are_named() -> Result<()> {
    let engine = running(1);
    let [band, drums, kit] = ["band", "drums", "kit"].map(|name| engine.create_group(name));
    let (band, drums, kit) = (band?, drums?, kit?);
    band.add_group(&drums)?;
    drums.add_group(&kit)?;
    let refused = |result: Result<()>, names: [&str; 2]| {
        let Err(Error::Cycle(message)) = result else {
            panic!("{result:?}");
        };
        assert!(names.iter().all(|name| message.contains(name)), "{message}");
    };
    refused(kit.add_group(&band), ["band", "kit"]);
    refused(drums.add_group(&band), ["band", "drums"]);
    refused(kit.add_group(&kit), ["kit", "itself"]);
    assert_eq!((kit.inner_groups(), band.groups()), (vec![], vec![]));
    // The same way again is no circle.
    band.add_group(&kit)?;
    band.add_group(&kit)?;
    Ok(())
}

#[test]
fn what_belongs_to_another_engine_is_refused() -> Result<()> {
    let (engine, mixer, group) = grouped()?;
    let (other, theirs) = (running(1), running(1).create_group("theirs")?);
    let before = group.members();
    let strange = other.main_mixer().bus(0)?;
    let refused = group.add_all([&mixer.bus(2)?, &strange]);
    assert!(matches!(refused, Err(Error::WrongEngine(_))));
    for refused in [
        group.add_group(&theirs),
        group.remove(&strange),
        engine.remove_group(&theirs),
    ] {
        assert!(matches!(refused, Err(Error::WrongEngine(_))));
    }
    assert_eq!(group.members(), before);
    Ok(())
}

#[test]
fn volumes_out_of_range_are_refused() -> Result<()> {
    let (engine, _mixer, group) = grouped()?;
    for volume in [-0.01, 4.01, f32::NAN, f32::INFINITY] {
        assert!(matches!(
            group.set_volume(volume),
            Err(Error::OutOfRange(_))
        ));
        let faded = group.fade_to(volume, std::time::Duration::ZERO, perbus::Curve::Linear);
        assert!(matches!(faded, Err(Error::OutOfRange(_))));
    }
    assert!(group.set_volume_db(12.1).is_err());
    assert_eq!(group.volume(), 1.0);
    assert_heard_at_once(&engine, &[0.7]);
    Ok(())
}

#[test]
fn a_removed_group_does_nothing() -> Result<()> {
    let (engine, mixer, group) = grouped()?;
    engine.remove_group(&group)?;
    let other = engine.create_group("other")?;
    let second = std::time::Duration::from_secs(1);
    let linear = perbus::Curve::Linear;
    for refused in [
        group.set_volume(0.5),
        group.set_muted(true),
        group.set_soloed(true),
        group.add(&mixer.bus(2)?),
        group.remove(&mixer.bus(2)?),
        group.add_group(&other),
        other.add_group(&group),
        engine.remove_group(&group),
        group.fade_to(0.5, second, linear).map(drop),
        group.meter().map(drop),
    ] {
        assert!(matches!(refused, Err(Error::NotAttached(_))));
    }
    assert_eq!((group.members(), group.inner_groups()), (vec![], vec![]));
    assert_heard_at_once(&engine, &[0.7]);
    Ok(())
}

#[test]
fn a_closure_that_renders_gets_nothing_useful() -> Result<()> {
    let (engine, mixer, group) = grouped()?;
    group.set_volume(0.5)?;
    let (sender, answers) = std::sync::mpsc::channel();
    let (asked, all) = (group.clone(), Engine::clone(&engine));
    let source = engine.create_source(format(1), move |block| {
        block.channel_mut(0).fill(0.0);
        let refused = asked.set_soloed(true).is_err() && asked.set_volume(1.0).is_err();
        let _ = sender.send((refused, asked.volume(), all.groups().len()));
    })?;
    engine.connect(&source, &mixer, 0, 5)?;
    render(&engine, 64);
    assert_eq!(answers.try_iter().next(), Some((true, 0.0, 0)));
    Ok(())
}
