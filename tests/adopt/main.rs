//! Engines that a program has made itself, with AVFAudio alone.

mod adopting;
#[path = "../common/mod.rs"]
mod common;
mod cost;
mod random;
#[cfg(feature = "files")]
mod recording;
mod syncing;
mod threads;

use std::ptr::NonNull;

use libc::c_void;
use perbus::{AnyNode, Engine, Mixer, Result};
use perbus_conformance::foreign::{ForeignEngine, Object};

/// A program's engine whose main mixer has a source on bus 3, and, through a sub-mixer and an
/// equalizer, another one on bus 5.
pub(crate) struct Program {
    pub(crate) engine: ForeignEngine,
    pub(crate) main: NonNull<c_void>,
    pub(crate) sub: Object,
    pub(crate) equalizer: Object,
    pub(crate) half: Object,
    pub(crate) quarter: Object,
}

impl Program {
    pub(crate) fn new() -> Self {
        let engine = ForeignEngine::offline(512);
        let program = Self {
            main: engine.main_mixer(),
            sub: Object::mixer(),
            equalizer: Object::equalizer(),
            half: Object::source(0.5),
            quarter: Object::source(0.25),
            engine,
        };
        let (engine, main) = (&program.engine, program.main);
        let (sub, equalizer) = (program.sub.pointer(), program.equalizer.pointer());
        for node in [
            sub,
            equalizer,
            program.half.pointer(),
            program.quarter.pointer(),
        ] {
            assert!(engine.attach(node));
        }
        assert!(engine.connect(program.half.pointer(), main, 3));
        assert!(engine.connect(equalizer, main, 5));
        assert!(engine.connect(sub, equalizer, 0));
        assert!(engine.connect(program.quarter.pointer(), sub, 0));
        assert!(engine.start());
        program
    }

    pub(crate) fn adopt(&self) -> Result<Engine> {
        // SAFETY: the engine lives, and each test makes its calls on one thread.
        unsafe { Engine::from_native(self.engine.pointer()) }
    }

    /// What is heard when ramps are over.
    pub(crate) fn hear(&self) -> [f32; 2] {
        let _ = self.engine.hear(512);
        self.engine.hear(512)
    }
}

pub(crate) fn node(engine: &Engine, object: NonNull<c_void>) -> Result<AnyNode> {
    // SAFETY: the object lives, and each test makes its calls on one thread.
    unsafe { AnyNode::from_native(engine, object) }
}

pub(crate) fn mixer(engine: &Engine, object: NonNull<c_void>) -> Result<Mixer> {
    match node(engine, object)? {
        AnyNode::Mixer(mixer) => Ok(mixer),
        other => panic!("{other:?} is no mixer"),
    }
}
