//! Devices: which there are, which ones an engine plays to and records from, and how they fare.

use std::ffi::CString;
use std::time::Duration;

use libc::c_char;

use crate::engine::handle::RawEngine;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ffi::{self, native};

/// A device of the machine, as [`devices`] lists it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Device {
    /// What [`EngineBuilder::output`] takes.
    pub id: String,
    /// For people.
    pub name: String,
    /// The sound system: "PulseAudio", "ALSA", "JACK".
    pub host: String,
    /// 0: it does not record.
    pub input_channels: u32,
    /// 0: it does not play.
    pub output_channels: u32,
    /// Its own rate, in Hz.
    pub sample_rate: f64,
    /// The shortest that is worth asking for. It breaks off on a busy machine.
    pub low_latency: Duration,
    /// What an engine asks for by default.
    pub default_latency: Duration,
    /// Whether the system records from it by default.
    pub is_default_input: bool,
    /// Whether the system plays to it by default.
    pub is_default_output: bool,
}

/// How the devices of an engine fare, since they were opened.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct DeviceStatus {
    /// The sound system may have moved the engine to another device.
    pub id: String,
    /// For people.
    pub name: String,
    /// The sound system.
    pub host: String,
    /// Hz, at which the engine renders.
    pub sample_rate: f64,
    /// Frames that were last rendered at once; 0 if not known yet.
    pub block: u32,
    /// From rendering to hearing, as the sound system measures it.
    pub latency: Duration,
    /// Times that the device ran out of samples.
    pub underruns: u64,
    /// Blocks that took longer to render than they last.
    pub late: u64,
    /// Time spent rendering divided by the time rendered.
    pub mean_load: f64,
    /// The same for the worst block.
    pub max_load: f64,
    /// Frames rendered.
    pub frames: u64,
    /// Of the device that records; empty while none does.
    pub input_id: String,
    /// For people.
    pub input_name: String,
    /// From the microphone to the engine, what waits in between included. 0 for the monitor of an
    /// output, which hears what is not audible yet.
    pub input_latency: Duration,
    /// From the microphone to hearing it, if it is played: `input_latency` and `latency`. 0 while
    /// nothing is recorded.
    pub monitoring_latency: Duration,
    /// Times that recorded sound was lost or came too late.
    pub overruns: u64,
    /// Whether the thread that renders runs before all ordinary ones. With PulseAudio and PipeWire the
    /// engine asks for that, unless the environment variable `PERBUS_REALTIME` is `no`: the system,
    /// which grants it within `RLIMIT_RTPRIO`, then RealtimeKit, which wants `RLIMIT_RTTIME` to be
    /// limited for the whole process. So that limit is lowered, usually to 200 ms; a thread that has
    /// run for half of it without a rest is an ordinary one again. RealtimeKit answers some
    /// milliseconds after the start. `false` where it was refused, and where the thread is another
    /// library's, which gives it the priority of its choice: PortAudio, Apple's.
    pub is_realtime: bool,
}

