//! Groups: what their faders, mutes and solos do to their members.

mod automation;
#[path = "../common/mod.rs"]
mod common;
#[path = "../common/course.rs"]
mod course;
mod model;
mod rates;
mod refusals;

use std::time::Duration;

use common::*;
use perbus::{Curve, Engine, FadeEnd, Group, Mixer, Result};

/// A mono engine with sources of 0.1, 0.2 and 0.4 on buses 0, 1 and 2, and a group of the first two.
fn grouped() -> Result<(Engine, Mixer, Group)> {
    let (engine, mixer) = three_sources()?;
    let group = engine.create_group("first two")?;
    group.add_all([&mixer.bus(0)?, &mixer.bus(1)?])?;
    Ok((engine, mixer, group))
}

#[test]
fn a_fader_scales_the_members_alone() -> Result<()> {
    let (engine, mixer, group) = grouped()?;
    assert_heard(&engine, &[0.7]);
    group.set_volume(0.5)?;
    assert_heard(&engine, &[0.55]);
    mixer.bus(1)?.set_volume(0.5)?;
    assert_heard(&engine, &[0.5]);
    group.set_volume_db(0.0)?;
    assert_heard(&engine, &[0.6]);
    group.set_volume(4.0)?;
    assert_heard(&engine, &[0.4 + 0.4 + 0.4]);
    // The product is limited, not its factors.
    mixer.bus(0)?.set_volume(2.0)?;
    assert_heard(&engine, &[0.4 + 0.4 + 0.4]);
    group.set_volume(0.25)?;
    assert_heard(&engine, &[0.1 * 0.5 + 0.2 * 0.125 + 0.4]);
    assert_eq!(mixer.bus(0)?.volume(), 2.0);
    Ok(())
}

#[test]
fn mute_and_solo_of_a_group_are_those_of_its_members() -> Result<()> {
    let (engine, mixer, group) = grouped()?;
    group.set_muted(true)?;
    assert_heard(&engine, &[0.4]);
    mixer.bus(0)?.set_muted(true)?;
    group.set_muted(false)?;
    assert_heard(&engine, &[0.6]);
    mixer.bus(0)?.set_muted(false)?;

    group.set_soloed(true)?;
    assert_heard(&engine, &[0.3]);
    assert!(group.is_soloed() && !mixer.bus(0)?.is_soloed());
    mixer.bus(2)?.set_soloed(true)?;
    assert_heard(&engine, &[0.7]);
    group.set_soloed(false)?;
    assert_heard(&engine, &[0.4]);
    // A member's own solo outlives the group's.
    mixer.bus(0)?.set_soloed(true)?;
    group.set_soloed(true)?;
    mixer.bus(2)?.set_soloed(false)?;
    assert_heard(&engine, &[0.3]);
    group.set_soloed(false)?;
    assert_heard(&engine, &[0.1]);
    group.set_soloed(true)?;
    engine.clear_solo()?;
    assert!(!group.is_soloed());
    assert_heard(&engine, &[0.7]);
    Ok(())
}

#[test]
fn who_joins_a_soloed_group_is_soloed() -> Result<()> {
    let (engine, mixer, group) = grouped()?;
    group.set_soloed(true)?;
    assert_heard(&engine, &[0.3]);
    group.add(&mixer.bus(2)?)?;
    group.remove(&mixer.bus(0)?)?;
    assert_heard(&engine, &[0.6]);
    let inner = engine.create_group("inner")?;
    inner.add(&mixer.bus(0)?)?;
    group.add_group(&inner)?;
    assert_heard(&engine, &[0.7]);
    group.remove_group(&inner)?;
    assert_heard(&engine, &[0.6]);
    engine.remove_group(&group)?;
    assert_heard(&engine, &[0.7]);
    Ok(())
}

#[test]
fn each_group_counts_once_however_many_ways_lead_to_it() -> Result<()> {
    let (engine, mixer, group) = grouped()?;
    let (left, right) = (engine.create_group("left")?, engine.create_group("right")?);
    group.add_group(&left)?;
    group.add_group(&right)?;
    let bus = mixer.bus(2)?;
    left.add(&bus)?;
    right.add(&bus)?;
    group.add(&bus)?;
    group.set_volume(0.5)?;
    assert_heard(&engine, &[0.35]);
    left.set_volume(0.5)?;
    right.set_volume(0.5)?;
    assert_heard(&engine, &[0.15 + 0.4 * 0.125]);
    assert_eq!(bus.effective_volume(), 0.125);
    left.remove(&bus)?;
    assert_heard(&engine, &[0.15 + 0.4 * 0.25]);
    assert_eq!(bus.groups(), [group.clone(), right.clone()]);
    assert_eq!(group.inner_groups(), [left, right.clone()]);
    assert_eq!(right.groups(), [group]);
    Ok(())
}

#[test]
fn membership_belongs_to_the_bus() -> Result<()> {
    let engine = running(1);
    let (main, mixer) = (engine.main_mixer(), engine.create_mixer()?);
    let source = constant(&engine, &[0.5]);
    let group = engine.create_group("all")?;
    let bus = mixer.bus(3)?;
    // Before anything is connected.
    group.add(&bus)?;
    group.set_volume(0.5)?;
    engine.connect(&mixer, &main, 0, 0)?;
    engine.connect(&source, &mixer, 0, 3)?;
    assert_heard_at_once(&engine, &[0.25]);
    engine.disconnect_input(&mixer, 3)?;
    group.set_volume(0.25)?;
    engine.connect(&constant(&engine, &[1.0]), &mixer, 0, 3)?;
    assert_heard(&engine, &[0.25]);
    engine.detach(&mixer)?;
    assert_eq!(group.members(), std::slice::from_ref(&bus));
    engine.attach(&mixer)?;
    engine.connect(&mixer, &main, 0, 0)?;
    engine.connect(&source, &mixer, 0, 3)?;
    assert_heard(&engine, &[0.125]);
    // What was left while nothing fed it.
    engine.disconnect_input(&mixer, 3)?;
    group.remove(&bus)?;
    engine.connect(&source, &mixer, 0, 3)?;
    assert_heard(&engine, &[0.5]);
    assert_eq!(group.members(), []);
    // A member that nobody can attach again is none.
    engine.detach(&mixer)?;
    group.add(&bus)?;
    drop((mixer, bus));
    assert_eq!(group.members(), []);
    Ok(())
}

