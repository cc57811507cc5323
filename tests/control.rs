//! Volume and pan by mixer and bus number: the strip of a bus, its connection, and the fallback to
//! the mixer's global control, distinguished by what is heard.

mod common;

use common::*;
use perbus::{Control, Engine, Error, Mixer, Node, Player, Result};

/// Two players on buses 0 and 1 of the main mixer, playing (1, 1) and (0.5, 0.5).
struct Desk {
    engine: Engine,
    mixer: Mixer,
    players: [Player; 2],
}

impl Desk {
    fn new() -> Result<Self> {
        let engine = running(2);
        let mixer = engine.main_mixer();
        let players = [engine.create_player()?, engine.create_player()?];
        for ((bus, player), level) in (0..).zip(&players).zip([1.0, 0.5]) {
            engine.connect(player, &mixer, 0, bus)?;
            play_constant(player, &[level, level])?;
        }
        Ok(Self {
            engine,
            mixer,
            players,
        })
    }

    /// Bus 0 at 0.8 and half left, bus 1 at 0.4 and half right.
    fn set() -> Result<Self> {
        let desk = Self::new()?;
        for (bus, volume, pan) in [(0, 0.8, -0.5), (1, 0.4, 0.5)] {
            let Self { engine, mixer, .. } = &desk;
            let volume_used = engine.set_mixer_volume_for_bus(mixer, volume, bus)?;
            let pan_used = engine.set_mixer_pan_for_bus(mixer, pan, bus)?;
            assert_eq!(
                (volume_used, pan_used),
                (Control::Connection, Control::Connection)
            );
        }
        Ok(desk)
    }

    /// By number, by strip and by connection.
    #[track_caller]
    fn assert_bus(&self, bus: u32, source: &impl Node, volume: f32, pan: f32) {
        let Self { engine, mixer, .. } = self;
        let by_number = engine.mixer_volume_for_bus(mixer, bus).unwrap();
        assert_eq!(by_number, (volume, Control::Connection));
        let by_number = engine.mixer_pan_for_bus(mixer, bus).unwrap();
        assert_eq!(by_number, (pan, Control::Connection));
        self.assert_strip(bus, volume, pan);
        assert_eq!(
            engine.connection_volume(source, mixer, bus).unwrap(),
            volume
        );
        assert_eq!(engine.connection_pan(source, mixer, bus).unwrap(), pan);
        assert_audited(engine);
    }

    #[track_caller]
    fn assert_strip(&self, bus: u32, volume: f32, pan: f32) {
        let strip = self.mixer.bus(bus).unwrap();
        assert_eq!((strip.volume(), strip.pan()), (volume, pan));
    }
}

/// What is heard of bus 0 and bus 1 of `Desk::set`, left and right.
const BUS_0: [f32; 2] = [0.8, 0.4];
const BUS_1: [f32; 2] = [0.1, 0.2];

fn sum(volume: f32) -> [f32; 2] {
    [
        (BUS_0[0] + BUS_1[0]) * volume,
        (BUS_0[1] + BUS_1[1]) * volume,
    ]
}

#[test]
fn each_bus_has_its_own_volume_and_pan() -> Result<()> {
    let desk = Desk::set()?;
    desk.assert_bus(0, &desk.players[0], 0.8, -0.5);
    desk.assert_bus(1, &desk.players[1], 0.4, 0.5);
    assert_heard(&desk.engine, &sum(1.0));
    Ok(())
}

#[test]
fn an_untracked_bus_falls_back_to_the_mixer_and_says_so() -> Result<()> {
    let desk = Desk::set()?;
    let Desk {
        engine,
        mixer,
        players,
    } = &desk;
    engine.disconnect_input(mixer, 1)?;
    assert_audited(engine);
    assert_eq!(
        engine.set_mixer_volume_for_bus(mixer, 0.9, 1)?,
        Control::Mixer
    );
    assert_eq!(
        engine.mixer_volume_for_bus(mixer, 1)?,
        (0.9, Control::Mixer)
    );
    assert_eq!(mixer.output_volume()?, 0.9);
    desk.assert_bus(0, &players[0], 0.8, -0.5);
    desk.assert_strip(1, 0.4, 0.5);
    assert_heard(engine, &[0.8 * 0.9, 0.4 * 0.9]);
    // The strip is in control again; the global control keeps its value.
    engine.connect(&players[1], mixer, 0, 1)?;
    desk.assert_bus(1, &players[1], 0.4, 0.5);
    assert_heard(engine, &sum(0.9));
    Ok(())
}

