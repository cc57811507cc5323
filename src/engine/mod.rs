//! The engine: making it, its nodes, starting and stopping it.

mod batch;
pub(crate) mod connection;
pub(crate) mod fades;
pub(crate) mod format;
pub(crate) mod graph;
pub(crate) mod handle;
pub(crate) mod inspect;
pub(crate) mod node;
mod offline;
pub(crate) mod render_threads;
pub(crate) mod settings;
pub(crate) mod version;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use once_cell::sync::OnceCell;

use crate::control::by_number::Fallback;
use crate::desk::graph_lock::GraphLock;
use crate::engine::fades::Fades;
use crate::engine::format::Format;
use crate::engine::handle::{Kind, RawEngine, RawNode};
use crate::engine::node::{NodeRef, Output};
use crate::error::{native, Result};
use crate::ffi;
use crate::nodes::equalizer::Equalizer;
use crate::nodes::mixer::Mixer;
use crate::nodes::source::{self, RenderBlock, Source};
use crate::sync::in_render;

/// A graph of audio nodes and what renders it: to the output device, or offline to the caller.
///
/// Cheap to clone; all clones are one engine, and equal. Methods may be called from any thread: graph changes
/// (attach, detach, connect, disconnect) wait for one another and for per-bus calls, per-bus calls
/// on different buses run beside one another, and rendering goes on beside all of them.
///
/// ```
/// use perbus::{Buffer, Control, Engine, Format};
///
/// let stereo = Format::new(48_000.0, 2)?;
/// let engine = Engine::offline(stereo, 512)?;
/// let mixer = engine.main_mixer()?;
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
    /// Graph calls edit it; per-bus calls hold their strip. Dropped before `raw`.
    pub(crate) graph: GraphLock,
    /// One caller renders at a time.
    pub(crate) render: Mutex<()>,
    /// The longest block of an offline engine; `None` plays to a device.
    pub(crate) max_frames: Option<u32>,
    format: Format,
    pub(crate) fallback: Mutex<Fallback>,
    pub(crate) fades: Mutex<Fades>,
    /// Whether any fade is under way; changes with the lock of `fades` held.
    pub(crate) fading: AtomicBool,
    /// Whether some are over before their time and not told yet; changes likewise.
    pub(crate) cut: AtomicBool,
    /// The engine's time before its resets, in frames.
    pub(crate) past: AtomicI64,
    /// The latest time that was seen: where time stands while a device does not play.
    pub(crate) latest: AtomicI64,
    /// The engine has turned out to have no fades of its own.
    pub(crate) without_fades: AtomicBool,
    ends: OnceCell<Ends>,
    pub(crate) raw: RawEngine,
}