#[test]
fn a_group_lives_until_it_is_removed() -> Result<()> {
    let (engine, mixer, group) = grouped()?;
    let number = group.number();
    group.set_volume(0.0)?;
    drop(group);
    assert_heard(&engine, &[0.4]);
    let found = engine.groups().pop().expect("it is still there");
    assert_eq!(
        (found.number(), found.name()),
        (number, "first two".to_owned())
    );
    found.set_name("renamed");
    let same = engine.groups().remove(0);
    assert_eq!((same.name(), &same), ("renamed".to_owned(), &found));

    let (sender, ends) = std::sync::mpsc::channel();
    let ended = move |end| sender.send(end).expect("the test listens");
    found.fade_to_with(1.0, Duration::from_secs(9), Curve::Linear, ended)?;
    engine.remove_group(&found)?;
    assert_eq!(ends.try_iter().collect::<Vec<_>>(), [FadeEnd::Stopped]);
    assert_heard(&engine, &[0.7]);
    assert_eq!(engine.groups(), []);
    assert_eq!(mixer.bus(0)?.groups(), []);
    // Its number is not used again.
    assert_ne!(engine.create_group("next")?.number(), number);
    Ok(())
}

#[test]
fn a_fade_of_a_group_reports_its_end() -> Result<()> {
    let (engine, _mixer, group) = grouped()?;
    let (sender, ends) = std::sync::mpsc::channel();
    let ended = move |end| sender.send(end).expect("the test listens");
    let fade = group.fade_to_with(0.5, Duration::from_millis(20), Curve::Linear, ended)?;
    render(&engine, 480);
    assert!(fade.is_running() && (group.volume() - 0.75).abs() < 1e-6);
    render(&engine, 480);
    assert!(!fade.is_running());
    assert_eq!(ends.try_iter().collect::<Vec<_>>(), [FadeEnd::Finished]);
    assert_heard(&engine, &[0.55]);
    let fade = group.fade_to(0.0, Duration::from_millis(20), Curve::Linear)?;
    render(&engine, 480);
    fade.cancel()?;
    assert_heard(&engine, &[0.3 * 0.25 + 0.4]);
    Ok(())
}

#[test]
fn a_bulk_change_is_heard_in_one_block() -> Result<()> {
    // One sound takes the other's place: at every frame of the two ramps the sum is the same.
    let engine = running(1);
    let mixer = engine.main_mixer();
    let groups = [engine.create_group("a")?, engine.create_group("b")?];
    for bus in 0..8 {
        engine.connect(&constant(&engine, &[0.125]), &mixer, 0, bus)?;
        groups[bus as usize % 2].add(&mixer.bus(bus)?)?;
    }
    groups[1].set_muted(true)?;
    render(&engine, RAMP);
    for turn in 0..4 {
        engine.batch(|| {
            groups[0].set_muted(turn % 2 == 0)?;
            groups[1].set_muted(turn % 2 == 1)
        })?;
        let heard = render_in(&engine, 2 * RAMP, 64).remove(0);
        assert_samples(&heard, |_| 0.5, 1e-5);
    }
    // Buses that move from one group to the other.
    let even: Vec<_> = (0..8)
        .step_by(2)
        .map(|bus| mixer.bus(bus))
        .collect::<Result<_>>()?;
    let odd: Vec<_> = (1..8)
        .step_by(2)
        .map(|bus| mixer.bus(bus))
        .collect::<Result<_>>()?;
    engine.batch(|| {
        groups[1].remove_all(&odd)?;
        groups[1].add_all(&even)?;
        groups[0].remove_all(&even)?;
        groups[0].add_all(&odd)
    })?;
    let heard = render_in(&engine, 2 * RAMP, 64).remove(0);
    assert_samples(&heard, |_| 0.5, 1e-5);
    Ok(())
}

#[test]
fn a_meter_sums_powers() -> Result<()> {
    let (engine, mixer, group) = grouped()?;
    engine.set_meter_taps(true)?;
    let inner = engine.create_group("inner")?;
    group.add_group(&inner)?;
    // Once, though it is there twice; and one without a source.
    inner.add_all([&mixer.bus(1)?, &mixer.bus(9)?])?;
    group.set_volume(0.5)?;
    group.meter()?;
    render(&engine, 4800);
    let meter = group.meter()?;
    assert!((meter.peak[0] - 0.1).abs() < 1e-6, "{meter:?}");
    let rms = (0.05f32.powi(2) + 0.1f32.powi(2)).sqrt();
    assert!((meter.rms[0] - rms).abs() < 1e-6, "{meter:?}");
    assert_eq!(meter.clips, 0);
    mixer.bus(1)?.set_volume(4.0)?;
    group.set_volume(4.0)?;
    engine.connect(&constant(&engine, &[0.3]), &mixer, 0, 1)?;
    group.meter()?;
    render(&engine, 4800);
    // 0.3 at the limit of 4 is past full scale.
    assert!(group.meter()?.clips > 0);
    assert_eq!(engine.create_group("empty")?.meter()?.rms, [0.0; 2]);
    Ok(())
}
