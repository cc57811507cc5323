//! What a recorder of a bus leaves in the graph: nothing, and nothing is seen of it meanwhile.

use std::time::Duration;

use perbus::{Curve, Engine, Node, NodeId, Result};

use super::*;

/// All that shows what an engine has.
fn views(engine: &Engine) -> Result<(String, String, Vec<NodeId>, String, String)> {
    let main = engine.main_mixer();
    let nodes = engine.nodes()?.iter().map(Node::id).collect();
    Ok((
        engine.to_dot(),
        main.to_string(),
        nodes,
        format!("{:?}", engine.snapshot()),
        format!("{:?}", main.snapshot()),
    ))
}

#[test]
fn nothing_is_seen_of_it() -> Result<()> {
    let (_folder, path) = folder();
    let (engine, mixer) = noisy()?;
    let source = noise(&engine, 2, 2, true)?;
    mixer.bus(1)?.connect(&source)?;
    mixer.reserve(8)?;
    let before = views(&engine)?;
    let audit = engine.audit()?.len();
    let recorder = mixer.bus(1)?.record(&path, &wav(2))?;
    assert_eq!(views(&engine)?, before);
    assert_eq!(engine.audit()?.len(), audit);
    assert_eq!(engine.destinations_of(&source, 0)?, [(mixer.id(), 1)]);
    assert_eq!(
        (engine.source_of(&mixer, 2)?, mixer.bus(2)?.source()?),
        (None, None)
    );
    let before = views(&engine)?;
    render(&engine, 1_000);
    recorder.stop()?;
    assert_eq!(views(&engine)?, before);
    assert!(engine.audit()?.is_empty());
    assert_eq!(mixer.next_bus()?, 2);
    // The names of nodes go on as if it had not been.
    assert_eq!(engine.create_mixer()?.id().to_string(), "mixer 4");
    Ok(())
}

/// A scene of the time before is recalled meanwhile, and one of that time after it.
#[test]
fn scenes_do_not_know_it() -> Result<()> {
    let (_folder, path) = folder();
    let (engine, mixer) = noisy()?;
    let bus = mixer.bus(0)?;
    let before = engine.snapshot();
    let recorder = bus.record(&path, &wav(2))?;
    bus.set_volume(0.5)?;
    let meanwhile = engine.snapshot();
    render(&engine, 1_000);
    engine.apply(&before)?;
    let loud = render(&engine, 2_000);
    recorder.stop()?;
    engine.apply(&meanwhile)?;
    assert_eq!(bus.volume(), 0.5);
    let found = read(&path);
    assert_eq!(found[0][1_600..3_000], loud[0][600..]);
    Ok(())
}

/// What is connected to the bus that the hidden mixer has gets it.
#[test]
fn it_gives_way_to_others() -> Result<()> {
    let (_folder, path) = folder();
    let (engine, mixer) = noisy()?;
    let bus = mixer.bus(0)?;
    let recorder = bus.record(&path, &wav(2))?;
    assert_eq!(mixer.next_bus()?, 2);
    let mut expected = render(&engine, 1_000);
    let quiet = noise(&engine, 2, 9, false)?;
    mixer.bus(1)?.connect(&quiet)?;
    assert_eq!(mixer.bus(1)?.source()?.map(|it| it.id()), Some(quiet.id()));
    let next = render(&engine, 5_000);
    expected
        .iter_mut()
        .zip(next)
        .for_each(|(all, next)| all.extend(next));
    assert!(engine.audit()?.is_empty());
    recorder.stop()?;
    assert_same(&read(&path), &expected);
    assert_eq!(mixer.next_bus()?, 2);
    Ok(())
}

/// Edits of all kinds while a bus is recorded; its recorder is dropped in the middle of a fade.
#[test]
fn edits_leave_the_map_right() -> Result<()> {
    let (_folder, path) = folder();
    let engine = running(2);
    let (main, inner) = (engine.main_mixer(), engine.create_mixer()?);
    main.bus(0)?.connect(&inner)?;
    let sources = [1, 2].map(|seed| noise(&engine, 2, seed, true));
    let [first, second] = sources;
    let (first, second) = (first?, second?);
    let bus = inner.bus(3)?;
    let recorder = bus.record(&path, &wav(2))?;
    let check = || {
        assert!(engine.audit().expect("an audit").is_empty());
        render(&engine, 700);
    };
    bus.connect(&first)?;
    check();
    engine.connect(&first, &inner, 0, 0)?;
    check();
    engine.connect_many(&first, 0, &[(&inner, 3), (&main, 5)], format(2))?;
    check();
    engine.add_destination(&second, &main, 0, 6)?;
    bus.connect(&second)?;
    check();
    engine.disconnect_output(&second, 0)?;
    check();
    bus.connect(&first)?;
    engine.detach(&first)?;
    check();
    engine.attach(&first)?;
    bus.connect(&first)?;
    engine.detach(&inner)?;
    check();
    engine.attach(&inner)?;
    main.bus(0)?.connect(&inner)?;
    bus.connect(&second)?;
    check();
    bus.fade_to(0.0, Duration::from_millis(500), Curve::Linear)?;
    check();
    drop(recorder);
    assert!(path.exists());
    check();
    assert_eq!(engine.nodes()?.len(), 5);
    let end = render(&engine, 24_000);
    assert_eq!(end[0][23_999], 0.0);
    Ok(())
}
