//! The engine: making it, and what all its parts share.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use once_cell::sync::OnceCell;

use crate::desk::node::Kind;
use crate::desk::Desk;
use crate::engine::connection::Native;
use crate::engine::format::Format;
use crate::engine::former::Former;
use crate::engine::handle::RawEngine;
use crate::engine::raw_node::RawNode;
use crate::engine::target::desk_engine;
use crate::error::Result;
use crate::ffi::{self, native};

mod adoption;
pub(crate) mod audit;
mod backend;
mod batch;
pub(crate) mod clock;
pub(crate) mod connection;
pub(crate) mod device;
mod ends;
pub(crate) mod equalization;
pub(crate) mod events;
mod fades;
pub(crate) mod format;
mod former;
pub(crate) mod graph;
pub(crate) mod handle;
pub(crate) mod inspect;
mod level;
mod lifecycle;
pub(crate) mod meter_taps;
// Recorders need it.
#[cfg_attr(not(feature = "files"), allow(dead_code))]
pub(crate) mod mirror;
pub(crate) mod node;
mod offline;
pub(crate) mod planar;
pub(crate) mod raw_node;
pub(crate) mod render_threads;
pub(crate) mod settings;
pub(crate) mod tap;
pub(crate) mod tap_meter;
pub(crate) mod tapping;
pub(crate) mod target;
pub(crate) mod unit;
pub(crate) mod version;

/// A graph of audio nodes and what renders it: to the output device, or offline to the caller.
///
/// Cheap to clone; all clones are one engine, and equal. Methods may be called from any thread:
/// graph changes (attach, detach, connect, disconnect) wait for one another and for per-bus calls;
/// per-bus calls on different buses run in parallel, and rendering goes on meanwhile.
///
/// ```
/// use perbus::{Buffer, Control, Engine, Format};
///
/// let stereo = Format::new(48_000.0, 2)?;
/// let engine = Engine::offline(stereo, 512)?;
/// let mixer = engine.main_mixer();
/// let player = engine.create_player()?;
/// engine.connect(&player, &mixer, 0, 3)?;
/// mixer.bus(3)?.set_volume(0.25)?;
///
/// engine.start()?;
/// player.schedule(&Buffer::from_fn(stereo, 512, |_, _| 1.0)?)?;
/// player.play()?;
/// let (mut left, mut right) = ([0.0; 512], [0.0; 512]);
/// engine.render(&mut [&mut left, &mut right])?;
/// assert_eq!(left, [0.25; 512]);
/// # Ok::<(), perbus::Error>(())
/// ```
#[doc(alias = "AVAudioEngine")]
#[derive(Clone)]
pub struct Engine {
    pub(crate) inner: Arc<EngineInner>,
}

pub(crate) struct EngineInner {
    /// The graph, what strips decide, and last of all the native engine.
    pub(crate) desk: Desk<RawNode>,
    /// One caller renders at a time.
    render: Mutex<()>,
    /// The longest block of an offline engine; `None` plays to a device.
    max_frames: Option<u32>,
    /// As of when the engine was made. That of a device may change.
    format: Format,
    /// The main mixer and the output that it feeds. Our own engines have them from the beginning, so
    /// that they are there even in a source's closure, which could not wait for them; adopted ones
    /// are asked when somebody asks for them.
    main: OnceCell<Arc<RawNode>>,
    output: OnceCell<Arc<RawNode>>,
    /// Made when it is asked for: not every engine records.
    pub(crate) input: OnceCell<Arc<RawNode>>,
    /// Nodes that have left the engine: they are the same if they come back.
    former: Former,
    /// See [`Engine::set_meter_taps`]. Changes with the graph locked.
    meter_taps: AtomicBool,
}

