//! Bad input: the right error, a message that names the value and its limit, and nothing changed:
//! no value, no connection, no sample.

mod common;

use std::fmt::Debug;

use common::*;
use perbus::{
    Buffer, BufferBuilder, Engine, Error, Format, Mixer, Node, NodeId, Player, Result, Schedule,
    Source, MAX_BUSES,
};

/// What must not change: strips, output volumes, connections and settled sound.
#[derive(Debug, PartialEq)]
struct State {
    strips: Vec<(f32, f32, bool, f32)>,
    volumes: [f32; 2],
    sources: Vec<Option<(NodeId, u32)>>,
    sound: [f32; 2],
}

/// A source and a playing player on the main mixer, a source on a group that feeds it too.
struct Desk {
    engine: Engine,
    main: Mixer,
    group: Mixer,
    source: Source,
    inner: Source,
    player: Player,
}

impl Desk {
    fn new() -> Result<Self> {
        let engine = running(2);
        let desk = Self {
            main: engine.main_mixer()?,
            group: engine.create_mixer()?,
            source: constant(&engine, &[0.5, 0.25]),
            inner: constant(&engine, &[0.125, 0.125]),
            player: engine.create_player()?,
            engine,
        };
        let Self {
            engine,
            main,
            group,
            ..
        } = &desk;
        engine.connect(&desk.source, main, 0, 0)?;
        engine.connect(&desk.player, main, 0, 1)?;
        engine.connect(group, main, 0, 2)?;
        engine.connect(&desk.inner, group, 0, 0)?;
        play_constant(&desk.player, &[0.0625, 0.0625])?;
        for (bus, volume, pan) in [(0, 0.8, -0.5), (1, 0.4, 0.5), (2, 0.6, 0.0)] {
            main.bus(bus)?.set_volume(volume)?;
            main.bus(bus)?.set_pan(pan)?;
        }
        group.set_output_volume(0.75)?;
        Ok(desk)
    }

    fn state(&self) -> State {
        let mixers = [&self.main, &self.group];
        let buses = || {
            mixers
                .iter()
                .flat_map(|mixer| (0..9).map(move |bus| (*mixer, bus)))
        };
        let strip = |(mixer, bus): (&Mixer, u32)| {
            let strip = mixer.bus(bus).unwrap();
            (
                strip.volume(),
                strip.pan(),
                strip.is_muted(),
                strip.effective_volume(),
            )
        };
        assert_audited(&self.engine);
        render(&self.engine, RAMP);
        let last = render(&self.engine, 1);
        State {
            strips: buses().map(strip).collect(),
            volumes: mixers.map(|mixer| mixer.output_volume().unwrap()),
            sources: buses()
                .map(|(mixer, bus)| self.engine.source_of(mixer, bus).unwrap())
                .collect(),
            sound: [last[0][0], last[1][0]],
        }
    }

    #[track_caller]
    fn refuses<T: Debug>(&self, kind: Kind, message: &str, call: impl FnOnce() -> Result<T>) {
        let before = self.state();
        refused(kind, message, call());
        assert_eq!(self.state(), before, "a refused call has changed something");
    }
}

type Kind = fn(&Error) -> bool;

macro_rules! kind {
    ($name:ident) => {
        (|error| matches!(error, Error::$name(_))) as Kind
    };
}

/// Each of the calls fails in the same way and changes nothing.
macro_rules! refuses {
    ($desk:expr, $kind:ident, $message:expr; $($call:expr;)+) => {
        $($desk.refuses(kind!($kind), $message, || $call);)+
    };
}

/// The same where there is nothing to compare.
macro_rules! fails {
    ($kind:ident, $message:expr; $($call:expr;)+) => {
        $(refused(kind!($kind), $message, $call);)+
    };
}

/// The words of `message` that are separated by a bar must all be in the error's.
#[track_caller]
fn refused<T: Debug>(kind: Kind, message: &str, result: Result<T>) {
    let error = result.expect_err("the call was to fail");
    assert!(kind(&error), "another kind of error: {error:?}");
    let text = error.to_string();
    for part in message.split('|') {
        assert!(text.contains(part), "\"{text}\" does not say \"{part}\"");
    }
}

