//! What calls on a desk with many strips cost, counted in strips visited. Tests only.

use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::{BusConfig, Curve, Engine, Equalizer, FadeEnd, Format, Mixer, Player, Result};

const BUSES: u32 = 300;

/// An engine with `buses` players on its main mixer.
pub(crate) fn desk(buses: u32) -> Result<(Engine, Mixer, Vec<Player>)> {
    let engine = Engine::offline(Format::new(48_000.0, 2)?, 64)?;
    let mixer = engine.main_mixer();
    let connected = |bus| {
        let player = engine.create_player()?;
        engine.connect(&player, &mixer, 0, bus)?;
        Ok(player)
    };
    let players = (0..buses).map(connected).collect::<Result<_>>()?;
    Ok((engine, mixer, players))
}

fn visited(engine: &Engine, call: impl FnOnce() -> Result<()>) -> Result<u32> {
    let visited = &engine.desk().graph.visited;
    let before = visited.load(Ordering::Relaxed);
    call()?;
    Ok((visited.load(Ordering::Relaxed) - before) as u32)
}

fn block(engine: &Engine) -> Result<()> {
    engine.render(&mut [&mut [0.0; 64], &mut [0.0; 64]])
}

/// However many buses there are: each strip that was used counts once, in one edit.
#[test]
fn an_edit_looks_at_the_strips_that_were_used_since_the_last_one() -> Result<()> {
    let (engine, mixer, players) = desk(BUSES)?;
    assert_eq!(engine.desk().graph.visited.load(Ordering::Relaxed), 0);
    let edit = || engine.connect(&players[7], &mixer, 0, 7);
    assert_eq!(visited(&engine, edit)?, 0);
    for used in [1, 2, BUSES] {
        for bus in 0..used {
            // Twice, and through every way to a strip.
            mixer.bus(bus)?.set_volume(0.5)?;
            mixer.bus(bus)?.set_muted(false)?;
            engine.set_mixer_pan_for_bus(&mixer, 0.5, bus)?;
            engine.connection_volume(&players[bus as usize], &mixer, bus)?;
        }
        assert_eq!(visited(&engine, edit)?, used);
        assert_eq!(visited(&engine, edit)?, 0);
    }
    // One that nothing feeds has no connection that an edit could end.
    mixer.bus(BUSES)?.set_volume(0.5)?;
    assert_eq!(visited(&engine, edit)?, 0);
    // A strip that is detached with its mixer.
    let group = engine.create_mixer()?;
    engine.connect(&players[0], &group, 0, 0)?;
    group.bus(0)?.set_volume(0.5)?;
    assert_eq!(visited(&engine, || engine.detach(&group))?, 1);
    assert_eq!(visited(&engine, edit)?, 0);
    Ok(())
}

#[test]
fn solo_looks_at_all_strips_when_it_begins_and_when_it_ends() -> Result<()> {
    let (engine, mixer, _players) = desk(BUSES)?;
    for soloed in [true, false] {
        for turn in 0..BUSES {
            let walks = turn == if soloed { 0 } else { BUSES - 1 };
            let bus = mixer.bus((turn * 7) % BUSES)?;
            let looked = visited(&engine, || bus.set_soloed(soloed))?;
            assert_eq!(looked, if walks { BUSES } else { 1 }, "{soloed} {turn}");
            // Setting what is already set is no reason to look at others.
            assert_eq!(visited(&engine, || bus.set_soloed(soloed))?, 1);
        }
    }
    let two = [3, 4].map(|bus| BusConfig {
        volume: Some(0.5),
        ..BusConfig::new(bus)
    });
    assert_eq!(visited(&engine, || mixer.configure(&two))?, 2);
    Ok(())
}

/// Connections followed and strips compared for solo by an edit or a solo.
fn followed(engine: &Engine, call: impl FnOnce() -> Result<()>) -> Result<usize> {
    let before = engine.desk().graph.read().solo.followed;
    call()?;
    Ok(engine.desk().graph.read().solo.followed - before)
}

