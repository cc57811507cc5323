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

pub(crate) struct Output {
    engine: Engine,
    /// Without a device, once it is started.
    clock: Option<Clock>,
    offline: bool,
    moved: Arc<AtomicBool>,
    /// The last that is known of the device.
    device: String,
}

impl Output {
    /// Makes the engine; `start` opens the device.
    pub(crate) fn new(args: &Args) -> Result<Self, Failure> {
        let moved = Arc::new(AtomicBool::new(false));
        let engine = if args.offline {
            let rate = args.rate.unwrap_or(OFFLINE_RATE);
            Desk::offline(rate, args.block.unwrap_or(OFFLINE_BLOCK))?
        } else {
            for_device(args, &moved).map_err(without_device)?
        };
        Ok(Self {
            engine,
            clock: None,
            offline: args.offline,
            moved,
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

    /// Opens the device again, if it is gone.
    pub(crate) fn reopen(&mut self) -> Result<(), Failure> {
        let opened = self.engine.start();
        opened.map_err(|error| Failure::of("the device", error))
    }

    pub(crate) fn is_running(&self) -> bool {
        match &self.clock {
            Some(clock) => clock.is_running(),
            None => self.engine.is_running().unwrap_or(false),
        }
    }

    /// Whether the sound system has moved the engine to another device since the last call.
    pub(crate) fn was_moved(&self) -> bool {
        self.moved.swap(false, Ordering::Relaxed)
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
                shown.device = format!("{} is lost, d opens it again", self.device);
            }
        }
        shown
    }
}

fn for_device(args: &Args, moved: &Arc<AtomicBool>) -> perbus::Result<Engine> {
    let mut builder = Engine::builder();
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
    let moved = Arc::clone(moved);
    engine.on_event(move |_, event| {
        if event == EngineEvent::DeviceChanged {
            moved.store(true, Ordering::Relaxed);
        }
    })?;
    Ok(engine)
}

fn without_device(error: Error) -> Failure {
    match error {
        Error::Start(_) => Failure::of(error, "--offline runs without a device"),
        error => Failure::of("the engine", error),
    }
}
