//! What the engine plays to: a device, or the computer's clock.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};

use perbus::{Bus, Engine, EngineEvent, Error};
use perbus_mix::{Desk, Failure};

use crate::args::Args;
use crate::clock::Clock;
use crate::shown::Status;

const OFFLINE_RATE: u32 = 48_000;
/// From one look for a lost microphone to the next.
const LOOK: Duration = Duration::from_secs(1);
/// Letters of a device's name that are shown.
const NAME: usize = 28;
const OFFLINE_BLOCK: u32 = 256;

/// What the engine has reported.
#[derive(Default)]
struct Happened {
    moved: AtomicBool,
    restarted: AtomicBool,
    input_lost: AtomicBool,
    decoder_late: AtomicBool,
}

pub(crate) struct Output {
    engine: Engine,
    /// Without a device, once it is started.
    clock: Option<Clock>,
    offline: bool,
    /// The id of the microphone to use, which is empty for the default one.
    input: Option<String>,
    /// When to look for a microphone that was lost.
    next_look: Option<Instant>,
    happened: Arc<Happened>,
    /// The last that is known of the device.
    device: String,
}

impl Output {
    /// Whether a device can be opened.
    pub(crate) fn opens(args: &Args) -> bool {
        Self::new(args, false).is_ok_and(|it| it.engine.start().is_ok())
    }

    /// Makes the engine; `start` opens the device.
    pub(crate) fn new(args: &Args, offline: bool) -> Result<Self, Failure> {
        let happened = Arc::new(Happened::default());
        let engine = if offline {
            let rate = args.rate.unwrap_or(OFFLINE_RATE);
            Desk::offline(rate, args.block.unwrap_or(OFFLINE_BLOCK))?
        } else {
            for_device(args, &happened).map_err(without_device)?
        };
        let metered = engine.set_meter_taps(true);
        metered.map_err(|error| Failure::of("the meters", error))?;
        Ok(Self {
            engine,
            clock: None,
            offline,
            input: args.input.clone(),
            next_look: None,
            happened,
            device: "no device".to_owned(),
        })
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Puts the microphone, if there is to be one, on a bus: muted, since it may hear the speakers.
    pub(crate) fn input(&self, bus: u32) -> Result<Option<Bus>, Failure> {
        if self.input.is_none() {
            return Ok(None);
        }
        let connect = || {
            let bus = self.engine.main_mixer().bus(bus)?;
            bus.set_muted(true)?;
            bus.set_label("input");
            bus.connect(&self.engine.input()?)?;
            Ok(bus)
        };
        let connected: perbus::Result<Bus> = connect();
        connected
            .map(Some)
            .map_err(|error| Failure::of("the input", error))
    }

    /// Looks for a microphone that was lost, now and then; what to say about it.
    pub(crate) fn look_after_input(&mut self) -> Option<&'static str> {
        if self.happened.input_lost.swap(false, Ordering::Relaxed) {
            self.next_look = Some(Instant::now() + LOOK);
            return Some("the microphone is lost, waiting for it");
        }
        if self.next_look.is_none_or(|at| Instant::now() < at) {
            return None;
        }
        let id = self.input.as_deref().filter(|id| !id.is_empty());
        if self.engine.set_input_device(id).is_err() {
            self.next_look = Some(Instant::now() + LOOK);
            return None;
        }
        self.next_look = None;
        Some("the microphone is back")
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

    /// Whether a file was not decoded in time since the last call.
    pub(crate) fn was_decoder_late(&self) -> bool {
        self.happened.decoder_late.swap(false, Ordering::Relaxed)
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
                let name: String = status.name.chars().take(NAME).collect();
                self.device = format!("{name} ({})", status.host);
                shown.rate = status.sample_rate;
                shown.block = status.block;
                shown.latency = Some(status.latency.as_secs_f64() * 1000.0);
                let recording = !status.input_id.is_empty();
                shown.monitoring =
                    recording.then_some(status.monitoring_latency.as_secs_f64() * 1000.0);
                shown.xruns = Some(status.underruns + status.overruns);
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
    if let Some(id) = args.input.as_ref().filter(|id| !id.is_empty()) {
        builder = builder.input(id);
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
        EngineEvent::DecoderLate => happened.decoder_late.store(true, Ordering::Relaxed),
        EngineEvent::InputLost => happened.input_lost.store(true, Ordering::Relaxed),
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