/// On a desk of groups: solos that join others, and edits while something is soloed.
#[test]
fn a_later_solo_looks_at_what_it_changes() -> Result<()> {
    const GROUPS: u32 = 12;
    const EACH: u32 = 100;
    let engine = Engine::offline(Format::new(48_000.0, 2)?, 64)?;
    let main = engine.main_mixer();
    let mut groups = Vec::new();
    let mut players = Vec::new();
    for number in 0..GROUPS {
        let group = engine.create_mixer()?;
        engine.connect(&group, &main, 0, number)?;
        for bus in 0..EACH {
            let player = engine.create_player()?;
            engine.connect(&player, &group, 0, bus)?;
            players.push(player);
        }
        groups.push(group);
    }
    let strips = GROUPS * (EACH + 1);
    let solo = |group: u32, bus: u32, on: bool| {
        let bus = groups[group as usize].bus(bus)?;
        visited(&engine, || bus.set_soloed(on))
    };
    // The first one silences all, whichever mixer they are on.
    assert_eq!(solo(0, 0, true)?, strips);
    // The bus, and the one that its group leads to.
    for group in 1..GROUPS {
        assert_eq!(solo(group, 7, true)?, 2);
        assert_eq!(solo(group, 8, true)?, 1);
    }
    for group in 1..GROUPS {
        assert_eq!(solo(group, 8, false)?, 1);
        assert_eq!(solo(group, 7, false)?, 2);
    }
    // A group with all that leads into it: its buses.
    let group = main.bus(3)?;
    assert_eq!(visited(&engine, || group.set_soloed(true))?, EACH + 1);
    assert_eq!(visited(&engine, || group.set_soloed(false))?, EACH + 1);
    // Edits on the soloed way and elsewhere.
    for number in [0, 1, 700] {
        let (group, bus) = (&groups[number / EACH as usize], number as u32 % EACH);
        let player = &players[number];
        let ended = followed(&engine, || engine.disconnect_output(player, 0))?;
        let made = followed(&engine, || engine.connect(player, group, 0, bus))?;
        assert!(ended <= 10 && made <= 10, "{number}: {ended}, {made}");
    }
    let made = followed(&engine, || engine.create_mixer().map(drop))?;
    assert_eq!(made, 0);
    assert_eq!(visited(&engine, || engine.clear_solo())?, strips);
    // Nothing is soloed, and no edit has anything to follow.
    let edit = || engine.connect(&players[0], &groups[0], 0, 0);
    assert_eq!(followed(&engine, edit)?, 0);
    Ok(())
}

/// An engine without fades of its own drives them in steps: this one loses its fades midway, for
/// whatever is sent from then on.
#[test]
fn a_block_looks_at_the_fades_that_end_and_those_in_steps() -> Result<()> {
    let (engine, mixer, _players) = desk(BUSES)?;
    let last = mixer.bus(BUSES - 1)?;
    engine.start()?;
    for bus in 0..BUSES {
        let frames = 64 * (1 + u64::from(bus) / 10);
        let duration = Duration::from_secs_f64(frames as f64 / 48_000.0);
        mixer.bus(bus)?.fade_to(0.0, duration, Curve::Linear)?;
    }
    for _ in 0..10 {
        assert_eq!(visited(&engine, || block(&engine))?, 10);
    }
    // Its fade takes twenty blocks more. A strip that returns from silence joins its fade.
    last.set_muted(true)?;
    last.set_muted(false)?;
    assert_eq!(visited(&engine, || block(&engine))?, 10);
    engine.desk().driver.lose_fades();
    engine.connect(&engine.create_player()?, &mixer, 0, BUSES - 1)?;
    for _ in 0..18 {
        assert_eq!(visited(&engine, || block(&engine))?, 11);
    }
    assert_eq!(visited(&engine, || block(&engine))?, 10);
    assert_eq!(visited(&engine, || block(&engine))?, 0);
    Ok(())
}

#[test]
fn a_fade_is_started_replaced_and_cancelled_without_a_look_at_others() -> Result<()> {
    let (engine, mixer, _players) = desk(BUSES)?;
    fades_come_and_go(&engine, &mixer)?;
    // The same where every fade is driven in steps.
    engine.desk().driver.lose_fades();
    fades_come_and_go(&engine, &mixer)
}

fn fades_come_and_go(engine: &Engine, mixer: &Mixer) -> Result<()> {
    engine.start()?;
    let second = Duration::from_secs(1);
    let (sender, ends) = std::sync::mpsc::channel();
    let mut fades = Vec::new();
    let looked = visited(engine, || {
        for bus in (0..BUSES).chain(0..BUSES / 2) {
            let sender = sender.clone();
            let told = move |end| sender.send((bus, end)).expect("the test listens");
            let bus = mixer.bus(bus)?;
            fades.push(bus.fade_to_with(0.0, second, Curve::Linear, told)?);
        }
        Ok(())
    })?;
    assert_eq!(looked, 0);
    let replaced = |buses: std::ops::Range<u32>| {
        buses
            .map(|bus| (bus, FadeEnd::Replaced))
            .collect::<Vec<_>>()
    };
    // Reported by the call that replaces the fade, in the order of the calls.
    assert_eq!(ends.try_iter().collect::<Vec<_>>(), replaced(0..BUSES / 2));
    let looked = visited(engine, || fades.iter().try_for_each(|fade| fade.cancel()))?;
    assert_eq!(looked, 0);
    let mut told: Vec<_> = ends.try_iter().collect();
    told.sort_by_key(|(bus, _)| *bus);
    assert_eq!(told, replaced(0..BUSES));
    Ok(())
}