#[test]
fn the_main_mixer_has_no_pan_to_fall_back_to() -> Result<()> {
    let desk = Desk::set()?;
    let Desk {
        engine,
        mixer,
        players,
    } = &desk;
    engine.disconnect_input(mixer, 1)?;
    let refused = engine.set_mixer_pan_for_bus(mixer, 1.0, 1).unwrap_err();
    assert!(matches!(refused, Error::NoPanControl(_)), "{refused:?}");
    assert!(refused.to_string().contains("bus 1"), "{refused}");
    let refused = engine.mixer_pan_for_bus(mixer, 1).unwrap_err();
    assert!(matches!(refused, Error::NoPanControl(_)), "{refused:?}");
    desk.assert_bus(0, &players[0], 0.8, -0.5);
    desk.assert_strip(1, 0.4, 0.5);
    assert_heard(engine, &BUS_0);
    Ok(())
}

#[test]
fn the_pan_of_an_untracked_bus_is_that_of_its_mixer_downstream() -> Result<()> {
    let engine = running(2);
    let (main, group) = (engine.main_mixer(), engine.create_mixer()?);
    engine.connect(&constant(&engine, &[0.5, 0.5]), &group, 0, 0)?;
    engine.connect(&group, &main, 0, 3)?;
    assert_eq!(
        engine.set_mixer_pan_for_bus(&group, -1.0, 5)?,
        Control::Mixer
    );
    assert_eq!(engine.mixer_pan_for_bus(&group, 5)?, (-1.0, Control::Mixer));
    assert_eq!(
        engine.mixer_pan_for_bus(&main, 3)?,
        (-1.0, Control::Connection)
    );
    assert_eq!(main.bus(3)?.pan(), -1.0);
    assert_eq!((group.bus(0)?.pan(), group.bus(5)?.pan()), (0.0, 0.0));
    assert_heard(&engine, &[0.5, 0.0]);
    Ok(())
}

#[test]
fn connecting_elsewhere_moves_the_source_to_the_other_buss_strip() -> Result<()> {
    let desk = Desk::set()?;
    let Desk {
        engine,
        mixer,
        players,
    } = &desk;
    engine.connect(&players[0], mixer, 0, 7)?;
    assert_eq!(engine.source_of(mixer, 0)?, None);
    assert_eq!(engine.source_of(mixer, 7)?, Some((players[0].id(), 0)));
    desk.assert_strip(0, 0.8, -0.5);
    desk.assert_bus(7, &players[0], 1.0, 0.0);
    assert_heard(engine, &[1.0 + BUS_1[0], 1.0 + BUS_1[1]]);
    // Onto a bus that another source feeds: that one is disconnected.
    engine.connect(&players[0], mixer, 0, 1)?;
    desk.assert_bus(1, &players[0], 0.4, 0.5);
    let pushed_off = engine.connection_volume(&players[1], mixer, 1).unwrap_err();
    assert!(
        matches!(pushed_off, Error::NotConnected(_)),
        "{pushed_off:?}"
    );
    assert_heard(engine, &[0.2, 0.4]);
    Ok(())
}

#[test]
fn a_strip_keeps_its_values_whatever_is_connected_to_it() -> Result<()> {
    let desk = Desk::set()?;
    let Desk {
        engine,
        mixer,
        players,
    } = &desk;
    let levels = |level: f32| [BUS_0[0] * level + BUS_1[0], BUS_0[1] * level + BUS_1[1]];

    engine.connect(&players[0], mixer, 0, 0)?;
    desk.assert_bus(0, &players[0], 0.8, -0.5);
    assert_heard(engine, &levels(1.0));

    let other = constant(engine, &[0.25, 0.25]);
    engine.connect(&other, mixer, 0, 0)?;
    desk.assert_bus(0, &other, 0.8, -0.5);
    assert_heard(engine, &levels(0.25));

    // Another format means another connection; buffers queued in the old one would not fit.
    players[0].stop()?;
    engine.connect_with_format(&players[0], mixer, 0, 0, format(1))?;
    play_constant(&players[0], &[0.75])?;
    desk.assert_bus(0, &players[0], 0.8, -0.5);
    assert_heard(engine, &levels(0.75));

    engine.disconnect_output(&players[0], 0)?;
    assert_eq!(engine.source_of(mixer, 0)?, None);
    assert_audited(engine);
    assert_heard(engine, &BUS_1);

    engine.connect(&other, mixer, 0, 0)?;
    engine.detach(&other)?;
    assert_eq!(engine.source_of(mixer, 0)?, None);
    assert_audited(engine);
    desk.assert_strip(0, 0.8, -0.5);
    assert_heard(engine, &BUS_1);
    engine.attach(&other)?;
    engine.connect(&other, mixer, 0, 0)?;
    desk.assert_bus(0, &other, 0.8, -0.5);
    assert_heard(engine, &levels(0.25));
    Ok(())
}

#[test]
fn strips_survive_stop_and_start() -> Result<()> {
    let desk = Desk::set()?;
    desk.engine.stop()?;
    desk.assert_bus(0, &desk.players[0], 0.8, -0.5);
    desk.mixer.bus(1)?.set_volume(0.2)?;
    desk.engine.start()?;
    for player in &desk.players {
        player.play()?;
    }
    desk.assert_bus(0, &desk.players[0], 0.8, -0.5);
    desk.assert_bus(1, &desk.players[1], 0.2, 0.5);
    assert_heard(&desk.engine, &[0.8 + 0.05, 0.4 + 0.1]);
    Ok(())
}

