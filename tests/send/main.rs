//! Sends: pre- and post-fader, what they follow, and when they end.

#[path = "../common/mod.rs"]
mod common;
mod refusals;

use std::time::Duration;

use common::*;
use perbus::{Bus, Curve, Engine, Mixer, Result, SendTap, Source};

struct Desk {
    engine: Engine,
    main: Mixer,
    /// On bus 7 of the main mixer.
    aux: Mixer,
    source: Source,
    dry: Bus,
}

/// A mono engine with a source of 1 on bus 0, and a mixer for sends.
fn desk() -> Result<Desk> {
    let engine = running(1);
    let (main, aux) = (engine.main_mixer(), engine.create_mixer()?);
    engine.connect(&aux, &main, 0, 7)?;
    let source = constant(&engine, &[1.0]);
    engine.connect(&source, &main, 0, 0)?;
    Ok(Desk {
        dry: main.bus(0)?,
        engine,
        main,
        aux,
        source,
    })
}

#[test]
fn a_post_fader_send_follows_fader_mute_and_groups() -> Result<()> {
    let Desk {
        engine, dry, aux, ..
    } = desk()?;
    dry.set_volume(0.5)?;
    let send = dry.send_to(&aux, SendTap::PostFader)?;
    assert_heard(&engine, &[1.0]);
    send.set_volume(0.5)?;
    assert_heard(&engine, &[0.75]);
    dry.set_volume(0.25)?;
    assert_heard(&engine, &[0.375]);
    assert_eq!((send.volume(), send.effective_volume()), (0.5, 0.125));
    let group = engine.create_group("all")?;
    group.add(&dry)?;
    group.set_volume(0.5)?;
    assert_heard(&engine, &[0.1875]);
    // Once, though it is in the group itself.
    group.add(&send)?;
    assert_heard(&engine, &[0.1875]);
    group.remove(&dry)?;
    assert_heard(&engine, &[0.25 + 0.0625]);
    dry.set_muted(true)?;
    assert_heard(&engine, &[0.0]);
    dry.set_muted(false)?;
    send.set_muted(true)?;
    assert_heard(&engine, &[0.25]);
    Ok(())
}

#[test]
fn a_pre_fader_send_follows_none_of_them() -> Result<()> {
    let Desk {
        engine, dry, aux, ..
    } = desk()?;
    let send = dry.send_to(&aux.bus(4)?, SendTap::PreFader)?;
    assert_eq!((send.number(), send.mixer()), (4, &aux));
    send.set_volume(0.25)?;
    let group = engine.create_group("all")?;
    group.add(&dry)?;
    group.set_volume(0.5)?;
    assert_heard(&engine, &[0.75]);
    dry.set_muted(true)?;
    assert_heard(&engine, &[0.25]);
    group.add(&send)?;
    assert_heard(&engine, &[0.125]);
    Ok(())
}

/// Both are fed by one source: a solo of either is a solo of the sound.
#[test]
fn solo_lets_a_send_sound_and_is_not_shared() -> Result<()> {
    let Desk {
        engine,
        main,
        dry,
        aux,
        ..
    } = desk()?;
    engine.connect(&constant(&engine, &[0.125]), &main, 0, 1)?;
    let send = dry.send_to(&aux, SendTap::PostFader)?;
    send.set_volume(0.5)?;
    dry.set_volume(0.5)?;
    main.bus(1)?.set_soloed(true)?;
    assert_heard(&engine, &[0.125]);
    // The send alone is safe; its way onward has to be, too.
    send.set_solo_safe(true)?;
    main.bus(7)?.set_solo_safe(true)?;
    assert_heard(&engine, &[0.125 + 0.25]);
    assert!(!dry.is_audible() && dry.effective_volume() == 0.0);
    assert_eq!(send.effective_volume(), 0.25);
    dry.set_volume(0.25)?;
    assert_heard(&engine, &[0.125 + 0.125]);
    engine.clear_solo()?;
    assert_heard(&engine, &[0.125 + 0.125 + 0.25]);
    dry.set_soloed(true)?;
    assert_heard(&engine, &[0.125 + 0.25]);
    Ok(())
}

#[test]
fn the_tap_is_switched_without_a_click() -> Result<()> {
    let Desk {
        engine, dry, aux, ..
    } = desk()?;
    dry.set_volume(0.0)?;
    let send = dry.send_to(&aux, SendTap::PreFader)?;
    assert_heard(&engine, &[1.0]);
    for (tap, before, after) in [
        (SendTap::PostFader, 1.0, 0.0f32),
        (SendTap::PreFader, 0.0, 1.0),
    ] {
        send.set_send_tap(tap)?;
        assert_eq!(send.send_tap(), Some(tap));
        let heard = render_mono(&engine, RAMP);
        assert!(largest_step(before, &heard) <= 1.0 / 480.0 + 1e-6);
        assert_eq!(heard.last(), Some(&after));
    }
    Ok(())
}

