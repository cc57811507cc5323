//! Per-bus control through effects, by ear: whatever stands between a source and its bus, and in
//! whatever order it was connected, the bus's strip controls it.

mod common;

use common::*;
use perbus::{Band, Control, Engine, Equalizer, Error, FilterType, Mixer, Node, Result, Source};

/// A constant source, equalizers that pass it, and the main mixer.
struct Desk {
    engine: Engine,
    mixer: Mixer,
    source: Source,
    first: Equalizer,
    second: Equalizer,
}

impl Desk {
    fn new() -> Result<Self> {
        let engine = running(2);
        Ok(Self {
            mixer: engine.main_mixer()?,
            source: constant(&engine, &[1.0, 1.0]),
            first: engine.create_equalizer(1)?,
            second: engine.create_equalizer(1)?,
            engine,
        })
    }

    /// The source through both equalizers to a bus.
    fn chained(bus: u32) -> Result<Self> {
        let desk = Self::new()?;
        desk.engine.connect(&desk.source, &desk.first, 0, 0)?;
        desk.engine.connect(&desk.first, &desk.second, 0, 0)?;
        desk.engine.connect(&desk.second, &desk.mixer, 0, bus)?;
        Ok(desk)
    }

    #[track_caller]
    fn assert_heard(&self, level: f32) {
        assert_heard(&self.engine, &[level, level]);
        assert_audited(&self.engine);
    }
}

#[test]
fn every_way_to_a_bus_works_through_a_chain() -> Result<()> {
    let desk = Desk::chained(2)?;
    let Desk {
        engine,
        mixer,
        source,
        ..
    } = &desk;
    desk.assert_heard(1.0);

    let used = engine.set_mixer_volume_for_bus(mixer, 0.5, 2)?;
    assert_eq!(used, Control::Connection);
    assert_eq!(
        engine.mixer_volume_for_bus(mixer, 2)?,
        (0.5, Control::Connection)
    );
    desk.assert_heard(0.5);

    mixer.bus(2)?.set_volume(0.25)?;
    assert_eq!(engine.connection_volume(source, mixer, 2)?, 0.25);
    desk.assert_heard(0.25);

    engine.set_connection_volume(source, mixer, 2, 0.75)?;
    assert_eq!(mixer.bus(2)?.volume(), 0.75);
    desk.assert_heard(0.75);

    engine.set_connection_pan(source, mixer, 2, -1.0)?;
    assert_eq!(engine.connection_pan(source, mixer, 2)?, -1.0);
    assert_eq!(
        engine.mixer_pan_for_bus(mixer, 2)?,
        (-1.0, Control::Connection)
    );
    assert_heard(engine, &[0.75, 0.0]);

    mixer.bus(2)?.set_muted(true)?;
    desk.assert_heard(0.0);
    Ok(())
}

#[test]
fn a_strip_takes_hold_whatever_was_connected_last() -> Result<()> {
    // Three connections, in all six orders; the strip's value was there first.
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let desk = Desk::new()?;
        desk.mixer.bus(3)?.set_volume(0.5)?;
        for connection in order {
            match connection {
                0 => desk.engine.connect(&desk.source, &desk.first, 0, 0)?,
                1 => desk.engine.connect(&desk.first, &desk.second, 0, 0)?,
                _ => desk.engine.connect(&desk.second, &desk.mixer, 0, 3)?,
            }
            assert_audited(&desk.engine);
        }
        assert_heard_at_once(&desk.engine, &[0.5, 0.5]);
        let volume = desk
            .engine
            .connection_volume(&desk.source, &desk.mixer, 3)?;
        assert_eq!(volume, 0.5, "{order:?}");
    }
    Ok(())
}

#[test]
fn a_strip_keeps_its_values_while_links_of_the_chain_come_and_go() -> Result<()> {
    let desk = Desk::chained(0)?;
    let Desk {
        engine,
        mixer,
        source,
        first,
        second,
    } = &desk;
    mixer.bus(0)?.set_volume(0.5)?;
    desk.assert_heard(0.5);

    engine.disconnect_input(second, 0)?;
    desk.assert_heard(0.0);
    assert!(matches!(
        engine.connection_volume(source, mixer, 0),
        Err(Error::NotConnected(_))
    ));
    engine.connect(source, second, 0, 0)?;
    desk.assert_heard(0.5);

    engine.disconnect_output(source, 0)?;
    desk.assert_heard(0.0);
    engine.connect(source, first, 0, 0)?;
    engine.connect(first, second, 0, 0)?;
    desk.assert_heard(0.5);

    // Another source takes the chain over, then the first moves to a bus of its own.
    let other = constant(engine, &[0.4, 0.4]);
    engine.connect(&other, first, 0, 0)?;
    desk.assert_heard(0.2);
    assert_eq!(engine.connection_volume(&other, mixer, 0)?, 0.5);
    engine.connect(source, mixer, 0, 1)?;
    desk.assert_heard(1.2);
    engine.set_mixer_volume_for_bus(mixer, 0.0, 0)?;
    desk.assert_heard(1.0);
    Ok(())
}