#[test]
fn strips_survive_detaching_their_mixer() -> Result<()> {
    let engine = running(2);
    let (main, group) = (engine.main_mixer(), engine.create_mixer()?);
    let source = constant(&engine, &[1.0, 1.0]);
    engine.connect(&source, &group, 0, 2)?;
    engine.connect(&group, &main, 0, 0)?;
    group.bus(2)?.set_volume(0.5)?;
    engine.set_connection_pan(&source, &group, 2, 1.0)?;
    assert_heard(&engine, &[0.0, 0.5]);

    engine.detach(&group)?;
    assert_eq!(engine.source_of(&main, 0)?, None);
    assert_audited(&engine);
    assert_heard(&engine, &[0.0, 0.0]);

    engine.attach(&group)?;
    assert_eq!(engine.source_of(&group, 2)?, None);
    assert_eq!((group.bus(2)?.volume(), group.bus(2)?.pan()), (0.5, 1.0));
    engine.connect(&group, &main, 0, 0)?;
    engine.connect(&source, &group, 0, 2)?;
    assert_eq!(engine.connection_volume(&source, &group, 2)?, 0.5);
    assert_audited(&engine);
    assert_heard(&engine, &[0.0, 0.5]);
    Ok(())
}

#[test]
fn a_strip_set_before_anything_is_connected_takes_hold_at_the_connection() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer();
    let strip = mixer.bus(20)?;
    strip.set_volume(0.25)?;
    strip.set_pan(0.5)?;
    assert!(!strip.is_connected());
    // Bus 20 is beyond the mixer's first eight, so connecting grows it.
    let source = constant(&engine, &[1.0, 1.0]);
    engine.connect(&source, &mixer, 0, 20)?;
    assert!(strip.is_connected());
    assert_eq!(engine.connection_volume(&source, &mixer, 20)?, 0.25);
    assert_eq!(engine.connection_pan(&source, &mixer, 20)?, 0.5);
    assert_audited(&engine);
    assert_heard_at_once(&engine, &[0.125, 0.25]);
    Ok(())
}

#[test]
fn mute_silences_and_gives_the_fader_back() -> Result<()> {
    let desk = Desk::set()?;
    let Desk {
        engine,
        mixer,
        players,
    } = &desk;
    let strip = mixer.bus(0)?;
    strip.set_muted(true)?;
    assert_eq!((strip.volume(), strip.effective_volume()), (0.8, 0.0));
    assert_eq!(engine.connection_volume(&players[0], mixer, 0)?, 0.0);
    assert_eq!(
        engine.mixer_volume_for_bus(mixer, 0)?,
        (0.8, Control::Connection)
    );
    assert_heard(engine, &BUS_1);
    // Moving the fader and reconnecting do not end the mute.
    engine.set_mixer_volume_for_bus(mixer, 0.6, 0)?;
    engine.connect(&players[0], mixer, 0, 0)?;
    assert!(strip.is_muted());
    assert_heard(engine, &BUS_1);
    strip.set_muted(false)?;
    desk.assert_bus(0, &players[0], 0.6, -0.5);
    assert_heard(engine, &[0.6 + BUS_1[0], 0.3 + BUS_1[1]]);
    Ok(())
}

#[test]
fn equal_bus_numbers_of_several_mixers_are_different_buses() -> Result<()> {
    let engine = running(2);
    let main = engine.main_mixer();
    let groups = [engine.create_mixer()?, engine.create_mixer()?];
    for ((bus, group), volume) in (0..).zip(&groups).zip([0.5, 0.25]) {
        engine.connect(group, &main, 0, bus)?;
        for input in 0..2 {
            engine.connect(&constant(&engine, &[0.1, 0.1]), group, 0, input)?;
        }
        engine.set_mixer_volume_for_bus(group, volume, 0)?;
        engine.set_mixer_pan_for_bus(group, if bus == 0 { -1.0 } else { 1.0 }, 1)?;
    }
    engine.set_mixer_volume_for_bus(&main, 0.5, 1)?;
    for (group, volume, pan) in [(&groups[0], 0.5, -1.0), (&groups[1], 0.25, 1.0)] {
        assert_eq!(engine.mixer_volume_for_bus(group, 0)?.0, volume);
        assert_eq!(engine.mixer_volume_for_bus(group, 1)?.0, 1.0);
        assert_eq!(engine.mixer_pan_for_bus(group, 0)?.0, 0.0);
        assert_eq!(engine.mixer_pan_for_bus(group, 1)?.0, pan);
    }
    assert_eq!(engine.mixer_volume_for_bus(&main, 0)?.0, 1.0);
    assert_audited(&engine);
    let left = (0.05 + 0.1) + 0.5 * 0.025;
    let right = 0.05 + 0.5 * (0.025 + 0.1);
    assert_heard(&engine, &[left, right]);
    Ok(())
}
