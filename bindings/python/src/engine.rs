//! The engine: making it, its nodes, starting, stopping and closing it.

use std::time::Duration;

use perbus::{Fallback, Format};
use pyo3::types::{PyDict, PyType};

use crate::device::builder;
use crate::file::File;
use crate::graph::Batch;
use crate::prelude::*;

/// A graph of audio nodes and what renders it: ``Engine()`` to an output device, which `start` opens,
/// ``Engine.offline`` to the caller.
///
/// Without ``output``, the id of one of `devices`, the engine plays to whatever is the default output at
/// each start; likewise ``input`` is the device that `input` records from. What is not given is the device's choice: ``sample_rate`` in Hz, ``block``, the frames that
/// are rendered at once (16 to 4096), and ``latency`` from rendering to hearing in seconds (0.001 to 2, at
/// least two blocks; 0.03 unless given). `device_status` has what came of it. With ``restarts``, an engine
/// that stops because of its device starts again by itself, as soon as there is one that suits, and its
/// players and fades go on; `stop`, `pause` and `close` end its attempts.
///
/// Methods may be called from any thread, and rendering continues while they run. As a context
/// manager it closes at the end.
///
/// >>> import numpy, perbus
/// >>> with perbus.Engine.offline(48000, 2, max_frames=512) as engine:
/// ...     player = engine.create_player()
/// ...     engine.connect(player, engine.main_mixer, to_bus=3)
/// ...     engine.main_mixer.bus(3).volume = 0.25
/// ...     engine.start()
/// ...     player.schedule(numpy.ones((2, 512), numpy.float32))
/// ...     player.play()
/// ...     left, right = engine.render(512)
/// >>> float(left[0]), float(right[511])
/// (0.25, 0.25)
#[pyclass(module = "perbus", frozen, subclass, weakref)]
pub(crate) struct Engine {
    pub(crate) core: Arc<Core>,
}

impl Handle for Engine {
    type Native = perbus::Engine;

    fn call<T: Send>(
        slf: &Bound<'_, Self>, native: impl FnOnce(&perbus::Engine) -> perbus::Result<T> + Send,
    ) -> PyResult<T> {
        let engine = slf.get().core.engine(slf.py())?;
        slf.get().core.call(slf.py(), move || native(&engine))
    }
}

impl Engine {
    /// Makes a node, which the engine keeps.
    fn create<N: Send>(
        slf: &Bound<'_, Self>, kind: impl FnOnce(N) -> AnyNode + Send,
        native: impl FnOnce(&perbus::Engine) -> perbus::Result<N> + Send,
        failure: Option<Arc<Failure>>,
    ) -> PyResult<Py<Node>> {
        let node = Self::call(slf, move |engine| native(engine).map(kind))?;
        let cell = NodeCell::new(node, failure);
        slf.get().core.ends(cell.clone());
        slf.get().core.keep(&cell);
        wrap(slf, cell)
    }
}

