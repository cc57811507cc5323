//! Connecting by the bus itself, and to the next free one.

use std::collections::HashSet;

use perbus::{AnyNode, Error, Node, Result};

use crate::common::*;

#[test]
fn a_bus_takes_any_node_in_its_own_format() -> Result<()> {
    let engine = running(2);
    let main = engine.main_mixer();
    // A mono source, which a mixer spreads to both sides; and behind `dyn`.
    let (mono, stereo) = (constant(&engine, &[0.5]), constant(&engine, &[0.25, 0.125]));
    let nodes: [Box<dyn Node>; 2] = [Box::new(mono.clone()), Box::new(stereo)];
    for (bus, node) in main.bus(3).into_iter().chain(main.bus(5)).zip(&nodes) {
        bus.connect(node)?;
        assert!(bus.is_connected());
    }
    assert_heard(&engine, &[0.75, 0.625]);
    assert_eq!(main.bus(3)?.source()?, Some(AnyNode::Source(mono.clone())));
    // A source moves, and a strip keeps its values.
    main.bus(4)?.set_volume(0.5)?;
    main.bus(4)?.connect(&*nodes[0])?;
    assert_eq!(main.bus(3)?.source()?, None);
    assert_heard(&engine, &[0.5, 0.375]);
    main.bus(4)?.disconnect()?;
    main.bus(4)?.disconnect()?;
    assert_heard(&engine, &[0.25, 0.125]);
    main.bus(4)?.connect_with_format(&mono, format(1))?;
    assert_heard(&engine, &[0.5, 0.375]);
    assert_audited(&engine);
    Ok(())
}

/// What everybody meets first: a mono sound on a stereo engine.
#[test]
fn a_mono_sound_finds_its_way() -> Result<()> {
    let engine = running(2);
    let main = engine.main_mixer();
    let mono = constant_buffer(&[0.5], 4_000);
    let plain = engine.create_player()?;
    let bus = main.connect_next(&plain)?;
    let error = plain.schedule(&mono).unwrap_err().to_string();
    assert!(
        error.contains("1 channel") && error.contains("2 channels"),
        "{error}"
    );
    assert!(
        error.contains("create the player with the buffer's format"),
        "{error}"
    );
    // Either of the two ways out that the message names.
    bus.connect_with_format(&plain, mono.format())?;
    let made_for_it = engine.create_player_for(&mono)?;
    main.connect_next(&made_for_it)?;
    for player in [&plain, &made_for_it] {
        player.schedule(&mono)?;
        player.play()?;
    }
    assert_heard_at_once(&engine, &[1.0, 1.0]);
    Ok(())
}

#[test]
fn the_next_bus_is_the_lowest_free_one() -> Result<()> {
    let engine = running(1);
    let main = engine.main_mixer();
    main.bus(1)?.connect(&constant(&engine, &[0.5]))?;
    main.bus(2)?.set_volume(0.5)?;
    let sources = [0.1, 0.2, 0.4].map(|value| constant(&engine, &[value]));
    let buses = sources.each_ref().map(|source| main.connect_next(source));
    let numbers = buses.map(|bus| bus.map(|bus| bus.number()));
    assert_eq!(numbers.map(Result::unwrap), [0, 2, 3]);
    assert_heard(&engine, &[0.1 + 0.5 + 0.1 + 0.4]);
    // A node of another engine, a mixer into itself: refused, and the bus is as free as before.
    let foreign = running(1).create_player()?;
    let error = main.connect_next(&foreign).unwrap_err();
    assert!(matches!(error, Error::WrongEngine(_)), "{error:?}");
    assert!(
        error.to_string().contains(&foreign.id().to_string()),
        "{error}"
    );
    let error = main.connect_next(&main).unwrap_err();
    assert!(matches!(error, Error::Cycle(_)), "{error:?}");
    assert_eq!(main.next_bus()?, 4);
    let group = engine.create_mixer()?;
    engine.detach(&group)?;
    let error = group.connect_next(&sources[0]).unwrap_err();
    assert!(matches!(error, Error::NotAttached(_)), "{error:?}");
    assert!(
        error.to_string().contains(&group.id().to_string()),
        "{error}"
    );
    Ok(())
}

#[test]
fn threads_get_different_buses() -> Result<()> {
    const EACH: usize = 50;
    let engine = running(1);
    let group = engine.create_mixer()?;
    let connect = || {
        let one = || {
            group
                .connect_next(&engine.create_player().unwrap())
                .unwrap()
        };
        (0..EACH).map(|_| one().number()).collect::<Vec<_>>()
    };
    let buses: HashSet<u32> = std::thread::scope(|scope| {
        let threads = [(); 4].map(|()| scope.spawn(connect));
        threads
            .into_iter()
            .flat_map(|it| it.join().unwrap())
            .collect()
    });
    assert_eq!(buses, (0..4 * EACH as u32).collect());
    assert_audited(&engine);
    Ok(())
}
