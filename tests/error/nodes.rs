//! The wrong nodes: another engine's, detached, or the engine's own.

use perbus::Result;

use crate::common::*;
use crate::desk::*;

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
    let (mixer, foreign) = (other.main_mixer(), constant(&other, &[0.5, 0.5]));
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
fn the_engines_own_nodes_stay() -> Result<()> {
    let desk = Desk::new()?;
    let Desk { engine, main, .. } = &desk;
    refuses! { desk, WrongKind, "main mixer"; engine.detach(main); }
    refuses! { desk, WrongKind, "output"; engine.detach(&engine.output()); }
    Ok(())
}
