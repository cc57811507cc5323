//! Fan-out: one source on several buses, each with a strip of its own.

use perbus::{Engine, Error, Mixer, Result, Source};

use crate::common::*;

/// A mono engine: a voice of 1.0 on main bus 0 and on bus 0 of two groups, which are on main buses
/// 1 and 2.
fn desk() -> Result<(Engine, [Mixer; 3], Source)> {
    let engine = running(1);
    let main = engine.main_mixer();
    let (left, right) = (engine.create_mixer()?, engine.create_mixer()?);
    engine.connect(&left, &main, 0, 1)?;
    engine.connect(&right, &main, 0, 2)?;
    let voice = constant(&engine, &[1.0]);
    engine.connect_many(&voice, 0, &[(&main, 0), (&left, 0), (&right, 0)], format(1))?;
    for (mixer, volume) in [(&main, 0.1), (&left, 0.2), (&right, 0.4)] {
        mixer.bus(0)?.set_volume(volume)?;
    }
    render(&engine, RAMP);
    Ok((engine, [main, left, right], voice))
}

#[test]
fn each_connection_has_its_own_volume() -> Result<()> {
    let (engine, [main, left, right], voice) = desk()?;
    assert_heard(&engine, &[0.7]);
    left.bus(0)?.set_volume(0.0)?;
    assert_heard(&engine, &[0.5]);
    assert_eq!(engine.connection_volume(&voice, &main, 0)?, 0.1);
    assert_eq!(engine.connection_volume(&voice, &left, 0)?, 0.0);
    assert_eq!(engine.connection_volume(&voice, &right, 0)?, 0.4);
    assert_audited(&engine);
    Ok(())
}

#[test]
fn a_send_comes_and_goes_without_disturbing_the_others() -> Result<()> {
    let (engine, [main, left, right], voice) = desk()?;
    engine.remove_destination(&voice, &left, 0, 0)?;
    // From the very next sample on: the remaining connections make no step and no ramp.
    let heard = render_mono(&engine, 64);
    assert!(
        heard.iter().all(|sample| (sample - 0.5).abs() <= TOLERANCE),
        "{heard:?}"
    );
    assert_eq!(engine.source_of(&left, 0)?, None);
    assert_audited(&engine);

    engine.add_destination(&voice, &left, 0, 0)?;
    let heard = render_mono(&engine, 64);
    assert!(
        heard.iter().all(|sample| (sample - 0.7).abs() <= TOLERANCE),
        "{heard:?}"
    );
    for mixer in [&main, &left, &right] {
        assert_eq!(engine.source_of(mixer, 0)?, Some((voice.id(), 0)));
    }
    assert_audited(&engine);
    Ok(())
}

#[test]
fn the_last_destination_goes_like_any_other() -> Result<()> {
    let (engine, mixers, voice) = desk()?;
    for mixer in &mixers {
        engine.remove_destination(&voice, mixer, 0, 0)?;
        assert_audited(&engine);
    }
    assert_heard(&engine, &[0.0]);
    let error = engine
        .remove_destination(&voice, &mixers[0], 0, 0)
        .unwrap_err();
    assert!(matches!(error, Error::NotConnected(_)), "{error:?}");
    engine.detach(&mixers[1])?;
    let error = engine
        .remove_destination(&voice, &mixers[1], 0, 0)
        .unwrap_err();
    assert!(matches!(error, Error::NotAttached(_)), "{error:?}");
    Ok(())
}

#[test]
fn a_list_replaces_what_the_source_fed_before() -> Result<()> {
    let (engine, [main, left, right], voice) = desk()?;
    engine.connect_many(&voice, 0, &[(&main, 5), (&right, 0)], format(1))?;
    assert_eq!(engine.source_of(&main, 0)?, None);
    assert_eq!(engine.source_of(&left, 0)?, None);
    assert_heard(&engine, &[1.4]);
    // A plain connection takes the source away from all of them.
    engine.connect(&voice, &left, 0, 0)?;
    assert_heard(&engine, &[0.2]);
    assert_audited(&engine);
    Ok(())
}