fn text(raw: &[c_char]) -> String {
    let bytes: Vec<u8> = raw
        .iter()
        .take_while(|&&letter| letter != 0)
        .map(|&letter| letter as u8)
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

impl Device {
    fn from_ffi(raw: &ffi::perbus_device) -> Self {
        Self {
            id: text(&raw.id),
            name: text(&raw.name),
            host: text(&raw.host),
            input_channels: raw.input_channels,
            output_channels: raw.output_channels,
            sample_rate: raw.sample_rate,
            low_latency: duration(raw.low_latency),
            default_latency: duration(raw.default_latency),
            is_default_input: raw.is_default_input,
            is_default_output: raw.is_default_output,
        }
    }
}

/// All devices of the machine, those that only record included. The portable engine lists those of
/// PulseAudio or PipeWire if a server answers, else PortAudio's; the environment variable
/// `PERBUS_AUDIO`, set to `pulse` or `portaudio`, decides otherwise.
///
/// ```no_run
/// for device in perbus::devices()? {
///     println!("{}: {} at {} Hz", device.id, device.name, device.sample_rate);
/// }
/// # Ok::<(), perbus::Error>(())
/// ```
///
/// # Errors
/// - [`Error::Start`] when no sound system can be reached.
/// - [`Error::Unsupported`] on Apple's engine, and without the feature `devices`.
pub fn devices() -> Result<Vec<Device>> {
    let (mut raw, mut count) = (std::ptr::null_mut(), 0);
    // SAFETY: both pointers are to live locals; on PERBUS_OK the array is ours to free.
    unsafe { native!(perbus_devices_copy(&mut raw, &mut count)) }?;
    if raw.is_null() {
        return Ok(Vec::new());
    }
    // SAFETY: perbus.h promises `count` devices, which nobody else knows.
    let found = unsafe { std::slice::from_raw_parts(raw, count) };
    let devices = found.iter().map(Device::from_ffi).collect();
    // SAFETY: the array is ours, and this is its only end.
    unsafe { ffi::perbus_devices_free(raw) };
    Ok(devices)
}

/// What an engine asks of its devices: from [`Engine::builder`]. What is not set is the devices'
/// choice.
#[derive(Clone, Debug, Default)]
#[must_use = "nothing is made before `build`"]
pub struct EngineBuilder {
    output: Option<String>,
    input: Option<String>,
    sample_rate: f64,
    block: u32,
    latency: Duration,
    restarts: bool,
}

impl EngineBuilder {
    /// The [`id`](Device::id) of a device. Without one, the engine plays to whatever is the default
    /// output at each start.
    pub fn output(mut self, id: &str) -> Self {
        self.output = Some(id.to_owned());
        self
    }

    /// The [`id`](Device::id) of the device that [`Engine::input`] records from. Without one, it is
    /// whatever is the default input when recording begins. A monitor of an output counts, too.
    pub fn input(mut self, id: &str) -> Self {
        self.input = Some(id.to_owned());
        self
    }

    /// Hz. The sound system converts if the device has another rate.
    pub fn sample_rate(mut self, rate: f64) -> Self {
        self.sample_rate = rate;
        self
    }

    /// Frames that are rendered at once, 16 to 4096.
    pub fn block(mut self, frames: u32) -> Self {
        self.block = frames;
        self
    }

    /// From rendering to hearing, 1 ms to 2 s, and at least two blocks; 30 ms by default.
    /// [`DeviceStatus::latency`] has what came of it.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Whether an engine that stops because of its device
    /// ([`EngineEvent::ConfigurationChanged`](crate::EngineEvent::ConfigurationChanged)) starts again
    /// by itself, as soon as there is a device that suits the other options. Players that were playing
    /// go on where they stopped, all of them with the same block, and so do fades. Until then it tries
    /// about twice a second. [`stop`](Engine::stop), [`pause`](Engine::pause) and dropping the last
    /// handle end the attempts, and may wait for one that is being made. `false` by default.
    ///
    /// ```no_run
    /// use perbus::{Engine, EngineEvent};
    ///
    /// let engine = Engine::builder().restarts(true).build()?;
    /// engine.on_event(|_, event| match event {
    ///     EngineEvent::ConfigurationChanged => println!("no sound until a device is back"),
    ///     EngineEvent::Restarted => println!("plays again"),
    ///     _ => {}
    /// })?;
    /// engine.start()?;
    /// # Ok::<(), perbus::Error>(())
    /// ```
    pub fn restarts(mut self, restarts: bool) -> Self {
        self.restarts = restarts;
        self
    }

    /// Makes the engine. [`start`](Engine::start) opens the device.
    ///
    /// # Errors
    /// - [`Error::OutOfRange`] when a number is.
    /// - [`Error::Start`] when there is no output or input device of that id.
    /// - [`Error::Unsupported`] on Apple's engine, which uses the system's default devices as the
    ///   system has set them up, if anything but [`restarts`](Self::restarts) is set.
    /// - [`Error::Unavailable`] when the program lacks the AVFAudio classes.
    pub fn build(self) -> Result<Engine> {
        let output = self.output.as_deref().map(c_string).transpose()?;
        let input = self.input.as_deref().map(c_string).transpose()?;
        let options = ffi::perbus_device_options {
            output: output.as_ref().map_or(std::ptr::null(), |id| id.as_ptr()),
            input: input.as_ref().map_or(std::ptr::null(), |id| id.as_ptr()),
            sample_rate: self.sample_rate,
            block: self.block,
            latency: self.latency.as_secs_f64(),
            restarts: self.restarts,
        };
        // SAFETY: the strings that the options name are live locals.
        unsafe { Engine::create_for_device(&options) }
    }
}

fn c_string(id: &str) -> Result<CString> {
    CString::new(id)
        .map_err(|_| Error::InvalidArgument(format!("the id of a device has a NUL: {id:?}")))
}

impl Engine {
    /// An engine for an output device of choice, with the rate, block and latency of choice.
    ///
    /// ```no_run
    /// use perbus::Engine;
    /// use std::time::Duration;
    ///
    /// let engine = Engine::builder()
    ///     .sample_rate(48_000.0)
    ///     .latency(Duration::from_millis(20))
    ///     .build()?;
    /// engine.start()?;
    /// println!("{:?}", engine.device_status()?);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    pub fn builder() -> EngineBuilder {
        EngineBuilder::default()
    }

    /// Chooses another output device for a stopped engine, which keeps its rate, block and latency;
    /// `None` is whatever is the default output at each start.
    ///
    /// # Errors
    /// - [`Error::Start`] when there is no output device of that id, or the engine is started.
    /// - [`Error::WrongKind`] for an offline engine.
    /// - [`Error::Unsupported`] on Apple's engine, except for the default.
    pub fn set_output_device(&self, id: Option<&str>) -> Result<()> {
        let id = id.map(c_string).transpose()?;
        let pointer = id.as_ref().map_or(std::ptr::null(), |id| id.as_ptr());
        // SAFETY: the engine is live, and the string outlives the call.
        unsafe { native!(perbus_engine_set_output_device(self.as_ptr(), pointer)) }
    }

    /// Chooses another device for [`input`](Self::input); `None` is whatever is the default input when
    /// recording begins. An engine that records changes over at once, and plays on meanwhile. This is
    /// also how a microphone that was lost comes back.
    ///
    /// # Errors
    /// - [`Error::Start`] when there is no input device of that id, or it cannot be opened; the
    ///   previous one goes on.
    /// - [`Error::WrongKind`] for an offline engine.
    /// - [`Error::Unsupported`] on Apple's engine, except for the default.
    pub fn set_input_device(&self, id: Option<&str>) -> Result<()> {
        let id = id.map(c_string).transpose()?;
        let pointer = id.as_ref().map_or(std::ptr::null(), |id| id.as_ptr());
        // SAFETY: the engine is live, and the string outlives the call.
        unsafe { native!(perbus_engine_set_input_device(self.as_ptr(), pointer)) }
    }

    /// How the devices in use fare: latencies, underruns and overruns, the load of rendering. On
    /// Apple's engine only the rate, the latencies and the frames are known.
    ///
    /// # Errors
    /// - [`Error::NotRunning`] while the engine is stopped.
    /// - [`Error::WrongKind`] for an offline engine.
    pub fn device_status(&self) -> Result<DeviceStatus> {
        let raw = self.raw_device_status()?;
        Ok(DeviceStatus {
            id: text(&raw.id),
            name: text(&raw.name),
            host: text(&raw.host),
            sample_rate: raw.sample_rate,
            block: raw.block,
            latency: duration(raw.latency),
            underruns: raw.underruns,
            late: raw.late,
            mean_load: raw.mean_load,
            max_load: raw.max_load,
            frames: raw.frames,
            input_latency: duration(raw.input_latency),
            monitoring_latency: if raw.input_id[0] != 0 || raw.input_latency > 0.0 {
                duration(raw.input_latency + raw.latency)
            } else {
                Duration::ZERO
            },
            overruns: raw.overruns,
            is_realtime: raw.realtime,
            input_id: text(&raw.input_id),
            input_name: text(&raw.input_name),
        })
    }

    /// The same, as C has it.
    pub(crate) fn raw_device_status(&self) -> Result<ffi::perbus_device_status> {
        let mut raw = std::mem::MaybeUninit::uninit();
        // SAFETY: the engine is live and the pointer is to a live local.
        unsafe {
            native!(perbus_engine_get_device_status(
                self.as_ptr(),
                raw.as_mut_ptr()
            ))
        }?;
        // SAFETY: on PERBUS_OK perbus.h has filled it in.
        Ok(unsafe { raw.assume_init() })
    }

    /// What [`EngineBuilder::build`] makes, from what C asks for.
    ///
    /// # Safety
    /// The strings that the options name are NUL-terminated.
    pub(crate) unsafe fn create_for_device(options: &ffi::perbus_device_options) -> Result<Self> {
        let mut raw = std::ptr::null_mut();
        // SAFETY: as our caller promises; the pointer is to a live local, and on PERBUS_OK the handle
        // is ours to destroy.
        unsafe { native!(perbus_engine_create_for_device(options, &mut raw)) }?;
        Self::take(RawEngine::new(raw)?, None)
    }
}