#[test]
fn volumes_and_pans_out_of_range() -> Result<()> {
    let desk = Desk::new()?;
    let Desk {
        engine,
        main,
        source,
        ..
    } = &desk;
    for value in [-1.001, 1.5, f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        // Bus 5 has no source: the fallback must refuse as well.
        refuses! { desk, OutOfRange, &format!("volume {value}|0 to 1");
            main.bus(0)?.set_volume(value);
            main.set_output_volume(value);
            engine.set_mixer_volume_for_bus(main, value, 0);
            engine.set_mixer_volume_for_bus(main, value, 5);
            engine.set_connection_volume(source, main, 0, value);
        }
        refuses! { desk, OutOfRange, &format!("pan {value}|-1 to 1");
            main.bus(0)?.set_pan(value);
            engine.set_mixer_pan_for_bus(main, value, 0);
            engine.set_mixer_pan_for_bus(&desk.group, value, 5);
            engine.set_connection_pan(source, main, 0, value);
        }
    }
    refuses! { desk, OutOfRange, "volume -0.001|0 to 1"; main.bus(0)?.set_volume(-0.001); }
    Ok(())
}

#[test]
fn buses_past_the_limit() -> Result<()> {
    let desk = Desk::new()?;
    let Desk {
        engine,
        main,
        source,
        ..
    } = &desk;
    for bus in [MAX_BUSES, u32::MAX] {
        refuses! { desk, OutOfRange, &format!("bus {bus}|{MAX_BUSES}");
            main.bus(bus);
            engine.set_mixer_volume_for_bus(main, 0.5, bus);
            engine.mixer_volume_for_bus(main, bus);
            engine.set_mixer_pan_for_bus(main, 0.5, bus);
            engine.mixer_pan_for_bus(main, bus);
            engine.set_connection_volume(source, main, bus, 0.5);
            engine.connection_volume(source, main, bus);
            engine.set_connection_pan(source, main, bus, 0.5);
            engine.connection_pan(source, main, bus);
            engine.connect(source, main, 0, bus);
        }
        assert_eq!(engine.source_of(main, bus)?, None);
    }
    Ok(())
}

#[test]
fn buses_that_a_node_does_not_have() -> Result<()> {
    let desk = Desk::new()?;
    let Desk {
        engine,
        main,
        source,
        player,
        ..
    } = &desk;
    let output = engine.output()?;
    // A new mixer has eight inputs, a source none; each has one output.
    refuses! { desk, OutOfRange, "bus 8: there are 8"; engine.disconnect_input(main, 8); }
    refuses! { desk, OutOfRange, "bus 0: there are 0";
        engine.disconnect_input(source, 0);
        engine.connect(source, player, 0, 0);
        engine.connect(&output, main, 0, 3);
    }
    refuses! { desk, OutOfRange, "bus 1: there are 1";
        engine.disconnect_input(&output, 1);
        engine.disconnect_output(source, 1);
        engine.connect(source, main, 1, 3);
        engine.connect(source, &output, 0, 1);
    }
    Ok(())
}

#[test]
fn nodes_of_another_engine() -> Result<()> {
    let desk = Desk::new()?;
    let Desk {
        engine,
        main,
        source,
        ..
    } = &desk;
    let other = running(2);
    let (mixer, foreign) = (other.main_mixer()?, constant(&other, &[0.5, 0.5]));
    other.connect(&foreign, &mixer, 0, 0)?;
    refuses! { desk, WrongEngine, "another engine";
        engine.attach(&foreign);
        engine.detach(&foreign);
        engine.connect(&foreign, main, 0, 0);
        engine.connect(source, &mixer, 0, 0);
        engine.connect_with_format(&foreign, main, 0, 0, format(2));
        engine.disconnect_input(&mixer, 0);
        engine.disconnect_output(&foreign, 0);
        engine.source_of(&mixer, 0);
        engine.inspect(&foreign);
        engine.set_mixer_volume_for_bus(&mixer, 0.5, 0);
        engine.mixer_volume_for_bus(&mixer, 0);
        engine.set_mixer_pan_for_bus(&mixer, 0.5, 0);
        engine.mixer_pan_for_bus(&mixer, 0);
    }
    for (node, on) in [(&foreign, main), (source, &mixer), (&foreign, &mixer)] {
        refuses! { desk, WrongEngine, "another engine";
            engine.set_connection_volume(node, on, 0, 0.5);
            engine.connection_volume(node, on, 0);
            engine.set_connection_pan(node, on, 0, 0.5);
            engine.connection_pan(node, on, 0);
        }
    }
    assert_heard(&other, &[0.5, 0.5]);
    assert_audited(&other);
    Ok(())
}