#[pymethods]
impl Engine {
    #[new]
    #[pyo3(signature = (
        output = None, *, input = None, sample_rate = None, block = None, latency = None, restarts = false,
        _offline = None
    ))]
    #[pyo3(
        text_signature = "(output=None, *, input=None, sample_rate=None, block=None, latency=None, \
            restarts=False)"
    )]
    #[allow(clippy::too_many_arguments)]
    fn new(
        py: Python<'_>, output: Option<&str>, input: Option<&str>, sample_rate: Option<Double>,
        block: Option<Index>, latency: Option<Seconds>, restarts: bool,
        _offline: Option<(Double, Index, Index)>,
    ) -> PyResult<Self> {
        refuse_in_source(py, "make an engine")?;
        let device = builder(output, input, sample_rate, block, latency, restarts);
        let engine = || match _offline {
            Some((rate, channels, max_frames)) => {
                perbus::Engine::offline(Format::new(rate.0, channels.0)?, max_frames.0)
            }
            None => device.build(),
        };
        Ok(Self { core: call(py, || Core::new(engine()?))? })
    }

    /// An engine that renders when `render` asks for it, as fast as the machine can, in blocks of at
    /// most ``max_frames`` frames (1 to 1048576).
    ///
    /// :raises FormatError: for a rate or a channel count outside those of `Format`
    /// :raises OutOfRangeError: for ``max_frames``
    #[classmethod]
    #[pyo3(signature = (sample_rate, channels, max_frames = Value(4096)))]
    #[pyo3(text_signature = "($cls, sample_rate, channels, max_frames=4096)")]
    fn offline<'py>(
        cls: &Bound<'py, PyType>, sample_rate: Double, channels: Index, max_frames: Index,
    ) -> PyResult<Bound<'py, PyAny>> {
        let options = PyDict::new(cls.py());
        options.set_item("_offline", (sample_rate.0, channels.0, max_frames.0))?;
        cls.call_method("__new__", (cls,), Some(&options))
    }

    /// Stops the engine and ends it and its nodes; all further calls raise `ClosedError`. Waits for
    /// a rendering thread and for a completion that is running. Closing again has no effect.
    ///
    /// :raises WrongKindError: in a source's function, and inside `batch`
    pub(crate) fn close(&self, py: Python<'_>) -> PyResult<()> {
        refuse_in_source(py, "close an engine")?;
        if self.core.engine.is_closed() {
            return Ok(());
        }
        if self.core.calls.has_batch() {
            let reason = "an engine cannot be closed inside batch()";
            return Err(failure(py, "WrongKindError", reason));
        }
        self.core.close(py, Duration::MAX)
    }

    /// Whether the engine was closed.
    #[getter]
    fn is_closed(&self) -> bool {
        self.core.engine.is_closed()
    }

    fn __enter__(slf: Bound<'_, Self>) -> PyResult<Bound<'_, Self>> {
        slf.get().core.engine(slf.py())?;
        Ok(slf)
    }

    #[pyo3(signature = (*_raised))]
    fn __exit__(&self, py: Python<'_>, _raised: &Bound<'_, PyTuple>) -> PyResult<()> {
        self.close(py)
    }

    fn __repr__(&self) -> String {
        let core = &self.core;
        let what = if core.max_frames.is_some() { "offline" } else { "device" };
        let state = if core.engine.is_closed() { " closed" } else { "" };
        let (rate, channels) = (core.format.sample_rate(), core.format.channels());
        format!("<perbus.Engine {what} {rate} Hz, {channels} channels{state}>")
    }

    fn __reduce__(&self) -> PyResult<()> {
        // Two objects must not close one engine.
        let reason = "an engine cannot be copied or pickled";
        Err(pyo3::exceptions::PyTypeError::new_err(reason))
    }

    /// The format of the mix.
    #[getter]
    fn format(&self) -> Stream {
        Value(self.core.format)
    }

    /// The longest block in frames; None for an engine that plays to a device.
    #[getter]
    fn max_frames(&self) -> Option<u32> {
        self.core.max_frames
    }

    /// The mixer that feeds the output.
    #[getter]
    fn main_mixer(slf: &Bound<'_, Self>) -> PyResult<Py<Node>> {
        wrap(slf, Arc::clone(&slf.get().core.main))
    }

    /// Where the mix leaves the engine.
    #[getter]
    fn output(slf: &Bound<'_, Self>) -> PyResult<Py<Node>> {
        wrap(slf, Arc::clone(&slf.get().core.output))
    }

    /// Makes a mixer and attaches it.
    fn create_mixer(slf: &Bound<'_, Self>) -> PyResult<Py<Node>> {
        Self::create(slf, AnyNode::Mixer, perbus::Engine::create_mixer, None)
    }

    /// Makes a player and attaches it. With a format it plays samples of that one, a mono file on a
    /// stereo engine, say, and gets them once it is connected; otherwise its format is the engine's
    /// until it is connected in another one.
    #[pyo3(signature = (format = None))]
    fn create_player(slf: &Bound<'_, Self>, format: Option<Stream>) -> PyResult<Py<Node>> {
        let native = move |engine: &perbus::Engine| match format {
            Some(Value(format)) => engine.create_player_with(format),
            None => engine.create_player(),
        };
        Self::create(slf, AnyNode::Player, native, None)
    }

    /// Makes a player for a file, and others with its channels, and attaches it. It has the engine's
    /// rate, to which it converts.
    fn create_player_for_file(slf: &Bound<'_, Self>, file: &Bound<'_, File>) -> PyResult<Py<Node>> {
        let Value(format) = file.get().format(slf.py())?;
        let native = |engine: &_| raw::create_player_for_format(engine, format);
        Self::create(slf, AnyNode::Player, native, None)
    }

    /// Plays samples once, on a mixer's input bus: a player is made, connected and started, and
    /// detached again when they have ended. The handle is for who wants to pause or stop it.
    ///
    /// :param sample_rate: Hz, the engine's unless given
    /// :raises NotRunningError: before the start
    #[pyo3(signature = (samples, mixer, bus, sample_rate = None))]
    fn play_once(
        slf: &Bound<'_, Self>, samples: &Bound<'_, PyAny>, mixer: Held<perbus::Mixer>, bus: Index,
        sample_rate: Option<Double>,
    ) -> PyResult<Py<Node>> {
        let format = slf.get().core.format;
        let format = match sample_rate {
            Some(rate) => checked_format(slf.py(), rate.0, format.channels(), None)?,
            None => format,
        };
        let buffer = buffer(samples, move || format)?;
        let native = move |engine: &perbus::Engine| engine.play_once(&buffer, &mixer, bus.0);
        Self::create(slf, AnyNode::Player, native, None)
    }

    /// Makes an equalizer, its bands bypassed, and attaches it.
    ///
    /// :raises OutOfRangeError: unless ``bands`` is 1 to ``MAX_BANDS``
    fn create_equalizer(slf: &Bound<'_, Self>, bands: Index) -> PyResult<Py<Node>> {
        Self::create(slf, AnyNode::Equalizer, |engine| engine.create_equalizer(bands.0), None)
    }

    /// Makes a matrix mixer with so many input and output buses, 1 to ``MAX_MATRIX_BUSES`` each, and
    /// attaches it. Waits for the system to make it.
    ///
    /// :raises OutOfRangeError: for either count
    /// :raises UnavailableError: when the system makes none
    fn create_matrix(slf: &Bound<'_, Self>, inputs: Index, outputs: Index) -> PyResult<Py<Node>> {
        let native = |engine: &perbus::Engine| engine.create_matrix(inputs.0, outputs.0);
        Self::create(slf, AnyNode::Matrix, native, None)
    }

    /// Makes a source whose sound comes from ``render(block, time)``, and attaches it.
    ///
    /// ``block`` is zeros (channels x frames) to be filled in place, valid during the call; ``time``
    /// is the engine's time at its first frame, counted at the source's own rate. The function runs
    /// on the audio thread and takes the GIL: it is not real-time safe. Offline that is of no
    /// consequence; on a device it may be late and is heard as a gap. In it calls on an engine or its
    /// nodes raise `WrongKindError`. What it raises is logged, kept in `Source.error`, and the source
    /// is silent from then on; but ``KeyboardInterrupt`` and ``SystemExit`` come out of `render`, if
    /// that has called it.
    ///
    /// :param format: the engine's unless given
    #[pyo3(signature = (render, format = None))]
    fn create_source(
        slf: &Bound<'_, Self>, render: &Bound<'_, PyAny>, format: Option<Stream>,
    ) -> PyResult<Py<Node>> {
        let core = &slf.get().core;
        let format = format.map_or(core.format, |format| format.0);
        let failure = Arc::<Failure>::default();
        let mut function =
            SourceFunction::new(&core.objects, render, "render", Arc::clone(&failure))?;
        let native = move |engine: &perbus::Engine| {
            engine.create_source(format, move |block| function.render(block))
        };
        Self::create(slf, AnyNode::Source, native, Some(failure))
    }

    #[setter]
    fn set_fallback(slf: &Bound<'_, Self>, fallback: Value<Fallback>) -> PyResult<()> {
        Self::call(slf, move |engine| {
            engine.set_fallback(fallback.0);
            Ok(())
        })
    }

    #[setter]
    fn set_meter_taps(slf: &Bound<'_, Self>, on: bool) -> PyResult<()> {
        Self::call(slf, move |engine| engine.set_meter_taps(on))
    }

    /// A batch, as a context manager: what this thread connects, disconnects, sets, schedules, plays,
    /// pauses and stops inside is heard from one and the same frame on, that of the next block, on the
    /// portable engine; players that are started in it start together, on Apple's, too. Batches nest.
    /// Calls of other threads wait, those that render too; so what is inside must not wait for them,
    /// nor for a completion.
    ///
    /// >>> import numpy, perbus
    /// >>> engine = perbus.Engine.offline(48000, 1, 64)
    /// >>> engine.start()
    /// >>> with engine.batch():
    /// ...     for bus in range(4):
    /// ...         player = engine.create_player()
    /// ...         engine.connect(player, engine.main_mixer, to_bus=bus)
    /// ...         player.schedule(numpy.full(1000, 0.25, numpy.float32))
    /// ...         player.play()
    /// >>> bool((engine.render(64) == 1).all())
    /// True
    fn batch(slf: &Bound<'_, Self>) -> Batch {
        Batch::new(slf.clone().unbind())
    }

    /// What `batch` was called before.
    fn change(slf: &Bound<'_, Self>) -> Batch {
        Self::batch(slf)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.core.objects.traverse(&visit)
    }

    fn __clear__(&self) {
        self.core.objects.clear();
    }
}