impl Engine {
    /// An engine for the default output device, which [`start`](Self::start) opens. Its format is
    /// the device's, or 44.1 kHz stereo where there is none.
    ///
    /// Maps to `-[AVAudioEngine init]`.
    ///
    /// ```no_run
    /// use perbus::{Buffer, Curve, Engine};
    /// use std::f32::consts::TAU;
    /// use std::time::Duration;
    ///
    /// let engine = Engine::new()?;
    /// let (mixer, player) = (engine.main_mixer(), engine.create_player()?);
    /// engine.connect(&player, &mixer, 0, 0)?;
    /// engine.start()?; // Error::Start where there is no device
    ///
    /// // Two seconds of a tone, which fade out.
    /// let rate = engine.format().sample_rate() as f32;
    /// let tone = |frame, _| 0.2 * (TAU * 440.0 * frame as f32 / rate).sin();
    /// player.schedule(&Buffer::from_fn(engine.format(), 2 * rate as u32, tone)?)?;
    /// player.play()?;
    /// mixer.bus(0)?.fade_to(0.0, Duration::from_secs(2), Curve::EqualPower)?;
    /// std::thread::sleep(Duration::from_secs(2));
    /// engine.stop()?;
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable) when the program lacks the AVFAudio
    /// classes.
    pub fn new() -> Result<Self> {
        let mut raw = std::ptr::null_mut();
        // SAFETY: the pointer is to a live local; on PERBUS_OK the handle is ours to destroy.
        unsafe { native!(perbus_engine_create(&mut raw)) }?;
        Self::take(RawEngine::new(raw)?, None)
    }

    /// An engine that renders `format` when [`render`](Self::render) asks for it, in blocks of at
    /// most `max_frames` frames (1 to 1048576), as fast as the machine can.
    ///
    /// Maps to `enableManualRenderingMode:format:maximumFrameCount:error:`.
    ///
    /// # Errors
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) when `max_frames` is.
    /// - [`Error::Unavailable`](crate::Error::Unavailable) when the program lacks the AVFAudio
    ///   classes.
    pub fn offline(format: Format, max_frames: u32) -> Result<Self> {
        let mut raw = std::ptr::null_mut();
        // SAFETY: both pointers are to live locals; on PERBUS_OK the handle is ours to destroy.
        unsafe {
            native!(perbus_engine_create_offline(
                &format.to_ffi(),
                max_frames,
                &mut raw
            ))
        }?;
        Self::take(RawEngine::new(raw)?, Some(max_frames))
    }

    fn take(raw: RawEngine, max_frames: Option<u32>) -> Result<Self> {
        let format = format_of(&raw)?;
        let engine = Self {
            inner: Arc::new(EngineInner {
                desk: Desk::new(desk_engine(Native::new(raw))),
                render: Mutex::default(),
                max_frames,
                format,
                main: OnceCell::new(),
                output: OnceCell::new(),
                input: OnceCell::new(),
                former: Former::default(),
                meter_taps: AtomicBool::new(false),
            }),
        };
        engine.make_ends()?;
        engine.register();
        engine.look_after_events()?;
        Ok(engine)
    }

    /// The format of the mix, and of connections that are not given any. On an engine that plays to a
    /// device: that of the main mixer's output now, stereo at most, and 44.1 kHz stereo while there is
    /// no device to ask. On an [adopted](Self::from_native) one, that of whatever feeds the output.
    ///
    /// Maps to `outputFormatForBus:`.
    #[must_use]
    pub fn format(&self) -> Format {
        if self.max_frames().is_some() {
            return self.inner.format;
        }
        // A source's closure may not ask the engine.
        format_of(&self.desk().backend().raw).unwrap_or(self.inner.format)
    }

    /// The longest block that [`render`](Self::render) takes, in frames; `None` for an engine that
    /// plays to a device.
    #[must_use]
    pub fn max_frames(&self) -> Option<u32> {
        self.inner.max_frames
    }

    #[inline]
    pub(crate) fn desk(&self) -> &Desk<RawNode> {
        &self.inner.desk
    }

    pub(crate) fn as_ptr(&self) -> *mut ffi::perbus_engine {
        self.desk().backend().raw.as_ptr()
    }

    pub(crate) fn now(&self) -> i64 {
        self.desk().now()
    }

    /// Runs `call` with the graph lock held for writing: nothing else touches the graph meanwhile.
    pub(crate) fn alone(
        &self,
        call: impl FnOnce(*mut ffi::perbus_engine) -> Result<()>,
    ) -> Result<()> {
        let _graph = self.desk().edit()?;
        call(self.as_ptr())
    }

    fn make_ends(&self) -> Result<()> {
        let engine = self.as_ptr();
        let (mut main, mut output) = (std::ptr::null_mut(), std::ptr::null_mut());
        // SAFETY: the engine is live; on PERBUS_OK the handle is ours to release.
        unsafe { native!(perbus_engine_copy_main_mixer(engine, &mut main)) }?;
        let main = Arc::new(RawNode::new(main, Kind::Mixer)?);
        // SAFETY: as above.
        unsafe { native!(perbus_engine_copy_output(engine, &mut output)) }?;
        let output = Arc::new(RawNode::new(output, Kind::Output)?);
        let desk = self.desk();
        desk.edit()?.add_ends(&desk.driver, &main, &output)?;
        let _ = self.inner.main.set(main);
        let _ = self.inner.output.set(output);
        Ok(())
    }
}

/// What the native engine says now.
fn format_of(raw: &RawEngine) -> Result<Format> {
    let mut format = Format::none();
    // SAFETY: the engine is live and the pointer is to a live local.
    unsafe { native!(perbus_engine_get_format(raw.as_ptr(), &mut format)) }?;
    Ok(Format::from_ffi(format))
}

impl PartialEq for Engine {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }
}

impl Eq for Engine {}

impl Hash for Engine {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.inner).hash(state);
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes = self.desk().read().ok().map(|graph| graph.node_count());
        formatter
            .debug_struct("Engine")
            .field("format", &self.format())
            .field("max_frames", &self.inner.max_frames)
            .field("nodes", &nodes)
            .finish()
    }
}
