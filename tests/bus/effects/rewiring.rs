//! Strips keep their values and control whatever feeds them while chains are built and taken apart.

use perbus::{Control, Engine, Equalizer, Error, Mixer, Node, Result, Source};

use super::desk::Desk;
use crate::common::*;

#[test]
fn a_strip_takes_hold_whatever_was_connected_last() -> Result<()> {
    // Three connections, in all six orders; the strip was set before.
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

    // Another source takes over the chain, then the first moves to a bus of its own.
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

    // The bus keeps the values of its strip until then.
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

/// The source that a bus's values apply to, found by asking bus by bus.
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
    let mixer = engine.main_mixer();
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