forward!(Engine {
    /// Allocates what rendering needs, so that a start is quick.
    prepare();

    /// Starts rendering; no effect while running.
    ///
    /// :raises StartError: when there is no output device, it does not open, or the graph cannot be
    ///     rendered
    start();

    /// Halts rendering; `start` goes on.
    pause();

    /// Ends rendering. Players stop playing but keep their queues.
    stop();

    /// Sets the clock to 0 and clears the nodes' state, not their connections.
    reset();

    /// Ends the solos of all buses, so that all sound again from one block on.
    clear_solo();

    /// Sets how many threads render, 1 to ``MAX_RENDER_THREADS``, the audio thread or the caller of
    /// `render` included; 1, the default, is that one alone.
    ///
    /// Sub-mixers are then rendered side by side: those of at least 16 connected inputs, upstream
    /// mixers' included, and at most half of the graph's, as far as nothing upstream of them has a
    /// second connection and their sample rate is the engine's. Not one sample changes. Functions of
    /// sources then run on any of these threads: each on one at a time, and one after the other, for
    /// the GIL. More threads than the machine has free cores slow it down. Waits for a block that is
    /// being rendered.
    ///
    /// :raises OutOfRangeError: for ``threads``
    /// :raises NoMemoryError: when the system gives no more threads; the number stays as it was
    /// :raises UnsupportedError: on Apple's engine, which decides itself
    set_render_threads(threads: Index);

    /// Whether the engine renders: started and not paused.
    #[getter]
    is_running() -> bool;

    /// The engine's time in frames: what was rendered since the start or the last reset.
    #[getter]
    sample_time() -> i64;

    /// What the by-number calls do on a bus without a source; initially ``Fallback.GLOBAL``.
    ///
    /// >>> import perbus
    /// >>> engine = perbus.Engine.offline(48000, 2)
    /// >>> engine.fallback = perbus.Fallback.HOLD
    /// >>> engine.set_mixer_volume_for_bus(engine.main_mixer, 0.5, 0)
    /// <Control.HELD: 'held'>
    #[getter]
    fallback() -> Fallback;

    /// Whether taps feed the meters of buses, mixers and groups where the engine has no meters of its
    /// own: Apple's. Initially false. On an engine that has meters it changes nothing.
    ///
    /// The first reading makes a tap, the only one that AVFAudio allows of that output bus: of the mixer,
    /// or of the node that is connected to the bus, which serves all buses that it feeds. A tap or a
    /// recorder of the program's takes its place, and until that ends the readings raise
    /// InvalidArgumentError, as they do if it was there first. It goes with the connection or the node,
    /// with the engine, and when this is switched off.
    ///
    /// A bus's meter then reads the tapped signal times the gains of the strip as they are when a block of
    /// the tap is measured, 0.1 s or longer, which is an approximation while they move, and before the
    /// mixer converts its rate and channels, but for mono. Offline a reading waits for the blocks that are
    /// queued, but in a batch: hold no lock that a tap's function takes.
    #[getter]
    meter_taps() -> bool;
});
