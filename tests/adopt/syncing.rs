use std::time::Duration;

use perbus::{Curve, Error, MAX_VOLUME};
use perbus_conformance::foreign::{self, Object};

use crate::{mixer, node, Program};

#[test]
fn a_new_connection_gives_its_values_to_a_bus_that_nothing_is_known_of() -> perbus::Result<()> {
    let program = Program::new();
    let engine = program.adopt()?;
    let main = mixer(&engine, program.main)?;
    let new = Object::source(0.125);
    assert!(program.engine.attach(new.pointer()));
    assert!(program.engine.connect(new.pointer(), program.main, 0));
    assert!(foreign::set(new.pointer(), program.main, 0, 0.75, 0.5));
    let [found] = engine.audit()?.try_into().expect("one bus differs");
    assert_eq!((found.node, found.bus, found.tracked), (main.id(), 0, None));
    engine.sync()?;
    assert!(engine.audit()?.is_empty());
    assert_eq!((main.bus(0)?.volume(), main.bus(0)?.pan()), (0.75, 0.5));
    let id = node(&engine, new.pointer())?.id();
    assert_eq!(engine.source_of(&main, 0)?, Some((id, 0)));
    assert_eq!(
        foreign::get(new.pointer(), program.main, 0),
        Some((0.75, 0.5))
    );
    Ok(())
}

#[test]
fn a_new_source_on_a_known_bus_takes_on_the_strip() -> perbus::Result<()> {
    let program = Program::new();
    let engine = program.adopt()?;
    let main = mixer(&engine, program.main)?;
    main.bus(3)?.set_volume(0.5)?;
    main.bus(3)?.set_pan(-0.5)?;
    main.bus(0)?.set_muted(true)?;
    let (one, two) = (Object::source(0.125), Object::source(0.125));
    for (source, bus) in [(&one, 3), (&two, 0)] {
        assert!(program.engine.attach(source.pointer()));
        assert!(program.engine.connect(source.pointer(), program.main, bus));
        assert!(foreign::set(
            source.pointer(),
            program.main,
            bus,
            0.75,
            0.25
        ));
    }
    assert_eq!(engine.audit()?.len(), 2);
    engine.sync()?;
    assert_eq!(
        foreign::get(one.pointer(), program.main, 3),
        Some((0.5, -0.5))
    );
    // Nothing was connected to bus 0 before, but its strip was muted.
    assert_eq!(
        foreign::get(two.pointer(), program.main, 0),
        Some((0.0, 0.0))
    );
    assert_eq!((main.bus(0)?.volume(), main.bus(0)?.pan()), (1.0, 0.0));
    // Where the moved source was, the strip is kept for the next one.
    assert!(program.engine.connect(one.pointer(), program.main, 6));
    engine.sync()?;
    assert_eq!((main.bus(3)?.volume(), main.bus(6)?.volume()), (0.5, 1.0));
    assert!(engine.audit()?.is_empty());
    Ok(())
}

#[test]
fn later_only_other_values_than_those_that_were_sent_are_taken_over() -> perbus::Result<()> {
    let program = Program::new();
    let engine = program.adopt()?;
    let main = mixer(&engine, program.main)?;
    let half = program.half.pointer();
    let is = |volume, pan| assert_eq!(foreign::get(half, program.main, 3), Some((volume, pan)));
    main.bus(3)?.set_volume(0.5)?;
    engine.sync()?;
    assert_eq!(main.bus(3)?.volume(), 0.5);

    // The silence of a muted strip is no fader at 0.
    main.bus(3)?.set_muted(true)?;
    engine.sync()?;
    assert_eq!(main.bus(3)?.volume(), 0.5);
    is(0.0, 0.0);

    // Another value is the fader's, and the strip stays muted.
    assert!(foreign::set(half, program.main, 3, 0.75, 0.25));
    let [found] = engine.audit()?.try_into().expect("one bus differs");
    assert_eq!((found.volume, found.pan), (Some(0.75), Some(0.25)));
    assert_eq!(found.tracked, found.engine);
    engine.sync()?;
    assert!(engine.audit()?.is_empty());
    assert_eq!((main.bus(3)?.volume(), main.bus(3)?.pan()), (0.75, 0.25));
    assert!(main.bus(3)?.is_muted());
    is(0.0, 0.25);
    main.bus(3)?.set_muted(false)?;
    is(0.75, 0.25);

    // Of a mixer's sum likewise.
    main.set_output_volume(0.5)?;
    foreign::set_output_volume(program.main, 0.25);
    engine.sync()?;
    assert_eq!(main.output_volume()?, 0.25);
    Ok(())
}

