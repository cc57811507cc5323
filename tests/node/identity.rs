//! The nodes of an engine: found, named and detached without a handle; handles that are equal.

use std::collections::HashSet;

use crate::common::{assert_audited, constant, format, play_constant, render_mono, running};
use perbus::{AnyNode, Engine, Error, Node, NodeId, Result};
use proptest::prelude::*;

fn ids(engine: &Engine) -> HashSet<NodeId> {
    engine.nodes().unwrap().iter().map(Node::id).collect()
}

#[test]
fn a_node_whose_last_handle_is_dropped_sounds_on_and_can_be_detached() -> Result<()> {
    let engine = running(1);
    let main = engine.main_mixer();
    let (player, source) = (engine.create_player()?, constant(&engine, &[0.25]));
    engine.connect(&player, &main, 0, 0)?;
    engine.connect(&source, &main, 0, 1)?;
    play_constant(&player, &[0.5])?;
    let (player_id, source_id) = (player.id(), source.id());
    drop((player, source));
    assert_eq!(render_mono(&engine, 64), [0.75; 64]);

    let found = engine.node(player_id)?.expect("it is attached");
    let AnyNode::Player(player) = &found else {
        panic!("{found:?}");
    };
    assert!(player.is_playing()?);
    assert_eq!(player.id(), player_id);
    engine.detach(&found)?;
    engine.detach_id(source_id)?;
    assert_eq!(render_mono(&engine, 64), [0.0; 64]);
    assert_audited(&engine);
    for id in [player_id, source_id] {
        let error = engine.detach_id(id).unwrap_err();
        assert!(matches!(error, Error::NotAttached(_)), "{error:?}");
        assert!(error.to_string().contains(&id.to_string()), "{error}");
    }
    for node in [main.id(), engine.output().id()] {
        assert!(matches!(engine.detach_id(node), Err(Error::WrongKind(_))));
    }
    Ok(())
}

#[test]
fn every_kind_is_found_as_what_it_is() -> Result<()> {
    let engine = Engine::offline(format(1), 64)?;
    let (main, output) = (engine.main_mixer(), engine.output());
    let mixer = engine.create_mixer()?;
    let player = engine.create_player()?;
    let source = constant(&engine, &[0.5]);
    let equalizer = engine.create_equalizer(1)?;
    let matrix = engine.create_matrix(1, 1)?;
    let found = engine.nodes()?;
    assert_eq!(
        found,
        [
            AnyNode::Mixer(main),
            AnyNode::Output(output),
            AnyNode::Mixer(mixer),
            AnyNode::Player(player),
            AnyNode::Source(source),
            AnyNode::Equalizer(equalizer),
            AnyNode::Matrix(matrix),
        ]
    );
    for node in &found {
        assert_eq!(engine.node(node.id())?.as_ref(), Some(node));
        assert!(Engine::offline(format(1), 64)?.node(node.id())?.is_none());
    }
    Ok(())
}

// The value that a handle is hashed by does not change.
#[allow(clippy::mutable_key_type)]
#[test]
fn handles_are_equal_by_what_they_stand_for() -> Result<()> {
    let (engine, other) = (running(1), running(1));
    assert_eq!(engine, engine.clone());
    assert_ne!(engine, other);
    assert_eq!(engine.main_mixer(), engine.main_mixer());
    assert_ne!(engine.main_mixer(), other.main_mixer());
    let (one, two) = (engine.create_player()?, engine.create_player()?);
    assert_ne!(one, two);
    let set = HashSet::from([one.clone(), two.clone(), one.clone()]);
    assert_eq!(set.len(), 2);
    let main = engine.main_mixer();
    assert_eq!(main.bus(3)?, engine.main_mixer().bus(3)?);
    assert_ne!(main.bus(3)?, main.bus(4)?);
    assert_ne!(main.bus(3)?, engine.create_mixer()?.bus(3)?);
    assert_eq!(HashSet::from([main.bus(3)?, main.bus(3)?]).len(), 1);
    let numbers: Vec<u32> = main.buses().map(|bus| bus.number()).collect();
    assert_eq!(numbers, [3, 4]);
    assert!(main
        .buses()
        .all(|bus| bus == main.bus(bus.number()).unwrap()));
    Ok(())
}

/// Nodes of different kinds in one list, as in a patch bay.
#[test]
fn any_handle_can_be_connected() -> Result<()> {
    let engine = running(1);
    let main = engine.main_mixer();
    let (source, equalizer) = (constant(&engine, &[0.25]), engine.create_equalizer(1)?);
    let chain: [&dyn Node; 3] = [&source, &equalizer, &main];
    for pair in chain.windows(2) {
        engine.connect(pair[0], pair[1], 0, 0)?;
    }
    assert_eq!(engine.source_of(chain[2], 0)?, Some((equalizer.id(), 0)));
    let boxed: Vec<Box<dyn Node>> = vec![Box::new(constant(&engine, &[0.5])), Box::new(main)];
    engine.connect(&boxed[0], &boxed[1], 0, 1)?;
    assert_eq!(render_mono(&engine, 64), [0.75; 64]);
    engine.inspect(&*boxed[0])?;
    engine.detach(&boxed[0])?;
    assert_eq!(render_mono(&engine, 64), [0.25; 64]);
    Ok(())
}

