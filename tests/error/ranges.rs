//! Volumes, pans and bus numbers out of range.

use perbus::{Result, MAX_BUSES};

use crate::desk::*;

#[test]
fn volumes_and_pans_out_of_range() -> Result<()> {
    let desk = Desk::new()?;
    let Desk {
        engine,
        main,
        source,
        ..
    } = &desk;
    for value in [-0.001, 4.01, f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        // Bus 5 has no source: the fallback must refuse as well.
        refuses! { desk, OutOfRange, &format!("volume {value}|0 to 4");
            main.bus(0)?.set_volume(value);
            main.set_output_volume(value);
            engine.set_mixer_volume_for_bus(main, value, 0);
            engine.set_mixer_volume_for_bus(main, value, 5);
            engine.set_connection_volume(source, main, 0, value);
        }
    }
    for value in [-1.001, 1.001, f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        refuses! { desk, OutOfRange, &format!("pan {value}|-1 to 1");
            main.bus(0)?.set_pan(value);
            engine.set_mixer_pan_for_bus(main, value, 0);
            engine.set_mixer_pan_for_bus(&desk.group, value, 5);
            engine.set_connection_pan(source, main, 0, value);
        }
    }
    for decibels in [12.05, f32::INFINITY, f32::NAN] {
        refuses! { desk, OutOfRange, &format!("volume {decibels} dB|-inf to 12.04 dB");
            main.bus(0)?.set_volume_db(decibels);
            main.set_output_volume_db(decibels);
        }
    }
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
    let output = engine.output();
    // A new mixer has eight inputs, a source none; each has one output.
    refuses! { desk, OutOfRange, "bus 8: there are 8"; engine.disconnect_input(main, 8); }
    refuses! { desk, OutOfRange, "bus 0: there are 0|none to connect";
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