#[test]
fn moving_the_source_away_leaves_the_bus_to_whoever_comes() -> Result<()> {
    let desk = Desk::chained(0)?;
    let Desk {
        engine,
        mixer,
        source,
        second,
        ..
    } = &desk;
    mixer.bus(0)?.set_volume(0.5)?;
    // Straight to another bus: the chain is left without a source.
    engine.connect(source, mixer, 0, 1)?;
    desk.assert_heard(1.0);
    assert!(mixer.bus(0)?.is_connected());
    assert_eq!(engine.source_of(mixer, 0)?, Some((second.id(), 0)));

    // The bus keeps what its strip is set to until then.
    let used = engine.set_mixer_volume_for_bus(mixer, 0.25, 0)?;
    assert_eq!(used, Control::Connection);
    assert_eq!(
        engine.mixer_volume_for_bus(mixer, 0)?,
        (0.25, Control::Connection)
    );
    assert_eq!(mixer.output_volume()?, 1.0);
    desk.assert_heard(1.0);
    let other = constant(engine, &[1.0, 1.0]);
    engine.connect(&other, &desk.first, 0, 0)?;
    desk.assert_heard(1.25);
    assert_eq!(engine.connection_volume(&other, mixer, 0)?, 0.25);
    Ok(())
}

#[test]
fn a_detached_effect_leaves_its_neighbours_connected() -> Result<()> {
    let desk = Desk::chained(4)?;
    let Desk {
        engine,
        mixer,
        source,
        first,
        second,
    } = &desk;
    mixer.bus(4)?.set_volume(0.5)?;
    second.set_global_gain(-20.0)?;
    desk.assert_heard(0.05);

    engine.detach(second)?;
    assert_eq!(engine.source_of(mixer, 4)?, Some((first.id(), 0)));
    desk.assert_heard(0.5);
    engine.detach(first)?;
    assert_eq!(engine.source_of(mixer, 4)?, Some((source.id(), 0)));
    assert_eq!(engine.connection_volume(source, mixer, 4)?, 0.5);
    desk.assert_heard(0.5);
    engine.set_mixer_volume_for_bus(mixer, 0.25, 4)?;
    desk.assert_heard(0.25);

    engine.attach(second)?;
    engine.connect(source, second, 0, 0)?;
    engine.connect(second, mixer, 0, 4)?;
    desk.assert_heard(0.025);

    // Without a source there is nothing to join.
    engine.detach(source)?;
    engine.detach(second)?;
    assert_eq!(engine.source_of(mixer, 4)?, None);
    desk.assert_heard(0.0);
    Ok(())
}

#[test]
fn a_player_sounds_the_same_through_a_flat_equalizer() -> Result<()> {
    let desk = Desk::new()?;
    let player = desk.engine.create_player()?;
    desk.engine.connect(&player, &desk.first, 0, 0)?;
    desk.engine.connect(&desk.first, &desk.mixer, 0, 0)?;
    play_constant(&player, &[0.3, -0.6])?;
    desk.mixer.bus(0)?.set_volume(0.5)?;
    assert_heard(&desk.engine, &[0.15, -0.3]);
    Ok(())
}

#[test]
fn an_effect_between_two_mixers_leaves_the_first_ones_strip_in_charge() -> Result<()> {
    let desk = Desk::new()?;
    let Desk {
        engine,
        mixer,
        source,
        first,
        ..
    } = &desk;
    let group = engine.create_mixer()?;
    engine.connect(source, &group, 0, 0)?;
    engine.connect(&group, first, 0, 0)?;
    engine.connect(first, mixer, 0, 0)?;
    engine.set_mixer_volume_for_bus(mixer, 0.5, 0)?;
    engine.set_mixer_volume_for_bus(&group, 0.5, 0)?;
    assert_eq!(engine.connection_volume(&group, mixer, 0)?, 0.5);
    desk.assert_heard(0.25);
    // The pan of a free bus falls back to that of its mixer, downstream behind the effect.
    assert_eq!(
        engine.set_mixer_pan_for_bus(&group, -1.0, 7)?,
        Control::Mixer
    );
    assert_heard(engine, &[0.25, 0.0]);
    Ok(())
}

#[test]
fn an_effect_behind_the_main_mixer_changes_the_whole_mix() -> Result<()> {
    let engine = Engine::offline(format(2), 512)?;
    let (mixer, equalizer) = (engine.main_mixer()?, engine.create_equalizer(1)?);
    let source = constant(&engine, &[1.0, 0.5]);
    engine.connect(&source, &mixer, 0, 0)?;
    engine.connect(&mixer, &equalizer, 0, 0)?;
    engine.connect(&equalizer, &engine.output()?, 0, 0)?;
    equalizer.set_global_gain(-20.0)?;
    engine.start()?;
    mixer.bus(0)?.set_volume(0.5)?;
    assert_heard(&engine, &[0.05, 0.025]);
    assert_audited(&engine);
    Ok(())
}

