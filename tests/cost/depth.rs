//! Chains of any length, on a thread with little stack: nothing recurses along a chain, and each
//! link costs the same, from whichever end the chain is built.

#[path = "../common/mod.rs"]
mod common;

use std::thread;

use common::*;
use perbus::{Engine, Node, Result};

const LENGTH: usize = 100_000;

/// On a stack that a few thousand nested calls would exhaust.
fn with_little_stack(test: fn() -> Result<()>) -> Result<()> {
    thread::Builder::new()
        .stack_size(512 * 1024)
        .spawn(test)
        .expect("a thread")
        .join()
        .expect("no panic")
}

/// Builds a chain of these nodes into the main mixer, from either end; looks at all of it, and drops
/// it with the engine.
fn build<N: Node>(make: fn(&Engine) -> Result<N>, upwards: bool) -> Result<()> {
    let engine = Engine::offline(format(1), 512)?;
    let (main, source) = (engine.main_mixer(), constant(&engine, &[0.5]));
    let chain = (0..LENGTH)
        .map(|_| make(&engine))
        .collect::<Result<Vec<N>>>()?;
    let join = |pair: &[N]| engine.connect(&pair[0], &pair[1], 0, 0);
    let last = &chain[LENGTH - 1];
    if upwards {
        engine.connect(last, &main, 0, 0)?;
        chain.windows(2).rev().try_for_each(join)?;
        engine.connect(&source, &chain[0], 0, 0)?;
    } else {
        engine.connect(&source, &chain[0], 0, 0)?;
        chain.windows(2).try_for_each(join)?;
        engine.connect(last, &main, 0, 0)?;
    }
    main.bus(0)?.set_volume(0.25)?;
    assert_eq!(engine.source_of(&main, 0)?, Some((last.id(), 0)));
    assert_audited(&engine);
    assert!(engine.to_dot().lines().count() > 2 * LENGTH);
    // The engine is dropped with the last handle, that of the mixer at the end of the chain.
    drop((engine, source, chain));
    drop(main);
    Ok(())
}

#[test]
fn a_long_chain_of_mixers_is_built_looked_at_and_dropped() -> Result<()> {
    with_little_stack(|| {
        build(Engine::create_mixer, false)?;
        build(Engine::create_mixer, true)
    })
}

#[test]
fn a_long_chain_of_effects_is_built_looked_at_and_dropped() -> Result<()> {
    with_little_stack(|| {
        build(|engine| engine.create_equalizer(1), false)?;
        build(|engine| engine.create_equalizer(1), true)
    })
}