#[test]
fn nodes_that_were_detached() -> Result<()> {
    let desk = Desk::new()?;
    let Desk {
        engine,
        main,
        source,
        ..
    } = &desk;
    let (mixer, player) = (engine.create_mixer()?, engine.create_player()?);
    let gone = constant(engine, &[1.0, 1.0]);
    let strip = mixer.bus(0)?;
    strip.set_volume(0.5)?;
    engine.connect(&player, main, 0, 5)?;
    engine.detach(&mixer)?;
    engine.detach(&gone)?;
    engine.detach(&player)?;
    refuses! { desk, NotAttached, "detached";
        engine.detach(&gone);
        engine.connect(&gone, main, 0, 0);
        engine.connect(source, &mixer, 0, 0);
        engine.connect_with_format(&gone, main, 0, 0, format(2));
        engine.disconnect_input(&mixer, 0);
        engine.disconnect_output(&gone, 0);
        engine.source_of(&mixer, 0);
        engine.set_mixer_volume_for_bus(&mixer, 0.7, 0);
        engine.mixer_volume_for_bus(&mixer, 0);
        engine.set_mixer_pan_for_bus(&mixer, 0.7, 0);
        engine.mixer_pan_for_bus(&mixer, 0);
        strip.set_volume(0.7);
        strip.set_pan(0.7);
        strip.set_muted(true);
    }
    for (node, on) in [(&gone, main), (source, &mixer)] {
        refuses! { desk, NotAttached, "detached";
            engine.set_connection_volume(node, on, 0, 0.7);
            engine.connection_volume(node, on, 0);
            engine.set_connection_pan(node, on, 0, 0.7);
            engine.connection_pan(node, on, 0);
        }
    }
    refuses! { desk, NotAttached, "attached"; player.schedule(&constant_buffer(&[1.0, 1.0], 10)); }
    let values = (strip.volume(), strip.pan(), strip.is_muted());
    assert_eq!(values, (0.5, 0.0, false));
    assert!(!engine.inspect(&gone)?.attached);
    Ok(())
}

#[test]
fn playing_a_detached_player() -> Result<()> {
    let desk = Desk::new()?;
    let player = desk.engine.create_player()?;
    desk.engine.detach(&player)?;
    refuses! { desk, NotAttached, "attached"; player.play(); player.play_at(0); }
    Ok(())
}

#[test]
fn connections_that_would_close_a_loop() -> Result<()> {
    let desk = Desk::new()?;
    let Desk {
        engine,
        main,
        group,
        ..
    } = &desk;
    let third = engine.create_mixer()?;
    engine.connect(&third, group, 0, 3)?;
    refuses! { desk, Cycle, "its own output";
        engine.connect(group, group, 0, 1);
        engine.connect(main, main, 0, 5);
        engine.connect(main, group, 0, 1);
        engine.connect(main, &third, 0, 0);
        engine.connect(group, &third, 0, 7);
    }
    Ok(())
}

