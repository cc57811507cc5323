use perbus::{AnyNode, Engine, Error, Format, MAX_VOLUME};
use perbus_conformance::foreign::{self, ForeignEngine, Object};

use crate::common::TOLERANCE;
use crate::{mixer, node, Program};

fn near(heard: [f32; 2], expected: [f32; 2]) {
    let close = heard
        .iter()
        .zip(expected)
        .all(|(a, b)| (a - b).abs() <= TOLERANCE);
    assert!(close, "{heard:?} instead of {expected:?}");
}

#[test]
fn buses_of_a_programs_engine_have_strips() -> perbus::Result<()> {
    let program = Program::new();
    assert!(foreign::set(
        program.half.pointer(),
        program.main,
        3,
        0.5,
        -1.0
    ));
    let engine = program.adopt()?;
    assert!(engine.audit()?.is_empty());
    let main = mixer(&engine, program.main)?;

    // The connections' values are the strips' first ones.
    assert_eq!((main.bus(3)?.volume(), main.bus(3)?.pan()), (0.5, -1.0));
    assert_eq!((main.bus(5)?.volume(), main.bus(5)?.pan()), (1.0, 0.0));
    near(program.hear(), [0.5, 0.25]);

    main.bus(3)?.set_volume(0.25)?;
    main.bus(3)?.set_pan(1.0)?;
    // The strip behind the equalizer controls the sub-mixer.
    main.bus(5)?.set_volume(2.0)?;
    near(program.hear(), [0.5, 0.5 + 0.125]);
    let sub = program.sub.pointer();
    assert_eq!(foreign::get(sub, program.main, 5), Some((2.0, 0.0)));
    main.bus(5)?.set_muted(true)?;
    near(program.hear(), [0.0, 0.125]);
    main.bus(3)?.set_soloed(true)?;
    main.bus(5)?.set_muted(false)?;
    near(program.hear(), [0.0, 0.125]);
    Ok(())
}

#[test]
fn what_is_asked_of_it_by_number_and_by_source() -> perbus::Result<()> {
    let program = Program::new();
    let engine = program.adopt()?;
    let main = engine.main_mixer();
    let half = node(&engine, program.half.pointer())?;
    assert_eq!(main.native(), program.main);
    assert_eq!(engine.source_of(&main, 3)?, Some((half.id(), 0)));
    assert_eq!(main.bus(3)?.source()?, Some(half.clone()));
    assert!(matches!(half, AnyNode::Source(_)));
    let output = engine.output();
    assert_eq!(engine.source_of(&output, 0)?, Some((main.id(), 0)));
    // Source, sub-mixer, equalizer, source; main mixer and output.
    assert_eq!(engine.nodes()?.len(), 6);
    assert_eq!(engine.max_frames(), Some(512));
    assert_eq!(engine.format(), Format::new(48_000.0, 2)?);
    let (mut left, mut right) = ([0.0; 512], [0.0; 512]);
    engine.render(&mut [&mut left, &mut right])?;
    near([left[511], right[511]], [0.75, 0.75]);
    Ok(())
}

#[test]
fn both_sides_connect_nodes() -> perbus::Result<()> {
    let program = Program::new();
    let engine = program.adopt()?;
    let main = mixer(&engine, program.main)?;
    let made = engine.create_source(engine.format(), |block| {
        block.channel_mut(0).fill(0.125);
        block.channel_mut(1).fill(0.125);
    })?;
    engine.connect(&made, &main, 0, 0)?;
    main.bus(0)?.set_volume(2.0)?;
    // The program's source moves, and takes on the strip there.
    let half = node(&engine, program.half.pointer())?;
    main.bus(1)?.set_volume(0.5)?;
    engine.connect(&half, &main, 0, 1)?;
    near(program.hear(), [0.25 + 0.25 + 0.25; 2]);
    assert_eq!(
        foreign::get(program.half.pointer(), program.main, 1),
        Some((0.5, 0.0))
    );
    assert_eq!(program.engine.feeding(program.main, 3), None);
    engine.detach(&half)?;
    near(program.hear(), [0.5; 2]);
    assert!(engine.audit()?.is_empty());
    // A mixer of an adopted engine has the buses that it has, until more are reserved.
    let past = engine.inspect(&main)?.inputs.len() as u32;
    engine.attach(&half)?;
    let refused = engine.connect(&half, &main, 0, past);
    let Err(Error::OutOfRange(reason)) = refused else {
        panic!("{refused:?}");
    };
    assert!(
        reason.contains(&format!("bus {past}: the mixer has {past}")),
        "{reason}"
    );
    assert_eq!(engine.inspect(&main)?.inputs.len() as u32, past);
    main.reserve(past + 1)?;
    engine.connect(&half, &main, 0, past)?;
    near(program.hear(), [1.0; 2]);
    Ok(())
}

