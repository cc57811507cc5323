//! The channel strip of one mixer input bus, and its fades.

use std::hash::{DefaultHasher, Hash, Hasher};

use perbus::{Curve, FadeEnd, Meter};

use crate::prelude::*;

/// A mixer's input bus and its fader, pan, mute, solo and label, as on a console.
///
/// What is connected to the bus sounds through its strip; the strip keeps its values while sources
/// come and go, and gives them to every new connection. Changes are click-free: the portable engine
/// ramps them over 10 ms at 48 kHz.
///
/// Setting a value raises `NotAttachedError` when the mixer was detached.
///
/// >>> import perbus
/// >>> engine = perbus.Engine.offline(48000, 2)
/// >>> bus = engine.main_mixer.bus(2)
/// >>> bus.volume = 0.5
/// >>> player = engine.create_player()
/// >>> engine.connect(player, bus.mixer, to_bus=2)
/// >>> engine.connection_volume(player, bus.mixer, 2)
/// 0.5
/// >>> bus.muted = True
/// >>> engine.connection_volume(player, bus.mixer, 2), bus.volume
/// (0.0, 0.5)
#[pyclass(module = "perbus", frozen)]
pub(crate) struct Bus {
    pub(crate) engine: Py<Engine>,
    pub(crate) mixer: Arc<NodeCell>,
    pub(crate) number: u32,
}

impl Handle for Bus {
    type Native = perbus::Bus;

    fn call<T: Send>(
        slf: &Bound<'_, Self>, native: impl FnOnce(&perbus::Bus) -> perbus::Result<T> + Send,
    ) -> PyResult<T> {
        let (bus, number) = (slf.get(), slf.get().number);
        let core = &bus.engine.get().core;
        let mixer = bus.mixer.held::<perbus::Mixer>(slf.py(), core)?;
        core.call(slf.py(), move || native(&mixer.bus(number)?))
    }
}

impl Bus {
    /// Does with the GIL held what need not wait, else `native` with the GIL free.
    #[inline]
    fn quick(
        slf: &Bound<'_, Self>, quick: impl FnOnce(&perbus::Mixer) -> Option<perbus::Result<()>>,
        native: impl FnOnce(&perbus::Bus) -> perbus::Result<()> + Send,
    ) -> PyResult<()> {
        match slf.get().mixer.with(quick) {
            Some(done) => done.map_err(|error| raise(slf.py(), error)),
            None => Self::call(slf, native),
        }
    }

    /// Python's objects for buses that the crate returns.
    pub(crate) fn all(
        engine: &Bound<'_, Engine>, buses: impl IntoIterator<Item = perbus::Bus>,
    ) -> Vec<Self> {
        let core = &engine.get().core;
        let bus = |bus: perbus::Bus| {
            let mixer = core.node(bus.mixer().id()).unwrap_or_else(|| {
                // Detached, and left to its Python objects.
                let mixer = NodeCell::new(AnyNode::Mixer(bus.mixer().clone()), None);
                core.ends(mixer.clone());
                mixer
            });
            Self { engine: engine.clone().unbind(), mixer, number: bus.number() }
        };
        buses.into_iter().map(bus).collect()
    }
}

pub(crate) type Ended = Box<dyn FnOnce(FadeEnd) + Send>;

/// What fades: strips, groups, mixers' output volumes.
pub(crate) trait Fades: Handle {
    fn engine_of<'a, 'py>(slf: &'a Bound<'py, Self>) -> &'a Bound<'py, Engine>;

    fn fade(
        slf: &Bound<'_, Self>, on_end: Option<&Bound<'_, PyAny>>,
        start: impl FnOnce(&Self::Native, Ended) -> perbus::Result<perbus::Fade> + Send,
    ) -> PyResult<Fade> {
        Fade::start(Self::engine_of(slf), on_end, |ended| {
            Self::call(slf, move |native| start(native, ended))
        })
    }
}

impl Fades for Bus {
    fn engine_of<'a, 'py>(slf: &'a Bound<'py, Self>) -> &'a Bound<'py, Engine> {
        slf.get().engine.bind(slf.py())
    }
}

