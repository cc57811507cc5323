//! What the engine plays to: a device, or the computer's clock.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::Duration;

use perbus::{Engine, EngineEvent, Error};
use perbus_mix::{Desk, Failure};

use crate::args::Args;
use crate::clock::Clock;
use crate::shown::Status;

const OFFLINE_RATE: u32 = 48_000;
const OFFLINE_BLOCK: u32 = 256;

/// What the engine has reported.
#[derive(Default)]
struct Happened {
    moved: AtomicBool,
    restarted: AtomicBool,
}

pub(crate) struct Output {
    engine: Engine,
    /// Without a device, once it is started.
    clock: Option<Clock>,
    offline: bool,
    happened: Arc<Happened>,
    /// The last that is known of the device.
    device: String,
}

impl Output {
    /// Makes the engine; `start` opens the device.
    pub(crate) fn new(args: &Args) -> Result<Self, Failure> {
        let happened = Arc::new(Happened::default());
        let engine = if args.offline {
            let rate = args.rate.unwrap_or(OFFLINE_RATE);
            Desk::offline(rate, args.block.unwrap_or(OFFLINE_BLOCK))?
        } else {
            for_device(args, &happened).map_err(without_device)?
        };
        Ok(Self {
            engine,
            clock: None,
            offline: args.offline,
            happened,
            device: "no device".to_owned(),
        })
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn start(&mut self) -> Result<(), Failure> {
        self.engine.start().map_err(without_device)?;
        if self.offline {
            self.clock = Some(Clock::start(&self.engine));
        }
        Ok(())
    }

    pub(crate) fn is_running(&self) -> bool {
        match &self.clock {
            Some(clock) => clock.is_running(),
            None => self.engine.is_running().unwrap_or(false),
        }
    }

    /// Whether the sound system has moved the engine to another device since the last call.
    pub(crate) fn was_moved(&self) -> bool {
        self.happened.moved.swap(false, Ordering::Relaxed)
    }

    /// Whether the engine has started again on a device since the last call.
    pub(crate) fn was_restarted(&self) -> bool {
        self.happened.restarted.swap(false, Ordering::Relaxed)
    }

    pub(crate) fn status(&mut self) -> Status {
        let mut shown = Status {
            rate: self.engine.format().sample_rate(),
            ..Status::default()
        };
        if let Some(clock) = &self.clock {
            shown.device = "offline: no device".to_owned();
            shown.block = self.engine.max_frames().unwrap_or(0);
            shown.load = clock.load();
            shown.late = clock.late();
            return shown;
        }
        match self.engine.device_status() {
            Ok(status) => {
                self.device = format!("{} ({})", status.name, status.host);
                shown.rate = status.sample_rate;
                shown.block = status.block;
                shown.latency = Some(status.latency.as_secs_f64() * 1000.0);
                shown.xruns = Some(status.underruns);
                shown.late = status.late;
                shown.load = (status.mean_load, status.max_load);
                shown.device.clone_from(&self.device);
            }
            Err(_) => {
                shown.lost = true;
                shown.device = format!("{} is lost, waiting for it", self.device);
            }
        }
        shown
    }
}

fn for_device(args: &Args, happened: &Arc<Happened>) -> perbus::Result<Engine> {
    let mut builder = Engine::builder().restarts(true);
    if let Some(id) = &args.output {
        builder = builder.output(id);
    }
    if let Some(rate) = args.rate {
        builder = builder.sample_rate(f64::from(rate));
    }
    if let Some(frames) = args.block {
        builder = builder.block(frames);
    }
    if let Some(milliseconds) = args.latency {
        builder = builder.latency(Duration::from_millis(u64::from(milliseconds)));
    }
    let engine = builder.build()?;
    let happened = Arc::clone(happened);
    engine.on_event(move |_, event| match event {
        EngineEvent::DeviceChanged => happened.moved.store(true, Ordering::Relaxed),
        EngineEvent::Restarted => happened.restarted.store(true, Ordering::Relaxed),
        _ => {}
    })?;
    Ok(engine)
}

fn without_device(error: Error) -> Failure {
    match error {
        Error::Start(_) => Failure::of(error, "--offline runs without a device"),
        error => Failure::of("the engine", error),
    }
}