#[test]
fn formats_that_are_none() {
    for rate in [0.0, -0.0, -48_000.0, f64::NAN, f64::INFINITY, 768_000.5] {
        fails! { Format, &format!("{rate} Hz|768000"); Format::new(rate, 2); }
    }
    for channels in [0, 65, u32::MAX] {
        fails! { Format, &format!("count {channels} |1 to 64"); Format::new(RATE, channels); }
    }
    for (rate, channels) in [(768_000.0, 64), (f64::MIN_POSITIVE, 1)] {
        assert!(
            Format::new(rate, channels).is_ok(),
            "{rate} Hz, {channels} channels"
        );
    }
}

#[test]
fn formats_that_do_not_fit() -> Result<()> {
    let desk = Desk::new()?;
    let Desk {
        engine,
        main,
        source,
        player,
        ..
    } = &desk;
    // Any rate is converted, up to a ratio.
    let too_slow = Format::new(187.0, 2)?;
    let refused_connect = || engine.connect_with_format(source, main, 0, 0, too_slow);
    desk.refuses(kind!(Exception), "187 Hz|48000 Hz|256", refused_connect);
    // The format that was refused is not the one that the next connection takes.
    engine.connect(source, main, 0, 0)?;
    let slow = engine.create_source(too_slow, |block| block.channel_mut(0).fill(1.0))?;
    refuses! { desk, Exception, "187 Hz|48000 Hz|256"; engine.connect(&slow, main, 0, 0); }
    let mono = constant_buffer(&[1.0], 10);
    refuses! { desk, Format, "1|2"; player.schedule(&mono); }
    refuses! { desk, Format, "1|2"; player.schedule_with(&mono, Schedule::default(), || {}); }
    Ok(())
}

#[test]
fn sources_that_do_not_feed_the_bus() -> Result<()> {
    let desk = Desk::new()?;
    let Desk {
        engine,
        main,
        group,
        source,
        inner,
        ..
    } = &desk;
    let output = engine.output()?;
    refuses! { desk, NotConnected, "bus 0";
        engine.set_connection_volume(&output, main, 0, 0.5);
        engine.connection_volume(source, group, 0);
    }
    refuses! { desk, NotConnected, "bus 1"; engine.set_connection_volume(source, main, 1, 0.5); }
    refuses! { desk, NotConnected, "bus 7"; engine.set_connection_pan(source, main, 7, 0.5); }
    // Through a mixer: the first one downstream is the one that holds the connection.
    refuses! { desk, NotConnected, "bus 2"; engine.connection_pan(inner, main, 2); }
    Ok(())
}

#[test]
fn playing_too_early_or_to_nowhere() -> Result<()> {
    let engine = Engine::offline(format(2), 512)?;
    let player = engine.create_player()?;
    engine.connect(&player, &engine.main_mixer()?, 0, 0)?;
    for play in [Player::play, |player: &Player| player.play_at(100)] {
        fails! { NotRunning, "start"; play(&player); }
    }
    assert!(!player.is_playing()?);
    let desk = Desk::new()?;
    let loose = desk.engine.create_player()?;
    refuses! { desk, NotConnected, "connected to nothing"; loose.play(); }
    refuses! { desk, NotConnected, "connected to nothing"; loose.play_at(100); }
    assert!(!loose.is_playing()?);
    Ok(())
}

#[test]
fn rendering_what_cannot_be_rendered() -> Result<()> {
    let desk = Desk::new()?;
    let engine = &desk.engine;
    let (mut left, mut right) = (vec![7.0; 513], vec![7.0; 513]);
    let time = engine.sample_time()?;
    let slices = |count| format!("{count}|2");
    fails! { Format, &slices(1); engine.render(&mut [&mut left[..9]]); }
    fails! { Format, &slices(0); engine.render(&mut []); }
    let lengths = engine.render(&mut [&mut left[..9], &mut right[..8]]);
    fails! { InvalidArgument, "8|9"; lengths; }
    fails! { OutOfRange, "513|512"; engine.render(&mut [&mut left, &mut right]); }
    assert_eq!(
        (engine.sample_time()?, left[0], right[512]),
        (time, 7.0, 7.0)
    );

    engine.stop()?;
    let early = engine.render(&mut [&mut left[..9], &mut right[..9]]);
    fails! { NotRunning, "start"; early; }
    assert_eq!(left[0], 7.0);
    for longest in [0, 1_048_577] {
        let made = Engine::offline(format(2), longest);
        fails! { OutOfRange, &format!("{longest}|1 to 1048576"); made; }
    }
    Ok(())
}