#[test]
fn dropping_it_leaves_everything_as_it_is() -> perbus::Result<()> {
    let program = Program::new();
    let nodes = program.engine.attached();
    let engine = program.adopt()?;
    let main = mixer(&engine, program.main)?;
    main.bus(3)?.set_volume(0.5)?;
    main.bus(5)?.set_muted(true)?;
    main.set_output_volume(0.5)?;
    drop((engine, main));
    assert!(program.engine.is_running());
    assert_eq!(program.engine.attached(), nodes);
    assert_eq!(foreign::output_volume(program.main), 0.5);
    near(program.hear(), [0.125; 2]);
    // Adopted again, what it has is where the strips begin.
    let again = program.adopt()?;
    let main = mixer(&again, program.main)?;
    assert_eq!((main.bus(3)?.volume(), main.bus(5)?.volume()), (0.5, 0.0));
    assert!(!main.bus(5)?.is_muted());
    assert_eq!(main.output_volume()?, 0.5);
    Ok(())
}

#[test]
fn the_program_may_release_it_first() -> perbus::Result<()> {
    let program = Program::new();
    let engine = program.adopt()?;
    let main = mixer(&engine, program.main)?;
    drop(program);
    main.bus(3)?.set_volume(0.5)?;
    let (mut left, mut right) = ([0.0; 512], [0.0; 512]);
    for _ in 0..2 {
        engine.render(&mut [&mut left, &mut right])?;
    }
    near([left[511], right[511]], [0.5; 2]);
    engine.sync()?;
    assert_eq!(engine.nodes()?.len(), 6);
    assert!(engine.audit()?.is_empty());
    Ok(())
}

#[test]
fn one_engine_and_one_node_are_one_however_often_they_are_adopted() -> perbus::Result<()> {
    let program = Program::new();
    let (one, two) = (program.adopt()?, program.adopt()?);
    assert_eq!(one, two);
    assert_eq!(one.native(), program.engine.pointer());
    let object = program.half.pointer();
    let (first, second) = (node(&one, object)?, node(&two, object)?);
    assert_eq!((first.id(), first.native()), (second.id(), object));
    assert_eq!(first, second);

    // Also one that the engine did not have, and one that it has lost meanwhile.
    let late = Object::source(0.5);
    let first = node(&one, late.pointer())?;
    assert!(first.is_attached() && node(&one, late.pointer())? == first);
    assert!(program.engine.detach(late.pointer()));
    one.sync()?;
    assert!(!first.is_attached());
    assert!(program.engine.attach(late.pointer()));
    one.sync()?;
    assert!(first.is_attached() && node(&one, late.pointer())? == first);

    // And an engine of our own.
    let own = Engine::offline(Format::new(48_000.0, 2)?, 64)?;
    // SAFETY: the engine lives, and nothing else calls it.
    assert_eq!(unsafe { Engine::from_native(own.native()) }?, own);
    Ok(())
}