/// A sharing of the fader begins and ends under a fade, of which nothing is heard.
#[test]
fn the_dry_sound_does_not_move_when_sends_come_and_go() -> Result<()> {
    let Desk {
        engine, dry, aux, ..
    } = desk()?;
    aux.bus(0)?.set_volume(0.0)?;
    render(&engine, RAMP);
    let whole = Duration::from_secs_f64(4000.0 / RATE);
    dry.fade_to(0.0, whole, Curve::Linear)?;
    let mut done = 0;
    let mut send = None;
    for (turn, frames) in [300, 512, 64, 1, 700, 512, 900].into_iter().enumerate() {
        let heard = render_mono(&engine, frames);
        assert_samples(
            &heard,
            |frame| 1.0 - (done + frame + 1) as f32 / 4000.0,
            1e-5,
        );
        done += frames;
        match send.take() {
            None => send = Some(dry.send_to(&aux.bus(0)?, SendTap::PostFader)?),
            Some(ended) if turn % 4 == 1 => Bus::end_send(&ended)?,
            Some(kept) => {
                kept.set_send_tap(SendTap::PreFader)?;
                kept.end_send()?;
            }
        }
    }
    Ok(())
}

#[test]
fn sends_of_sends_follow_all_faders_before_them() -> Result<()> {
    let Desk {
        engine, dry, aux, ..
    } = desk()?;
    let first = dry.send_to(&aux, SendTap::PostFader)?;
    let second = first.send_to(&aux, SendTap::PostFader)?;
    assert_ne!(first.number(), second.number());
    dry.set_volume(0.5)?;
    first.set_volume(0.5)?;
    second.set_volume(0.5)?;
    assert_heard(&engine, &[0.5 + 0.25 + 0.125]);
    first.set_send_tap(SendTap::PreFader)?;
    assert_heard(&engine, &[0.5 + 0.5 + 0.25]);
    assert_eq!(second.send_source(), Some(first.clone()));
    assert_eq!((dry.sends(), first.sends()), (vec![first], vec![second]));
    Ok(())
}

#[test]
fn a_send_waits_for_its_source() -> Result<()> {
    let Desk {
        engine,
        main,
        aux,
        source,
        dry,
    } = desk()?;
    dry.set_volume(0.5)?;
    let send = dry.send_to(&aux, SendTap::PostFader)?;
    assert_heard(&engine, &[1.0]);
    engine.disconnect_input(&aux, send.number())?;
    assert_heard(&engine, &[0.5]);
    assert_eq!(send.send_source(), Some(dry.clone()));
    engine.add_destination(&source, &aux, 0, send.number())?;
    assert_heard(&engine, &[1.0]);
    // Without the dry sound, its fader goes on to control the send.
    engine.disconnect_input(&main, 0)?;
    dry.set_volume(0.25)?;
    assert_heard(&engine, &[0.25]);
    engine.add_destination(&source, &main, 0, 0)?;
    assert_heard(&engine, &[0.5]);
    // A mixer that is detached and attached again.
    engine.detach(&aux)?;
    engine.attach(&aux)?;
    engine.connect(&aux, &main, 0, 7)?;
    engine.add_destination(&source, &aux, 0, send.number())?;
    assert_heard(&engine, &[0.5]);
    assert_eq!(send.send_tap(), Some(SendTap::PostFader));
    assert_audited(&engine);
    Ok(())
}

#[test]
fn a_send_ends_with_another_source() -> Result<()> {
    let Desk {
        engine,
        main,
        aux,
        source,
        dry,
    } = desk()?;
    dry.set_volume(0.5)?;
    let send = dry.send_to(&aux, SendTap::PostFader)?;
    let other = constant(&engine, &[0.25]);
    engine.connect(&other, &aux, 0, send.number())?;
    assert_eq!((send.send_source(), send.send_tap()), (None, None));
    assert_eq!(dry.sends(), []);
    assert_heard(&engine, &[0.5 + 0.25]);

    // Another one at the dry bus: the send is an ordinary strip from then on.
    let send = dry.send_to(&aux, SendTap::PostFader)?;
    assert_heard(&engine, &[0.5 + 0.25 + 0.5]);
    engine.add_destination(&other, &main, 0, 0)?;
    assert_eq!(send.send_source(), None);
    assert_heard(&engine, &[0.125 + 0.25 + 1.0]);

    // Both at once is no reason to end: they are fed by one source before and after.
    engine.connect(&source, &main, 0, 0)?;
    let send = dry.send_to(&aux, SendTap::PostFader)?;
    let both = [(&main, 0), (&aux, send.number())];
    engine.connect_many(&constant(&engine, &[0.5]), 0, &both, format(1))?;
    assert_eq!(send.send_source(), Some(dry));
    assert_audited(&engine);
    Ok(())
}

#[test]
fn an_ended_send_is_disconnected_and_keeps_its_strip() -> Result<()> {
    let Desk {
        engine,
        aux,
        source,
        dry,
        ..
    } = desk()?;
    let send = dry.send_to(&aux, SendTap::PostFader)?;
    send.set_volume(0.5)?;
    send.end_send()?;
    assert!(!send.is_connected());
    assert_heard(&engine, &[1.0]);
    dry.set_volume(0.25)?;
    engine.add_destination(&source, &aux, 0, send.number())?;
    assert_heard(&engine, &[0.25 + 0.5]);
    assert_audited(&engine);
    Ok(())
}

#[test]
fn a_bus_that_the_source_feeds_already_becomes_a_send() -> Result<()> {
    let Desk {
        engine,
        aux,
        source,
        dry,
        ..
    } = desk()?;
    engine.add_destination(&source, &aux, 0, 3)?;
    dry.set_volume(0.5)?;
    assert_heard(&engine, &[1.5]);
    dry.send_to(&aux.bus(3)?, SendTap::PostFader)?;
    assert_heard(&engine, &[1.0]);
    assert_eq!(engine.destinations_of(&source, 0)?.len(), 2);
    Ok(())
}
