//! Scenes on the keys 1 to 9.

use std::time::Duration;

use perbus::{Curve, Engine, EngineScene, Result};
use perbus_mix::{Desk, Mix};

/// Seconds that a fade to a scene takes.
const TIMES: [f64; 7] = [0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0];

pub(crate) struct Scenes {
    engine: Engine,
    stored: [Option<EngineScene>; 9],
    recalled: Option<usize>,
    /// The place of the time.
    time: usize,
}

impl Scenes {
    /// The first is how the mix begins, and those of the mix follow.
    pub(crate) fn new(mix: &Mix, desk: &Desk<'_>) -> Self {
        let mut stored: [Option<EngineScene>; 9] = Default::default();
        let begin = desk.engine().snapshot();
        let scenes = mix.scenes.iter().map(|plan| desk.scene(plan));
        for (slot, scene) in stored.iter_mut().zip([begin].into_iter().chain(scenes)) {
            *slot = Some(scene);
        }
        Self {
            engine: desk.engine().clone(),
            stored,
            recalled: None,
            time: 2,
        }
    }

    /// In seconds.
    pub(crate) fn fade_time(&self) -> f64 {
        TIMES[self.time]
    }

    pub(crate) fn change_time(&mut self, by: i32) {
        let last = TIMES.len() as i32 - 1;
        self.time = (self.time as i32 + by).clamp(0, last) as usize;
    }

    pub(crate) fn are_stored(&self) -> [bool; 9] {
        self.stored.each_ref().map(Option::is_some)
    }

    pub(crate) fn recalled(&self) -> Option<usize> {
        self.recalled
    }

    /// Keeps everything but solos.
    pub(crate) fn store(&mut self, place: usize) {
        self.stored[place] = Some(self.engine.snapshot());
        self.recalled = Some(place);
    }

    /// Fades to a scene; whether there is one.
    pub(crate) fn recall(&mut self, place: usize) -> Result<bool> {
        let Some(scene) = &self.stored[place] else {
            return Ok(false);
        };
        let time = Duration::from_secs_f64(self.fade_time());
        self.engine.fade_to_scene(scene, time, Curve::Linear)?;
        self.recalled = Some(place);
        Ok(true)
    }
}