forward!(Bus {
    /// The fader: a linear gain, 0 to 4 (beyond 1 undocumented on Apple), initially 1.
    ///
    /// :raises OutOfRangeError: when it is set to another value
    #[getter]
    volume() -> f32;

    /// The fader in decibels: 0 at unity, minus infinity at silence.
    ///
    /// :raises OutOfRangeError: when it is set to more than 12.04 dB
    #[getter]
    volume_db() -> f32;

    #[setter]
    set_volume_db(decibels: Single);

    /// -1 (left) to 1 (right), initially 0: a mono source is panned, a stereo one balanced. A mixer
    /// with a mono output has no use for it.
    ///
    /// :raises OutOfRangeError: when it is set to another value
    #[getter]
    pan() -> f32;

    /// Whether the bus is silent; its fader stays where it is.
    #[getter(muted)]
    is_muted() -> bool;

    #[setter]
    set_muted(muted: bool);

    /// Solo in place, for the whole engine: while any bus is soloed, only these are heard: the soloed
    /// and the solo-safe buses, every bus that the source of a soloed one is heard through (its other
    /// connections, and the mixers' buses that it goes on through), and every bus that leads into a
    /// soloed one. Mute wins over solo.
    #[getter(soloed)]
    is_soloed() -> bool;

    #[setter]
    set_soloed(soloed: bool);

    /// Whether solos of other buses leave this one audible.
    #[getter(solo_safe)]
    is_solo_safe() -> bool;

    #[setter]
    set_solo_safe(solo_safe: Value<bool>);

    /// Whether the bus is neither muted nor silenced by a solo elsewhere. Its fader may still be at 0.
    #[getter]
    is_audible() -> bool;

    /// What the bus is called; initially empty.
    #[getter]
    label() -> String;

    /// The volume that the engine gets: 0 while the bus is muted, or solo silences it.
    #[getter]
    effective_volume() -> f32;

    /// Puts the strip back to volume 1, pan 0, neither muted nor soloed nor solo-safe. The label is
    /// kept.
    reset();
});

#[pymethods]
impl Bus {
    /// What the bus adds to its mixer, after fader, pan, mute and solo. The first call for a
    /// connection switches the meter on, and reads zeros until a window is full.
    ///
    /// :raises NotConnectedError: when the bus has no source
    /// :raises NotMixingError: when its source is a matrix
    /// :raises NotAttachedError: when the mixer was detached
    /// :raises UnsupportedError: on Apple's AVFAudio, which has no meter per connection, unless
    ///     `Engine.meter_taps` is on
    /// :raises InvalidArgumentError: with it, while the program taps what is connected to the bus
    fn meter(&self, py: Python<'_>) -> PyResult<Value<Meter>> {
        let mixer = self.mixer.held::<perbus::Mixer>(py, &self.engine.get().core)?;
        let number = self.number;
        Core::wait(py, move || mixer.bus(number)?.meter()).map(Value)
    }

    /// The bus's number on its mixer.
    #[getter]
    fn number(&self) -> u32 {
        self.number
    }

    /// The mixer whose bus it is.
    #[getter]
    fn mixer(&self, py: Python<'_>) -> PyResult<Py<Node>> {
        wrap(self.engine.bind(py), Arc::clone(&self.mixer))
    }

    /// What is connected to the bus, directly.
    #[getter]
    fn source(&self, py: Python<'_>) -> PyResult<Option<Py<Node>>> {
        let engine = self.engine.bind(py);
        let mixer = self.mixer.held(py, &engine.get().core)?;
        Ok(Engine::source_of(engine, mixer, Value(self.number))?.map(|(node, _)| node))
    }

    /// Connects a source's first output bus to this bus, in a format or the source's own; otherwise as
    /// `Engine.connect`.
    #[pyo3(signature = (source, format = None))]
    fn connect(
        slf: &Bound<'_, Self>, source: Held<AnyNode>, format: Option<Stream>,
    ) -> PyResult<()> {
        Self::call(slf, move |bus| match format {
            Some(Value(format)) => bus.connect_with_format(&*source, format),
            None => bus.connect(&*source),
        })
    }

    /// Ends the bus's connection; no effect when there is none. The strip keeps its values.
    ///
    /// :raises NotAttachedError: when the mixer was detached
    /// :raises OutOfRangeError: for a bus that the mixer does not have yet
    fn disconnect(slf: &Bound<'_, Self>) -> PyResult<()> {
        Self::call(slf, perbus::Bus::disconnect)
    }

    #[setter]
    fn set_volume(slf: &Bound<'_, Self>, volume: Single) -> PyResult<()> {
        let (number, volume) = (slf.get().number, volume.0);
        let quick = |mixer: &perbus::Mixer| mixer.try_set_bus_volume(number, volume, false);
        Self::quick(slf, quick, move |bus| bus.set_volume(volume))
    }

    #[setter]
    fn set_pan(slf: &Bound<'_, Self>, pan: Single) -> PyResult<()> {
        let (number, pan) = (slf.get().number, pan.0);
        let quick = |mixer: &perbus::Mixer| mixer.try_set_bus_pan(number, pan, false);
        Self::quick(slf, quick, move |bus| bus.set_pan(pan))
    }

    #[setter]
    fn set_label(slf: &Bound<'_, Self>, label: String) -> PyResult<()> {
        Self::call(slf, move |bus| {
            bus.set_label(&label);
            Ok(())
        })
    }

