//! Connections that cannot be made, do not exist, or must stay.

use perbus::{Engine, Result};

use crate::common::*;
use crate::desk::*;

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
    let output = engine.output();
    refuses! { desk, NotConnected, "bus 0";
        engine.set_connection_volume(&output, main, 0, 0.5);
        engine.connection_volume(source, group, 0);
    }
    refuses! { desk, NotConnected, "bus 1"; engine.set_connection_volume(source, main, 1, 0.5); }
    refuses! { desk, NotConnected, "bus 7"; engine.set_connection_pan(source, main, 7, 0.5); }
    // Through a mixer: the first mixer downstream has the connection.
    refuses! { desk, NotConnected, "bus 2"; engine.connection_pan(inner, main, 2); }
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
    let (output, third) = (engine.output(), engine.create_mixer()?);
    refuses! { desk, Exception, "output";
        engine.connect(source, &output, 0, 0);
        engine.disconnect_input(&output, 0);
        engine.disconnect_output(main, 0);
        engine.connect(main, &third, 0, 0);
    }
    Ok(())
}

/// While the engine runs, detaching a node that feeds the output directly may be refused; then
/// everything that feeds it must still be connected.
#[test]
fn a_detach_that_is_refused_disconnects_nothing() -> Result<()> {
    let engine = Engine::offline(format(2), 512)?;
    let (group, source) = (engine.create_mixer()?, constant(&engine, &[0.5, 0.5]));
    engine.connect(&source, &group, 0, 0)?;
    engine.connect(&group, &engine.output(), 0, 0)?;
    engine.start()?;
    assert_heard(&engine, &[0.5, 0.5]);
    let detached = engine.detach(&group);
    assert_audited(&engine);
    let level = if detached.is_ok() { 0.0 } else { 0.5 };
    assert_heard(&engine, &[level, level]);
    Ok(())
}