#[test]
fn the_engines_own_nodes_stay() -> Result<()> {
    let desk = Desk::new()?;
    let Desk { engine, main, .. } = &desk;
    refuses! { desk, WrongKind, "main mixer"; engine.detach(main); }
    refuses! { desk, WrongKind, "output"; engine.detach(&engine.output()?); }
    Ok(())
}

#[test]
fn the_output_of_a_running_engine_is_not_rewired_from_either_end() -> Result<()> {
    let desk = Desk::new()?;
    let Desk {
        engine,
        main,
        source,
        ..
    } = &desk;
    let (output, third) = (engine.output()?, engine.create_mixer()?);
    refuses! { desk, Exception, "output";
        engine.connect(source, &output, 0, 0);
        engine.disconnect_input(&output, 0);
        engine.disconnect_output(main, 0);
        engine.connect(main, &third, 0, 0);
    }
    Ok(())
}

/// While the engine runs, a node that feeds the output directly may be kept from going; then all
/// that feeds it has to be there still.
#[test]
fn a_detach_that_is_refused_disconnects_nothing() -> Result<()> {
    let engine = Engine::offline(format(2), 512)?;
    let (group, source) = (engine.create_mixer()?, constant(&engine, &[0.5, 0.5]));
    engine.connect(&source, &group, 0, 0)?;
    engine.connect(&group, &engine.output()?, 0, 0)?;
    engine.start()?;
    assert_heard(&engine, &[0.5, 0.5]);
    let detached = engine.detach(&group);
    assert_audited(&engine);
    let level = if detached.is_ok() { 0.0 } else { 0.5 };
    assert_heard(&engine, &[level, level]);
    Ok(())
}

#[test]
fn samples_that_make_no_buffer() -> Result<()> {
    let stereo = format(2);
    fails! { Format, "1|2"; Buffer::from_planar(stereo, &[&[0.0]]); }
    refused(
        kind!(InvalidArgument),
        "2|1",
        Buffer::from_planar(stereo, &[&[0.0], &[0.0; 2]]),
    );
    let mut builder = BufferBuilder::new(stereo, 10)?;
    builder.write(&[&[0.5; 8], &[0.25; 8]])?;
    refused(
        kind!(OutOfRange),
        "3|2 of 10",
        builder.write(&[&[1.0; 3], &[1.0; 3]]),
    );
    fails! { Format, "3|2"; builder.write(&[&[1.0], &[1.0], &[1.0]]); }
    let buffer = builder.finish();
    assert_eq!(
        (buffer.channel(0), buffer.channel(1)),
        (&[0.5; 8][..], &[0.25; 8][..])
    );
    Ok(())
}

#[test]
fn an_engine_for_a_device() -> Result<()> {
    let engine = Engine::new()?;
    let source = constant(&engine, &[0.0, 0.0]);
    engine.connect(&source, &engine.main_mixer()?, 0, 0)?;
    assert_eq!(engine.max_frames(), None);
    let mut sample = [0.0];
    fails! { WrongKind, "device"; engine.render(&mut [&mut sample, &mut [0.0]]); }
    fails! { WrongKind, "offline"; engine.render_blocks(1, |_| Ok(())); }
    // Where there is a device, it plays.
    match engine.start() {
        Ok(()) => {
            assert!(engine.is_running()?);
            engine.stop()?;
        }
        Err(error) => {
            assert!(
                error.to_string().len() > "the engine cannot start: ".len(),
                "{error}"
            );
            assert!(matches!(error, Error::Start(_)), "{error:?}");
        }
    }
    assert!(!engine.is_running()?);
    assert_eq!(
        engine.source_of(&engine.main_mixer()?, 0)?,
        Some((source.id(), 0))
    );
    Ok(())
}