/// The nodes that the engine makes itself: the main mixer and the output that it feeds.
pub(crate) struct Ends {
    main: Arc<RawNode>,
    output: Arc<RawNode>,
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
    /// let (mixer, player) = (engine.main_mixer()?, engine.create_player()?);
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
    /// [`Error::Unavailable`](crate::Error::Unavailable) when the program lacks the AVFAudio classes.
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
    /// - [`Error::Unavailable`](crate::Error::Unavailable) when the program lacks the AVFAudio classes.
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
        let mut format = Format::none();
        // SAFETY: the engine is live and the pointer is to a live local.
        unsafe { native!(perbus_engine_get_format(raw.as_ptr(), &mut format)) }?;
        Ok(Self {
            inner: Arc::new(EngineInner {
                graph: GraphLock::default(),
                render: Mutex::default(),
                max_frames,
                format: Format::from_ffi(format),
                fallback: Mutex::default(),
                fades: Mutex::default(),
                fading: AtomicBool::new(false),
                cut: AtomicBool::new(false),
                past: AtomicI64::new(0),
                latest: AtomicI64::new(0),
                without_fades: AtomicBool::new(false),
                ends: OnceCell::new(),
                raw,
            }),
        })
    }

    /// The format of the mix.
    #[must_use]
    pub fn format(&self) -> Format {
        self.inner.format
    }

    /// The longest block that [`render`](Self::render) takes, in frames; `None` for an engine that
    /// plays to a device.
    #[must_use]
    pub fn max_frames(&self) -> Option<u32> {
        self.inner.max_frames
    }

    /// The mixer that feeds the output. Maps to `mainMixerNode`.
    ///
    /// # Errors
    /// The first call of this or [`output`](Self::output) makes the handles, and may fail:
    /// [`Error::NoMemory`](crate::Error::NoMemory), [`Error::Exception`](crate::Error::Exception) when
    /// the engine cannot tell, [`Error::InRender`](crate::Error::InRender) in a source's closure. After
    /// one that has worked no other fails.
    pub fn main_mixer(&self) -> Result<Mixer> {
        Ok(Mixer(self.node_ref(&self.ends()?.main)))
    }

    /// Where the mix leaves the engine. Maps to `outputNode`.
    ///
    /// # Errors
    /// As [`main_mixer`](Self::main_mixer).
    pub fn output(&self) -> Result<Output> {
        Ok(Output(self.node_ref(&self.ends()?.output)))
    }

    fn node_ref(&self, raw: &Arc<RawNode>) -> NodeRef {
        NodeRef {
            engine: self.clone(),
            raw: Arc::clone(raw),
        }
    }

    pub(crate) fn ends(&self) -> Result<&Ends> {
        if let Some(ends) = self.inner.ends.get() {
            return Ok(ends);
        }
        in_render::refuse()?;
        self.inner.ends.get_or_try_init(|| {
            let engine = self.inner.raw.as_ptr();
            let (mut main, mut output) = (std::ptr::null_mut(), std::ptr::null_mut());
            // SAFETY: the engine is live; on PERBUS_OK the handle is ours to release.
            unsafe { native!(perbus_engine_copy_main_mixer(engine, &mut main)) }?;
            let main = Arc::new(RawNode::new(main, Kind::Mixer)?);
            // SAFETY: as above.
            unsafe { native!(perbus_engine_copy_output(engine, &mut output)) }?;
            let output = Arc::new(RawNode::new(output, Kind::Output)?);
            self.inner.edit()?.add_ends(&main, &output);
            Ok(Ends { main, output })
        })
    }

    /// Makes a mixer and attaches it. It stays and goes on sounding when its
    /// last handle is dropped: see [`nodes`](Self::nodes).
    ///
    /// Maps to `-[AVAudioMixerNode init]` and `attachNode:`.
    ///
    /// # Errors
    /// [`Error::NoMemory`](crate::Error::NoMemory).
    pub fn create_mixer(&self) -> Result<Mixer> {
        let mut raw = std::ptr::null_mut();
        // SAFETY: the pointer is to a live local; on PERBUS_OK the handle is ours to release.
        unsafe { native!(perbus_mixer_create(&mut raw)) }?;
        Ok(Mixer(self.adopt(raw, Kind::Mixer)?))
    }

    /// Makes an equalizer, its bands bypassed, and attaches it. It stays when its
    /// last handle is dropped: see [`nodes`](Self::nodes).
    ///
    /// Maps to `-[AVAudioUnitEQ initWithNumberOfBands:]` and `attachNode:`.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless `bands` is 1 to
    /// [`MAX_BANDS`](crate::MAX_BANDS).
    pub fn create_equalizer(&self, bands: u32) -> Result<Equalizer> {
        let mut raw = std::ptr::null_mut();
        // SAFETY: the pointer is to a live local; on PERBUS_OK the handle is ours to release.
        unsafe { native!(perbus_equalizer_create(bands, &mut raw)) }?;
        Ok(Equalizer(self.adopt(raw, Kind::Effect)?))
    }

    /// Makes a source whose sound comes from `render`, called with every block, and attaches it. It stays and goes on sounding when its
    /// last handle is dropped: see [`nodes`](Self::nodes).
    ///
    /// `render` runs on the audio thread, or on one that
    /// [`set_render_threads`](Self::set_render_threads) has added: it must not allocate, lock, wait
    /// or log. Calls on any engine or node are [`Error::InRender`](crate::Error::InRender) there, for
    /// they might wait for the block that it makes; handles that it drops end with the next call from
    /// elsewhere. A panic in it is caught; the source is silent from then on.
    ///
    /// Maps to `-[AVAudioSourceNode initWithFormat:renderBlock:]` and `attachNode:`.
    ///
    /// ```
    /// use perbus::{Engine, Format};
    ///
    /// let mono = Format::new(48_000.0, 1)?;
    /// let engine = Engine::offline(mono, 64)?;
    /// let source = engine.create_source(mono, |block| block.channel_mut(0).fill(0.5))?;
    /// engine.connect(&source, &engine.main_mixer()?, 0, 0)?;
    /// engine.start()?;
    /// let mut samples = [0.0; 64];
    /// engine.render(&mut [&mut samples])?;
    /// assert_eq!(samples, [0.5; 64]);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoMemory`](crate::Error::NoMemory).
    pub fn create_source(
        &self,
        format: Format,
        render: impl FnMut(&mut RenderBlock<'_>) + Send + 'static,
    ) -> Result<Source> {
        let raw = source::create(format, Box::new(render))?;
        let node = self.adopt(raw, Kind::Source)?;
        node.raw.set_format(format);
        Ok(Source(node))
    }

    /// Wraps and attaches a node that was just made.
    pub(crate) fn adopt(&self, raw: *mut ffi::perbus_node, kind: Kind) -> Result<NodeRef> {
        let raw = Arc::new(RawNode::new(raw, kind)?);
        self.attach_raw(&raw)?;
        Ok(self.node_ref(&raw))
    }

    /// Allocates what rendering needs, so that a start is quick. Maps to `prepare`.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine cannot.
    pub fn prepare(&self) -> Result<()> {
        self.alone(|engine| {
            // SAFETY: the engine is live, and the graph lock is held.
            unsafe { native!(perbus_engine_prepare(engine)) }
        })
    }

    /// Starts rendering; no effect while running. Maps to `startAndReturnError:`.
    ///
    /// # Errors
    /// [`Error::Start`](crate::Error::Start) when there is no output device, it does not open, or the graph cannot be
    /// rendered.
    pub fn start(&self) -> Result<()> {
        self.alone(|engine| {
            // SAFETY: the engine is live, and the graph lock is held.
            unsafe { native!(perbus_engine_start(engine)) }
        })?;
        self.reapply_strips()?;
        self.reapply_settings()
    }

    /// Halts rendering; [`start`](Self::start) goes on. Maps to `pause`.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine cannot.
    pub fn pause(&self) -> Result<()> {
        self.alone(|engine| {
            self.inner.now();
            // SAFETY: the engine is live, and the graph lock is held.
            unsafe { native!(perbus_engine_pause(engine)) }
        })
    }

    /// Ends rendering. Players stop playing but keep their queues. Maps to `stop`.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine cannot.
    pub fn stop(&self) -> Result<()> {
        self.alone(|engine| {
            self.inner.now();
            // SAFETY: the engine is live, and the graph lock is held.
            unsafe { native!(perbus_engine_stop(engine)) }
        })
    }

    /// Sets the clock to 0 and clears the nodes' state, not their connections. Maps to `reset`.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine cannot.
    pub fn reset(&self) -> Result<()> {
        self.alone(|engine| {
            let now = self.inner.now();
            // SAFETY: the engine is live, and the graph lock is held.
            unsafe { native!(perbus_engine_reset(engine)) }?;
            let past = now - self.inner.sample_time()?;
            self.inner.past.store(past, Ordering::Relaxed);
            Ok(())
        })
    }

    /// Whether the engine renders: started and not paused. Maps to `isRunning`.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine cannot tell.
    pub fn is_running(&self) -> Result<bool> {
        let mut running = false;
        // SAFETY: the engine is live and the pointer is to a live local.
        unsafe {
            native!(perbus_engine_is_running(
                self.inner.raw.as_ptr(),
                &mut running
            ))
        }?;
        Ok(running)
    }

    /// With the graph lock held for writing: nothing else touches the graph meanwhile.
    fn alone(&self, call: impl FnOnce(*mut ffi::perbus_engine) -> Result<()>) -> Result<()> {
        let _graph = self.inner.edit()?;
        call(self.inner.raw.as_ptr())
    }
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
        let nodes = self.inner.read().ok().map(|graph| graph.node_count());
        formatter
            .debug_struct("Engine")
            .field("format", &self.inner.format)
            .field("max_frames", &self.inner.max_frames)
            .field("nodes", &nodes)
            .finish()
    }
}