    /// Fades the volume to a value, from the next block on. A new value or fade replaces it. It
    /// starts from `volume`, also when that was set just before.
    ///
    /// On the portable engine every frame has its own gain, exactly that of the curve; Apple's and a
    /// bus behind a matrix get steps. ``on_end`` runs once when the fade is over: after the block
    /// that ends it, on the thread that rendered, or on a thread of perbus while a device plays.
    ///
    /// :raises OutOfRangeError: for the volume, or a fade of more than a day
    ///
    /// >>> import numpy, perbus
    /// >>> engine = perbus.Engine.offline(1000, 1, 100)
    /// >>> source = engine.create_source(lambda block, time: block.fill(1))
    /// >>> engine.connect(source, engine.main_mixer)
    /// >>> engine.start()
    /// >>> _ = engine.render(100)
    /// >>> fade = engine.main_mixer.bus(0).fade_to(0.0, seconds=0.1)
    /// >>> samples = engine.render(100)
    /// >>> round(float(samples[0, 24]), 6), float(samples[0, 99])
    /// (0.75, 0.0)
    #[pyo3(signature = (volume, seconds, curve = Value(Curve::Linear), on_end = None))]
    #[pyo3(text_signature = "($self, volume, seconds, curve=<Curve.LINEAR: 0>, on_end=None)")]
    fn fade_to(
        slf: &Bound<'_, Self>, volume: Single, seconds: Seconds, curve: Value<Curve>,
        on_end: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Fade> {
        Self::fade(slf, on_end, move |bus, ended| {
            bus.fade_to_with(volume.0, seconds.0, curve.0, ended)
        })
    }

    /// Fades the pan, linearly. As `fade_to`.
    #[pyo3(signature = (pan, seconds, on_end = None))]
    fn fade_pan_to(
        slf: &Bound<'_, Self>, pan: Single, seconds: Seconds, on_end: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Fade> {
        Self::fade(slf, on_end, move |bus, ended| bus.fade_pan_to_with(pan.0, seconds.0, ended))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Bus>().is_ok_and(|other| {
            let other = other.get();
            self.number == other.number && Arc::ptr_eq(&self.mixer, &other.mixer)
        })
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.mixer.id, self.number).hash(&mut hasher);
        hasher.finish()
    }

    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __repr__(slf: &Bound<'_, Self>) -> String {
        let (number, mixer) = (slf.get().number, slf.get().mixer.id);
        let values = Self::call(slf, |bus| Ok((bus.label(), bus.volume(), bus.pan())));
        let Ok((label, volume, pan)) = values else {
            return format!("<perbus.Bus {number} of {mixer:#x} closed>");
        };
        let label = if label.is_empty() { label } else { format!(" {label:?}") };
        format!("<perbus.Bus {number}{label} of {mixer:#x}: volume {volume}, pan {pan:+}>")
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.engine)
    }
}

/// A fade under way, or over. It continues when the object goes.
#[pyclass(module = "perbus", frozen)]
pub(crate) struct Fade {
    engine: Py<Engine>,
    fade: Arc<Slot<perbus::Fade>>,
}

impl Handle for Fade {
    type Native = perbus::Fade;

    fn call<T: Send>(
        slf: &Bound<'_, Self>, native: impl FnOnce(&perbus::Fade) -> perbus::Result<T> + Send,
    ) -> PyResult<T> {
        let fade = slf.get().fade.get().ok_or_else(|| Core::closed(slf.py()))?;
        slf.get().engine.get().core.call(slf.py(), move || native(&fade))
    }
}

impl Fade {
    /// Starts a fade of something, which calls a function at its end.
    fn start(
        engine: &Bound<'_, Engine>, on_end: Option<&Bound<'_, PyAny>>,
        start: impl FnOnce(Ended) -> PyResult<perbus::Fade>,
    ) -> PyResult<Self> {
        let core = &engine.get().core;
        let function = on_end.map(|it| core.objects.keep_function(it, "on_end")).transpose()?;
        let ended: Ended = Box::new(move |end| {
            if let Some(function) = function {
                function.call("a fade's end", |py| PyTuple::new(py, [Value(end)]));
            }
        });
        let fade = Arc::new(Slot::new(start(ended)?));
        core.ends(fade.clone());
        Ok(Self { engine: engine.clone().unbind(), fade })
    }
}

forward!(Fade {
    /// Whether the fade is under way.
    #[getter]
    is_running() -> bool;

    /// Stops the fade where it is; no effect when it is over or was replaced.
    ///
    /// :raises NotAttachedError: when the mixer was detached
    cancel();
});

#[pymethods]
impl Fade {
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.engine)
    }
}
