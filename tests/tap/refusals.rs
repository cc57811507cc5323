use std::sync::Arc;

use perbus::{Error, Node, Result, Tap};

use crate::common::*;

/// The closure is dropped with a refusal.
fn refused(node: &impl Node, bus: u32, frames: u32) -> String {
    let token = Arc::new(());
    let held = Arc::clone(&token);
    let result: Result<Tap> = node.tap_bus(bus, frames, move |_| drop(Arc::clone(&held)));
    assert_eq!(Arc::strong_count(&token), 1);
    result.expect_err("a refusal").to_string()
}

#[test]
fn refusals_name_the_value_and_the_limit() -> Result<()> {
    let engine = running(2);
    let main = engine.main_mixer();
    assert!(refused(&main, 0, 0).contains("0 frames are not in 1 to 1048576"));
    assert!(refused(&main, 0, 1_048_577).contains("1048577 frames are not in 1 to 1048576"));
    assert!(refused(&main, 1, 4800).contains("output bus 1"));
    let tap = main.tap(4800, |_| {})?;
    assert!(refused(&main, 0, 4800).contains("output bus 0 has a tap already"));
    drop(tap);
    main.tap(4800, |_| {})?;

    let player = engine.create_player()?;
    engine.detach(&player)?;
    assert!(matches!(
        player.tap(4800, |_| {}),
        Err(Error::NotAttached(_))
    ));
    Ok(())
}
