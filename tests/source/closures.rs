//! When the closure of a source is dropped, and the effect of its panics.

use std::sync::Arc;

use perbus::Result;

use crate::common::*;

#[test]
fn a_sources_closure_goes_with_its_node() -> Result<()> {
    let engine = running(2);
    let token = Arc::new(());
    let source = holding_source(&engine, &token)?;
    engine.connect(&source, &engine.main_mixer(), 0, 0)?;
    assert_heard(&engine, &[1.0, 1.0]);
    engine.detach(&source)?;
    assert_eq!(
        Arc::strong_count(&token),
        2,
        "the handle still owns the node"
    );
    drop(source);
    assert_dropped(&token);
    assert_heard(&engine, &[0.0, 0.0]);
    Ok(())
}

#[test]
fn a_format_that_a_source_cannot_have_drops_its_closure() -> Result<()> {
    let engine = running(2);
    let token = Arc::new(());
    let source = holding_source(&engine, &token)?;
    let slow = perbus::Format::new(187.0, 2)?;
    let main = engine.main_mixer();
    assert!(engine
        .connect_with_format(&source, &main, 0, 0, slow)
        .is_err());
    engine.detach(&source)?;
    drop(source);
    assert_dropped(&token);
    Ok(())
}

#[test]
fn a_source_that_panics_is_silent_from_then_on() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer();
    let token = Arc::new(());
    let held = Arc::clone(&token);
    let mut calls = 0;
    let source = engine.create_source(format(2), move |block| {
        calls += 1;
        for channel in 0..2 {
            block
                .channel_mut(channel)
                .fill(Arc::strong_count(&held).min(1) as f32);
        }
        assert_ne!(calls, 2, "on purpose");
    })?;
    engine.connect(&source, &mixer, 0, 0)?;
    engine.connect(&constant(&engine, &[0.25, 0.25]), &mixer, 0, 1)?;
    assert_constant(&render(&engine, 100)[0], 1.25);
    for _ in 0..3 {
        assert_constant(&render(&engine, 100)[0], 0.25);
    }
    engine.detach(&source)?;
    drop(source);
    assert_dropped(&token);
    Ok(())
}