#[test]
fn an_effect_is_no_source_of_per_connection_values() -> Result<()> {
    let desk = Desk::chained(0)?;
    let Desk {
        engine,
        mixer,
        source,
        second,
        ..
    } = &desk;
    let error = engine
        .set_connection_volume(second, mixer, 0, 0.5)
        .unwrap_err();
    assert!(matches!(error, Error::NotMixing(_)), "{error:?}");
    let error = engine
        .set_connection_volume(source, mixer, 1, 0.5)
        .unwrap_err();
    assert!(matches!(error, Error::NotConnected(_)), "{error:?}");
    let error = engine.connect(second, &desk.first, 0, 0).unwrap_err();
    assert!(matches!(error, Error::Cycle(_)), "{error:?}");
    let error = engine.connect(source, second, 0, 1).unwrap_err();
    assert!(matches!(error, Error::OutOfRange(_)), "{error:?}");
    desk.assert_heard(1.0);
    Ok(())
}

/// The source that a bus's values are those of, found by asking bus by bus.
fn nearest_source<'a>(
    engine: &Engine,
    mixer: &Mixer,
    bus: u32,
    sources: &'a [Source],
    equalizers: &[Equalizer],
) -> Result<Option<&'a Source>> {
    let mut fed_by = engine.source_of(mixer, bus)?;
    while let Some((id, _)) = fed_by {
        if let Some(source) = sources.iter().find(|source| source.id() == id) {
            return Ok(Some(source));
        }
        let effect = equalizers.iter().find(|equalizer| equalizer.id() == id);
        fed_by = match effect {
            Some(effect) => engine.source_of(effect, 0)?,
            None => None,
        };
    }
    Ok(None)
}

#[test]
fn strips_follow_their_sources_through_any_rewiring() -> Result<()> {
    const BUSES: u32 = 3;
    let engine = running(1);
    let mixer = engine.main_mixer()?;
    let sources: Vec<Source> = (0..3).map(|_| constant(&engine, &[0.0])).collect();
    let equalizers: Vec<Equalizer> = (0..4)
        .map(|_| engine.create_equalizer(1))
        .collect::<Result<_>>()?;
    let levels = [0.25, 0.5, 0.75];
    for (bus, level) in (0..).zip(levels) {
        mixer.bus(bus)?.set_volume(level)?;
    }
    let mut state = 7u32;
    let mut pick = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    let (mut connected, mut through) = (0, 0);
    for _ in 0..3000 {
        let equalizer = &equalizers[pick(4) as usize];
        let source = &sources[pick(3) as usize];
        let bus = pick(BUSES);
        // A loop, or a node that was detached: the refusal changes nothing.
        let _ = match pick(9) {
            0 | 1 => engine.connect(source, equalizer, 0, 0),
            2 | 3 => engine.connect(equalizer, &mixer, 0, bus),
            4 | 5 => engine.connect(equalizer, &equalizers[pick(4) as usize], 0, 0),
            6 => engine.connect(source, &mixer, 0, bus),
            7 => engine.disconnect_input(equalizer, 0),
            _ => engine
                .detach(equalizer)
                .and_then(|()| engine.attach(equalizer)),
        };
        for (bus, level) in (0..BUSES).zip(levels) {
            let nearest = nearest_source(&engine, &mixer, bus, &sources, &equalizers)?;
            for source in &sources {
                let heard = engine.connection_volume(source, &mixer, bus);
                if nearest.is_some_and(|nearest| nearest.id() == source.id()) {
                    assert_eq!(heard?, level);
                    connected += 1;
                    let direct = engine.source_of(&mixer, bus)? == Some((source.id(), 0));
                    through += u32::from(!direct);
                } else {
                    assert!(matches!(heard, Err(Error::NotConnected(_))), "{heard:?}");
                }
            }
        }
        assert_audited(&engine);
    }
    assert!(
        through > 200 && connected > through,
        "{through} of {connected}"
    );
    Ok(())
}

#[test]
fn bands_move_from_other_threads_while_the_engine_renders() -> Result<()> {
    let desk = Desk::chained(0)?;
    std::thread::scope(|scope| {
        for equalizer in [&desk.first, &desk.second] {
            scope.spawn(move || {
                for step in 0..2000u16 {
                    let band = Band {
                        filter: FilterType::LowShelf,
                        frequency: 20.0 + f32::from(step),
                        gain: f32::from(step % 12),
                        ..Band::default()
                    };
                    equalizer.set_band(0, band).expect("a band in range");
                }
            });
        }
        for _ in 0..200 {
            for sample in &render(&desk.engine, 64)[0] {
                assert!((0.0..=16.0).contains(sample), "{sample}");
            }
        }
    });
    for equalizer in [&desk.first, &desk.second] {
        equalizer.set_band(0, Band::default())?;
    }
    desk.assert_heard(1.0);
    Ok(())
}
