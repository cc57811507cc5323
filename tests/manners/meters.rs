//! An engine without meters, whose buses and mixers are metered by taps: what they read is what the
//! engine's own meters read, of a signal that is steady.

use perbus::{Bus, Engine, Meter, PanLaw, Result};

use crate::common::layouts::{self, shapes};
use crate::common::{constant, format};
use crate::{manners, Manners};

/// How far the two meters may be apart: both sum squares, one of them in single precision.
const TOLERANCE: f32 = 1e-5;

/// A block of a tap at 48 kHz, and two windows of a meter.
pub(crate) const TAPPED: u64 = 4800;

/// Windows of both kinds end with these blocks.
pub(crate) const BLOCK: u32 = 480;

/// An engine with meters of its own, and one without, whose meters are taps.
pub(crate) fn pair(channels: u32) -> Result<([Engine; 2], Manners)> {
    let alone = manners("");
    let metered = Engine::offline(format(channels), BLOCK)?;
    alone.switch("no-meters");
    let tapped = Engine::offline(format(channels), BLOCK)?;
    for engine in [&metered, &tapped] {
        engine.set_meter_taps(true)?;
        engine.start()?;
    }
    Ok(([metered, tapped], alone))
}

pub(crate) fn pass(engine: &Engine, frames: u64) -> Result<()> {
    engine.render_blocks(frames, |_| Ok(()))
}

#[track_caller]
fn assert_same(metered: Meter, tapped: Meter) {
    for side in 0..2 {
        let near = |own: f32, tapped: f32| (own - tapped).abs() <= TOLERANCE;
        let same = near(metered.peak[side], tapped.peak[side])
            && near(metered.rms[side], tapped.rms[side]);
        assert!(same, "by tap {tapped:?}, by the engine {metered:?}");
    }
}

type Step<'a> = &'a dyn Fn(&[Bus]) -> Result<()>;