#[test]
fn objects_of_another_class_are_refused() -> perbus::Result<()> {
    let (plain, program) = (Object::plain(), Program::new());
    // SAFETY: these are objects.
    let as_engine = |object| unsafe { Engine::from_native(object) };
    for object in [plain.pointer(), program.main] {
        let refused = as_engine(object);
        assert!(matches!(refused, Err(Error::WrongKind(_))), "{refused:?}");
    }
    let engine = program.adopt()?;
    let nodes = program.engine.attached();
    for object in [plain.pointer(), program.engine.pointer()] {
        let refused = node(&engine, object);
        assert!(matches!(refused, Err(Error::WrongKind(_))), "{refused:?}");
    }
    let other = Program::new();
    let refused = node(&engine, other.half.pointer());
    assert!(matches!(refused, Err(Error::WrongEngine(_))), "{refused:?}");
    assert_eq!(
        (program.engine.attached(), engine.nodes()?.len()),
        (nodes, nodes)
    );
    Ok(())
}

#[test]
fn nodes_of_nobody_are_found_and_can_be_removed() -> perbus::Result<()> {
    let program = ForeignEngine::offline(512);
    let main = program.main_mixer();
    for bus in 0..3 {
        let source = Object::source(0.25);
        assert!(program.attach(source.pointer()) && program.connect(source.pointer(), main, bus));
    }
    assert!(program.attach(Object::source(0.25).pointer()) && program.start());
    // SAFETY: the engine lives, and nothing else calls it.
    let engine = unsafe { Engine::from_native(program.pointer()) }?;
    for bus in 0..3 {
        mixer(&engine, main)?.bus(bus)?.set_volume(0.5)?;
    }
    let _ = program.hear(512);
    near(program.hear(512), [0.375; 2]);
    let sources = engine.nodes()?.into_iter();
    let sources: Vec<_> = sources
        .filter(|it| matches!(it, AnyNode::Source(_)))
        .collect();
    assert_eq!(sources.len(), 4);
    for source in &sources {
        engine.detach(source)?;
    }
    assert_eq!(program.attached(), 2);
    assert!(engine.audit()?.is_empty());
    Ok(())
}

#[test]
fn a_node_that_perbus_knows_nothing_of_has_a_strip_all_the_same() -> perbus::Result<()> {
    let (program, player) = (Program::new(), Object::player());
    let engine = program.adopt()?;
    let main = mixer(&engine, program.main)?;
    let known = node(&engine, player.pointer())?;
    assert!(matches!(known, AnyNode::Other(_)));
    assert!(
        known.id().to_string().starts_with("other "),
        "{}",
        known.id()
    );
    engine.connect(&known, &main, 0, 0)?;
    main.bus(0)?.set_volume(0.5)?;
    assert_eq!(
        foreign::get(player.pointer(), program.main, 0),
        Some((0.5, 0.0))
    );
    assert_eq!(engine.nodes()?.len(), 7);
    engine.detach(&known)?;
    assert!(!known.is_attached());
    Ok(())
}

#[test]
fn nothing_is_made_unless_somebody_asks() -> perbus::Result<()> {
    let program = ForeignEngine::live();
    // SAFETY: the engine lives, and nothing else calls it.
    let engine = unsafe { Engine::from_native(program.pointer()) }?;
    assert_eq!((engine.max_frames(), engine.format().channels()), (None, 2));
    assert!(engine.nodes()?.is_empty() && engine.audit()?.is_empty());
    engine.sync()?;
    assert!(!engine.is_running()?);
    let sub = engine.create_mixer()?;
    let source = engine.create_source(engine.format(), |_| {})?;
    engine.connect(&source, &sub, 0, 0)?;
    sub.bus(0)?.set_volume(MAX_VOLUME)?;
    engine.detach(&source)?;
    assert_eq!(program.attached(), 1);
    // Asking creates the main mixer, and the output that it feeds.
    let main = engine.main_mixer();
    assert_eq!(program.attached(), 3);
    assert_eq!(engine.source_of(&engine.output(), 0)?, Some((main.id(), 0)));
    assert_eq!(engine.main_mixer(), main);
    assert!(engine.audit()?.is_empty());
    Ok(())
}
