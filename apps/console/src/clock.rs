//! What renders an engine where there is no device: a thread that keeps to the computer's clock.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use perbus::Engine;

/// Behind by more than this, the clock gives up catching up.
const BEHIND: Duration = Duration::from_millis(200);

/// Renders until it is dropped.
pub(crate) struct Clock {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    stops: AtomicBool,
    /// Nanoseconds spent rendering, and those that were rendered.
    spent: AtomicU64,
    rendered: AtomicU64,
    /// Thousandths of a block's time.
    max_load: AtomicU64,
    late: AtomicU64,
}

impl Clock {
    /// Renders blocks of an offline engine that was started.
    pub(crate) fn start(engine: &Engine) -> Self {
        let shared = Arc::new(Shared::default());
        let (engine, theirs) = (engine.clone(), Arc::clone(&shared));
        Self {
            shared,
            thread: Some(thread::spawn(move || run(&engine, &theirs))),
        }
    }

    /// Time spent rendering divided by the time rendered: the mean, and of the worst block.
    pub(crate) fn load(&self) -> (f64, f64) {
        let spent = self.shared.spent.load(Ordering::Relaxed) as f64;
        let rendered = self.shared.rendered.load(Ordering::Relaxed).max(1) as f64;
        let max = self.shared.max_load.load(Ordering::Relaxed) as f64 / 1000.0;
        (spent / rendered, max)
    }

    /// Blocks that took longer to render than they last.
    pub(crate) fn late(&self) -> u64 {
        self.shared.late.load(Ordering::Relaxed)
    }

    /// Whether it still renders: a failure ends it.
    pub(crate) fn is_running(&self) -> bool {
        self.thread.as_ref().is_some_and(|it| !it.is_finished())
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        self.shared.stops.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // It has reported its panic itself.
            let _ = thread.join();
        }
    }
}

fn run(engine: &Engine, shared: &Shared) {
    let frames = engine.max_frames().unwrap_or(1);
    let mut planes = vec![vec![0.0; frames as usize]; engine.format().channels() as usize];
    let length = Duration::from_secs_f64(f64::from(frames) / engine.format().sample_rate());
    let mut due = Instant::now();
    while !shared.stops.load(Ordering::Relaxed) {
        let begin = Instant::now();
        let mut block: Vec<&mut [f32]> = planes.iter_mut().map(Vec::as_mut_slice).collect();
        if engine.render(&mut block).is_err() {
            return;
        }
        let spent = begin.elapsed();
        shared
            .spent
            .fetch_add(spent.as_nanos() as u64, Ordering::Relaxed);
        shared
            .rendered
            .fetch_add(length.as_nanos() as u64, Ordering::Relaxed);
        let load = spent.as_secs_f64() / length.as_secs_f64();
        shared
            .max_load
            .fetch_max((load * 1000.0) as u64, Ordering::Relaxed);
        if load > 1.0 {
            shared.late.fetch_add(1, Ordering::Relaxed);
        }
        due += length;
        let now = Instant::now();
        if due > now {
            thread::sleep(due - now);
        } else if now - due > BEHIND {
            due = now;
        }
    }
}