#[test]
fn names_are_the_same_everywhere() -> Result<()> {
    let engine = Engine::offline(format(1), 64)?;
    let main = engine.main_mixer();
    let player = engine.create_player()?;
    engine.connect(&player, &main, 0, 3)?;
    let name = player.id().to_string();
    assert_eq!(name, "player 2");
    assert_eq!(format!("{:?}", player.id()), name);
    assert_eq!(format!("{player:?}"), format!("Player({name})"));
    assert!(engine.to_dot().contains(&format!("\"{name}\"")));
    assert!(main.to_string().contains(&name));
    assert_eq!(engine.source_of(&main, 3)?.unwrap().0.to_string(), name);
    // A node keeps its number, and no other node gets it.
    engine.detach(&player)?;
    let next = engine.create_player()?;
    engine.attach(&player)?;
    assert_eq!(next.id().to_string(), "player 3");
    assert_eq!(player.id().to_string(), name);
    assert!(engine.to_dot().contains("\"player 3\"") && engine.to_dot().contains("\"player 2\""));
    // No handle prints the state of a lock.
    let bus = main.bus(3)?;
    bus.set_label("bass");
    let fade = bus.fade_to(
        0.5,
        std::time::Duration::from_secs(1),
        perbus::Curve::Linear,
    )?;
    let printed = format!("{bus:?}");
    assert_eq!(
        printed,
        "Bus { mixer: Mixer(mixer 0), number: 3, label: \"bass\", volume: 1.0, pan: 0.0, \
         muted: false, soloed: false, .. }"
    );
    let printed = format!("{fade:?} {player:?} {main:?}");
    assert!(
        printed.contains("running: true") && !printed.contains("Mutex"),
        "{printed}"
    );
    Ok(())
}

#[derive(Clone, Debug)]
enum Step {
    Create(u8),
    Drop(usize),
    Detach(usize),
    DetachId(usize),
    Attach(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..5u8).prop_map(Step::Create),
        3 => (0..99usize).prop_map(Step::Drop),
        2 => (0..99usize).prop_map(Step::Detach),
        2 => (0..99usize).prop_map(Step::DetachId),
        2 => (0..99usize).prop_map(Step::Attach),
    ]
}

fn make(engine: &Engine, kind: u8) -> AnyNode {
    match kind {
        0 => AnyNode::Mixer(engine.create_mixer().unwrap()),
        1 => AnyNode::Player(engine.create_player().unwrap()),
        2 => AnyNode::Source(constant(engine, &[0.5])),
        3 => AnyNode::Equalizer(engine.create_equalizer(1).unwrap()),
        _ => AnyNode::Matrix(engine.create_matrix(1, 1).unwrap()),
    }
}

proptest! {
    #![proptest_config(crate::common::model_config())]

    /// The list has what was attached and not detached, whatever handles exist.
    #[test]
    fn the_list_follows_a_plain_model(steps in prop::collection::vec(step(), 1..60)) {
        let engine = Engine::offline(format(1), 64).unwrap();
        let mut attached = ids(&engine);
        let mut held: Vec<AnyNode> = Vec::new();
        prop_assert_eq!(attached.len(), 2);
        for step in steps {
            let place = |place: usize| (!held.is_empty()).then(|| place % held.len());
            match step {
                Step::Create(kind) => {
                    held.push(make(&engine, kind));
                    attached.insert(held.last().unwrap().id());
                }
                Step::Drop(at) => {
                    if let Some(at) = place(at) {
                        held.swap_remove(at);
                    }
                }
                Step::Detach(at) => {
                    if let Some(at) = place(at) {
                        let was = attached.remove(&held[at].id());
                        prop_assert_eq!(engine.detach(&held[at]).is_ok(), was);
                    }
                }
                Step::DetachId(at) => {
                    let mut all: Vec<_> = attached.iter().copied().collect();
                    all.sort_unstable_by_key(NodeId::to_string);
                    let id = all[at % all.len()];
                    match engine.detach_id(id) {
                        Ok(()) => { attached.remove(&id); }
                        Err(error) => prop_assert!(matches!(error, Error::WrongKind(_))),
                    }
                }
                Step::Attach(at) => {
                    if let Some(at) = place(at) {
                        engine.attach(&held[at]).unwrap();
                        attached.insert(held[at].id());
                    }
                }
            }
            prop_assert_eq!(&ids(&engine), &attached);
        }
    }
}
