//! A desk with effects between its source and its mixer.

use perbus::{Engine, Equalizer, Mixer, Result, Source};

use crate::common::*;

/// A constant source, equalizers that pass it unchanged, and the main mixer.
pub(crate) struct Desk {
    pub(crate) engine: Engine,
    pub(crate) mixer: Mixer,
    pub(crate) source: Source,
    pub(crate) first: Equalizer,
    pub(crate) second: Equalizer,
}

impl Desk {
    pub(crate) fn new() -> Result<Self> {
        let engine = running(2);
        Ok(Self {
            mixer: engine.main_mixer(),
            source: constant(&engine, &[1.0, 1.0]),
            first: engine.create_equalizer(1)?,
            second: engine.create_equalizer(1)?,
            engine,
        })
    }

    /// The source through both equalizers to a bus.
    pub(crate) fn chained(bus: u32) -> Result<Self> {
        let desk = Self::new()?;
        desk.engine.connect(&desk.source, &desk.first, 0, 0)?;
        desk.engine.connect(&desk.first, &desk.second, 0, 0)?;
        desk.engine.connect(&desk.second, &desk.mixer, 0, bus)?;
        Ok(desk)
    }

    #[track_caller]
    pub(crate) fn assert_heard(&self, level: f32) {
        assert_heard(&self.engine, &[level, level]);
        assert_audited(&self.engine);
    }
}