#[test]
fn values_out_of_range_become_the_nearest_ones() -> perbus::Result<()> {
    let program = Program::new();
    let engine = program.adopt()?;
    let main = mixer(&engine, program.main)?;
    assert!(foreign::set(
        program.half.pointer(),
        program.main,
        3,
        100.0,
        -7.0
    ));
    engine.sync()?;
    let (volume, pan) = (main.bus(3)?.volume(), main.bus(3)?.pan());
    assert!(volume <= MAX_VOLUME && pan >= -1.0, "{volume} {pan}");
    let set = foreign::get(program.half.pointer(), program.main, 3);
    assert_eq!(set, Some((volume, pan)));
    assert!(engine.audit()?.is_empty());
    Ok(())
}

#[test]
fn what_fades_is_left_to_its_fade() -> perbus::Result<()> {
    let program = Program::new();
    let engine = program.adopt()?;
    let bus = mixer(&engine, program.main)?.bus(3)?;
    bus.fade_to(0.0, Duration::from_millis(100), Curve::Linear)?;
    let _ = program.hear();
    assert!(engine.audit()?.is_empty());
    engine.sync()?;
    let volume = bus.volume();
    assert!(volume > 0.0 && volume < 1.0, "{volume}");
    for _ in 0..10 {
        let _ = program.hear();
    }
    engine.sync()?;
    assert!(engine.audit()?.is_empty());
    assert_eq!(bus.volume(), 0.0);
    Ok(())
}

#[test]
fn nodes_that_have_gone_are_detached_for_their_handles() -> perbus::Result<()> {
    let program = Program::new();
    let engine = program.adopt()?;
    let main = mixer(&engine, program.main)?;
    let sub = mixer(&engine, program.sub.pointer())?;
    sub.bus(0)?.set_volume(0.5)?;
    main.bus(5)?.set_volume(0.25)?;
    assert!(program.engine.detach(program.sub.pointer()));
    // Whatever is called before the sync is refused, and does no harm.
    assert!(main.bus(5)?.set_volume(0.75).is_err());
    assert!(engine.connect(&sub, &main, 0, 0).is_err());
    assert!(!engine.audit()?.is_empty());
    engine.sync()?;
    assert!(engine.audit()?.is_empty() && !sub.is_attached());
    assert!(matches!(
        sub.bus(0)?.set_volume(1.0),
        Err(Error::NotAttached(_))
    ));
    // Back again, it is the same mixer with the same strips.
    assert!(program.engine.attach(program.sub.pointer()));
    assert!(program
        .engine
        .connect(program.sub.pointer(), program.main, 5));
    assert!(program
        .engine
        .connect(program.quarter.pointer(), program.sub.pointer(), 0));
    engine.sync()?;
    assert!(sub.is_attached() && engine.audit()?.is_empty());
    let quarter = program.quarter.pointer();
    assert_eq!(
        foreign::get(quarter, program.sub.pointer(), 0),
        Some((0.5, 0.0))
    );
    assert_eq!(
        foreign::get(program.sub.pointer(), program.main, 5),
        Some((0.25, 0.0))
    );
    Ok(())
}

#[test]
fn a_source_on_two_buses_and_edits_in_a_batch() -> perbus::Result<()> {
    let program = Program::new();
    let engine = program.adopt()?;
    let main = mixer(&engine, program.main)?;
    engine.batch(|| {
        assert!(program
            .engine
            .connect_two(program.half.pointer(), program.main, 3, 4));
        engine.sync()
    })?;
    assert!(engine.audit()?.is_empty());
    main.bus(3)?.set_volume(0.0)?;
    main.bus(4)?.set_volume(0.5)?;
    main.bus(5)?.set_volume(0.0)?;
    let heard = program.hear();
    assert!(
        (heard[0] - 0.25).abs() <= crate::common::TOLERANCE,
        "{heard:?}"
    );
    Ok(())
}

#[test]
fn solo_holds_for_what_the_program_connects() -> perbus::Result<()> {
    let program = Program::new();
    let engine = program.adopt()?;
    let main = mixer(&engine, program.main)?;
    main.bus(3)?.set_soloed(true)?;
    let new = Object::source(0.125);
    assert!(program.engine.attach(new.pointer()));
    assert!(program.engine.connect(new.pointer(), program.main, 0));
    assert!(foreign::set(new.pointer(), program.main, 0, 0.5, 0.0));
    engine.sync()?;
    assert_eq!(
        foreign::get(new.pointer(), program.main, 0),
        Some((0.0, 0.0))
    );
    main.bus(3)?.set_soloed(false)?;
    assert_eq!(
        foreign::get(new.pointer(), program.main, 0),
        Some((0.5, 0.0))
    );
    Ok(())
}