const EFFECTS: usize = 500;

fn chain(engine: &Engine) -> Result<Vec<Equalizer>> {
    (0..EFFECTS).map(|_| engine.create_equalizer(1)).collect()
}

fn steps(engine: &Engine, call: impl FnOnce() -> Result<()>) -> Result<usize> {
    let before = engine.desk().graph.read().steps;
    call()?;
    Ok(engine.desk().graph.read().steps - before)
}

#[test]
fn a_chain_costs_a_step_a_link_from_either_end() -> Result<()> {
    let engine = Engine::offline(Format::new(48_000.0, 2)?, 64)?;
    let (mixer, player) = (engine.main_mixer(), engine.create_player()?);
    let effects = chain(&engine)?;
    let links = || effects.windows(2);
    let join = |pair: &[Equalizer]| engine.connect(&pair[0], &pair[1], 0, 0);
    let bus = mixer.bus(3)?;
    bus.set_volume(0.5)?;
    let last = &effects[EFFECTS - 1];

    // From the mixer up to the source, then from the source down.
    let up = steps(&engine, || {
        engine.connect(last, &mixer, 0, 3)?;
        links().rev().try_for_each(join)?;
        engine.connect(&player, &effects[0], 0, 0)
    })?;
    assert_eq!(engine.connection_volume(&player, &mixer, 3)?, 0.5);
    for effect in &effects {
        engine.disconnect_input(effect, 0)?;
    }
    assert!(engine.connection_volume(&player, &mixer, 3).is_err() && bus.is_connected());
    engine.disconnect_input(&mixer, 3)?;
    let down = steps(&engine, || {
        engine.connect(&player, &effects[0], 0, 0)?;
        links().try_for_each(join)?;
        engine.connect(last, &mixer, 0, 3)
    })?;
    assert_eq!(engine.connection_volume(&player, &mixer, 3)?, 0.5);
    assert!(up <= 3 * EFFECTS && down <= 3 * EFFECTS, "{up}, {down}");
    Ok(())
}

/// On an engine that accepts destinations one by one.
#[test]
fn a_send_costs_a_step_however_many_there_are() -> Result<()> {
    const SENDS: u32 = 200;
    let engine = Engine::offline(Format::new(48_000.0, 2)?, 64)?;
    let (mixer, player) = (engine.main_mixer(), engine.create_player()?);
    let buses = || 0..SENDS;
    let added = steps(&engine, || {
        buses().try_for_each(|bus| engine.add_destination(&player, &mixer, 0, bus))
    })?;
    assert!(
        cfg!(target_vendor = "apple") || added == SENDS as usize,
        "{added}"
    );
    let removed = steps(&engine, || {
        buses().try_for_each(|bus| engine.remove_destination(&player, &mixer, 0, bus))
    })?;
    assert!(
        cfg!(target_vendor = "apple") || removed == SENDS as usize,
        "{removed}"
    );
    Ok(())
}

/// A group's fader and mute cost the same whatever the number of members; to add some costs those.
#[test]
fn a_group_looks_at_what_joins_or_leaves_it() -> Result<()> {
    let (engine, mixer, _players) = desk(BUSES)?;
    let all: Vec<_> = (0..BUSES)
        .map(|bus| mixer.bus(bus))
        .collect::<Result<_>>()?;
    let (outer, inner) = (engine.create_group("outer")?, engine.create_group("inner")?);
    assert_eq!(steps(&engine, || inner.add_all(&all[..200]))?, 200);
    assert_eq!(steps(&engine, || inner.add_all(&all[199..203]))?, 3);
    assert_eq!(steps(&engine, || inner.remove(&all[7]))?, 1);
    assert_eq!(steps(&engine, || outer.add_group(&inner))?, 202);
    assert_eq!(steps(&engine, || outer.add(&all[250]))?, 1);
    let looked = visited(&engine, || {
        outer.set_volume(0.5)?;
        inner.set_muted(true)?;
        inner.set_volume(0.5)
    })?;
    assert_eq!(looked, 0);
    // The first solo looks at all strips, a later one at those in the group.
    all[299].set_soloed(true)?;
    assert_eq!(visited(&engine, || outer.set_soloed(true))?, 203);
    Ok(())
}