#[test]
fn bad_lists_change_nothing() -> Result<()> {
    let (engine, [main, left, _], voice) = desk()?;
    let other = running(1).main_mixer();
    type List<'a> = (&'a [(&'a Mixer, u32)], fn(&Error) -> bool);
    let lists: [List<'_>; 4] = [
        (&[], |error| matches!(error, Error::InvalidArgument(_))),
        (&[(&main, 3), (&main, 3)], |error| {
            matches!(error, Error::InvalidArgument(_))
        }),
        (&[(&main, 3), (&main, perbus::MAX_BUSES)], |error| {
            matches!(error, Error::OutOfRange(_))
        }),
        (&[(&main, 3), (&other, 0)], |error| {
            matches!(error, Error::WrongEngine(_))
        }),
    ];
    for (list, expected) in lists {
        let error = engine.connect_many(&voice, 0, list, format(1)).unwrap_err();
        assert!(expected(&error), "{error:?}");
        assert_audited(&engine);
        assert_heard(&engine, &[0.7]);
    }
    let error = engine
        .connect_many(&left, 0, &[(&main, 1), (&left, 3)], format(1))
        .unwrap_err();
    assert!(matches!(error, Error::Cycle(_)), "{error:?}");
    assert_heard(&engine, &[0.7]);
    Ok(())
}

/// Neither engine adds buses to a running mixer for a list, so perbus adds them first.
#[test]
fn a_list_gets_the_buses_that_it_names() -> Result<()> {
    type Change = fn(&Engine) -> Result<()>;
    let states: [Change; 3] = [|_| Ok(()), Engine::pause, Engine::stop];
    for change in states {
        let (engine, [main, left, _], voice) = desk()?;
        change(&engine)?;
        engine.connect_many(
            &voice,
            0,
            &[(&main, 30), (&left, 20), (&main, 9)],
            format(1),
        )?;
        engine.add_destination(&voice, &left, 0, 40)?;
        engine.start()?;
        assert_audited(&engine);
        // Three at unity, and the last on a bus of `left`, which is at unity on the main mixer.
        assert_heard(&engine, &[4.0]);
        let inputs = |mixer: &Mixer| Ok::<_, Error>(engine.inspect(mixer)?.inputs.len());
        assert_eq!((inputs(&main)?, inputs(&left)?), (31, 41));
        let strip = left.bus(40)?;
        strip.set_volume(0.5)?;
        assert_heard(&engine, &[3.5]);
    }
    Ok(())
}

#[test]
fn a_refused_list_adds_no_buses() -> Result<()> {
    let (engine, [main, left, _], voice) = desk()?;
    let inputs = |mixer: &Mixer| engine.inspect(mixer).map(|info| info.inputs.len());
    let before = (inputs(&main)?, inputs(&left)?);
    // A factor of 480 is too much, which only the engine itself detects.
    let slow = perbus::Format::new(100.0, 1)?;
    let list = [(&left, 30), (&main, 50), (&left, 9)];
    assert!(engine.connect_many(&voice, 0, &list, slow).is_err());
    assert_eq!((inputs(&main)?, inputs(&left)?), before);
    assert_audited(&engine);
    assert_heard(&engine, &[0.7]);
    for buses in [0, perbus::MAX_BUSES + 1] {
        let error = left.reserve(buses).unwrap_err();
        assert!(matches!(error, Error::OutOfRange(_)), "{error:?}");
    }
    Ok(())
}

/// The remaining connection is still the same one: its converter and its meter continue.
#[test]
fn a_single_destination_that_is_left_is_not_made_anew() -> Result<()> {
    let engine = running(1);
    let (main, group) = (engine.main_mixer(), engine.create_mixer()?);
    engine.connect(&group, &main, 0, 1)?;
    let slow = perbus::Format::new(24_000.0, 1)?;
    let voice = engine.create_source(slow, |block| block.channel_mut(0).fill(1.0))?;
    engine.connect_many(&voice, 0, &[(&main, 0), (&group, 0)], slow)?;
    group.bus(0)?.set_volume(0.0)?;
    render(&engine, 4096);
    engine.remove_destination(&voice, &group, 0, 0)?;
    let heard = render_mono(&engine, 512);
    assert!(heard.iter().all(|sample| (sample - 1.0).abs() <= 1e-4));
    Ok(())
}
