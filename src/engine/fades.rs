//! The thread that polls fades while a device plays; offline the renderer does, block by block.

use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::engine::{Engine, EngineInner};

/// How often.
const TICK: Duration = Duration::from_millis(5);

impl Engine {
    /// After a fade was started.
    pub(crate) fn tick_fades(&self) {
        if self.max_frames().is_some() {
            return;
        }
        self.desk().driver.keep_ticking(|| {
            let engine = Arc::downgrade(&self.inner);
            std::thread::Builder::new()
                .name("perbus fades".to_owned())
                .spawn(move || tick(&engine))
                .is_ok()
        });
    }
}

fn tick(engine: &Weak<EngineInner>) {
    loop {
        std::thread::sleep(TICK);
        let Some(engine) = engine.upgrade() else {
            return;
        };
        engine.desk.poll_fades();
        if !engine.desk.driver.goes_on_ticking() {
            return;
        }
    }
}