/// Makes the same desk in both engines, takes every step in both, and compares all meters after each.
fn compare(
    channels: u32,
    make: impl Fn(&Engine) -> Result<Vec<Bus>>,
    steps: &[Step<'_>],
) -> Result<()> {
    let (engines, _manners) = pair(channels)?;
    let desks = [make(&engines[0])?, make(&engines[1])?];
    let read = |buses: &[Bus]| -> Result<Vec<Meter>> {
        let meters: Result<Vec<_>> = buses.iter().map(Bus::meter).collect();
        let mut meters = meters?;
        meters.push(buses[0].engine().main_mixer().meter()?);
        Ok(meters)
    };
    for buses in &desks {
        read(buses)?;
    }
    let nothing: Step<'_> = &|_| Ok(());
    for step in [nothing].iter().chain(steps) {
        for buses in &desks {
            step(buses)?;
        }
        // A connection that is new has a new meter, which its first reading makes.
        for buses in &desks {
            read(buses)?;
            pass(buses[0].engine(), TAPPED)?;
        }
        let [metered, tapped] = [read(&desks[0])?, read(&desks[1])?];
        for (metered, tapped) in metered.into_iter().zip(tapped) {
            assert_same(metered, tapped);
        }
    }
    Ok(())
}

#[test]
fn faders_pans_and_mutes_are_in_the_reading() -> Result<()> {
    for law in [PanLaw::Balance, PanLaw::ConstantPower] {
        for channels in [1, 2, 6] {
            let make = |engine: &Engine| {
                let mixer = engine.main_mixer();
                mixer.set_pan_law(law)?;
                let buses = vec![mixer.bus(1)?, mixer.bus(4)?];
                buses[0].connect_with_format(&constant(engine, &[0.5]), format(1))?;
                // Not stereo into mono, which the mixer folds after the tap.
                let levels = &[0.25, -0.75][..channels.min(2) as usize];
                let other = constant(engine, levels);
                buses[1].connect_with_format(&other, format(channels.min(2)))?;
                Ok(buses)
            };
            compare(
                channels,
                make,
                &[
                    &|buses| buses[0].set_volume(0.5),
                    &|buses| buses[0].set_pan(-0.6),
                    &|buses| buses[0].set_pan(0.7),
                    &|buses| buses[1].set_pan(0.3),
                    &|buses| buses[0].mixer().set_output_volume(0.5),
                    &|buses| buses[1].set_muted(true),
                    &|buses| buses[0].set_volume(4.0),
                    &|buses| buses[1].set_muted(false),
                    &|buses| buses[1].set_soloed(true),
                    &|buses| buses[1].set_soloed(false),
                    &|buses| buses[0].mixer().set_pan_law(PanLaw::Balance),
                ],
            )?;
        }
    }
    Ok(())
}

#[test]
fn groups_and_sends_are_in_the_reading() -> Result<()> {
    let make = |engine: &Engine| {
        let (main, aux) = (engine.main_mixer(), engine.create_mixer()?);
        let back = main.bus(7)?;
        back.connect(&aux)?;
        let dry = main.bus(0)?;
        dry.connect(&constant(engine, &[0.5, 0.25]))?;
        let send = dry.send_to(&aux, perbus::SendTap::PostFader)?;
        engine.create_group("all")?.add(&dry)?;
        Ok(vec![dry, send, back])
    };
    compare(
        2,
        make,
        &[
            &|buses| buses[0].set_volume(0.5),
            &|buses| buses[1].set_volume(0.25),
            &|buses| buses[0].groups()[0].set_volume(0.5),
            &|buses| buses[1].set_pan(0.5),
            &|buses| buses[2].set_volume(2.0),
            &|buses| buses[0].groups()[0].set_muted(true),
        ],
    )
}

#[test]
fn an_effect_is_in_the_reading() -> Result<()> {
    let make = |engine: &Engine| {
        let equalizer = engine.create_equalizer(1)?;
        equalizer.set_global_gain(-12.0)?;
        let bus = engine.main_mixer().bus(2)?;
        bus.connect(&equalizer)?;
        engine.connect(&constant(engine, &[0.5, 0.5]), &equalizer, 0, 0)?;
        Ok(vec![bus])
    };
    compare(2, make, &[&|buses| buses[0].set_volume(0.5)])
}

#[test]
fn one_tap_feeds_all_buses_of_a_source() -> Result<()> {
    let make = |engine: &Engine| {
        let (main, sub) = (engine.main_mixer(), engine.create_mixer()?);
        main.bus(9)?.connect(&sub)?;
        let source = constant(engine, &[0.5, 0.25]);
        engine.connect_many(&source, 0, &[(&main, 0), (&main, 3), (&sub, 1)], format(2))?;
        Ok(vec![main.bus(0)?, main.bus(3)?, sub.bus(1)?, main.bus(9)?])
    };
    compare(
        2,
        make,
        &[
            &|buses| buses[0].set_volume(0.5),
            &|buses| buses[1].set_pan(1.0),
            &|buses| buses[2].set_volume(0.125),
        ],
    )
}

#[test]
fn reconnecting_and_restarting_make_no_difference() -> Result<()> {
    let make = |engine: &Engine| {
        let bus = engine.main_mixer().bus(0)?;
        bus.connect(&constant(engine, &[0.5, 0.5]))?;
        bus.set_volume(0.5)?;
        Ok(vec![bus])
    };
    compare(
        2,
        make,
        &[
            &|buses| buses[0].connect(&constant(buses[0].engine(), &[0.25, 0.125])),
            &|buses| {
                let engine = buses[0].engine();
                engine.stop()?;
                engine.start()
            },
            &|buses| {
                let engine = buses[0].engine();
                engine.disconnect_input(buses[0].mixer(), 0)?;
                engine.reset()?;
                buses[0].connect_with_format(&constant(engine, &[0.75]), format(1))
            },
        ],
    )
}

/// The speakers of all layouts stand where the engine's own meters have them.
#[test]
fn surround_counts_on_the_sides_of_its_speakers() -> Result<()> {
    for shape in shapes() {
        let alone = manners("");
        let metered = Engine::offline(shape, BLOCK)?;
        alone.switch("no-meters");
        let tapped = Engine::offline(shape, BLOCK)?;
        let read = |engine: &Engine| -> Result<[Meter; 2]> {
            engine.set_meter_taps(true)?;
            engine.start()?;
            let source = engine.create_source(shape, move |block| {
                for channel in 0..shape.channels() {
                    let value = 0.1 + 0.05 * channel as f32;
                    block.channel_mut(channel).fill(value);
                }
            })?;
            let bus = engine.main_mixer().bus(0)?;
            bus.connect_with_format(&source, shape)?;
            bus.set_pan(0.5)?;
            bus.meter()?;
            bus.mixer().meter()?;
            pass(engine, TAPPED)?;
            Ok([bus.meter()?, bus.mixer().meter()?])
        };
        let [own, taps] = [read(&metered)?, read(&tapped)?];
        for (own, tap) in own.into_iter().zip(taps) {
            assert_same(own, tap);
        }
        // The gains are not all the same.
        assert!(shape.channels() == 1 || layouts::side(shape, 0) == -1);
    }
    Ok(())
}
