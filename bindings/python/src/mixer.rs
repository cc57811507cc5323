//! Mixers, and what many strips of one are set to at once.

use perbus::{BusConfig, Curve, Meter, PanLaw, Scene};

use crate::bus::{Fade, Fades};
use crate::prelude::*;

/// A mixer: any number of input buses, each with a channel strip, summed into one output bus.
///
/// `str(mixer)` is a table of the buses that have a source or a strip: number, label, source, volume,
/// pan and what silences them.
///
/// >>> import perbus
/// >>> engine = perbus.Engine.offline(48000, 2)
/// >>> drums = engine.create_mixer()
/// >>> engine.connect(drums, engine.main_mixer)
/// >>> drums.bus(7).pan = -0.5
/// >>> drums.output_volume = 0.5
/// >>> drums.bus(7).pan, drums.output_volume
/// (-0.5, 0.5)
#[pyclass(module = "perbus", frozen, extends = Node, subclass)]
pub(crate) struct Mixer;

impl Fades for Mixer {
    fn engine_of<'a, 'py>(slf: &'a Bound<'py, Self>) -> &'a Bound<'py, Engine> {
        slf.as_super().get().engine.bind(slf.py())
    }
}

forward!(Mixer {
    /// The gain of the mixer's sum, 0 to 4: of all its buses at once.
    ///
    /// :raises OutOfRangeError: when it is set to another value
    #[getter]
    output_volume() -> f32;

    #[setter]
    set_output_volume(volume: Single);

    /// The gain of the mixer's sum in decibels: 0 at unity, minus infinity at silence.
    ///
    /// :raises OutOfRangeError: when it is set to more than 12.04 dB
    #[getter]
    output_volume_db() -> f32;

    #[setter]
    set_output_volume_db(decibels: Single);

    /// The pan law of the mixer's mono inputs, those that are connected later included; inputs with more
    /// channels are always balanced. It belongs to the mixer: reconnections and being detached leave it
    /// alone. Where an input sounds, a change is heard as a ramp. In a mixer with a mono output it has no
    /// effect.
    ///
    /// >>> import perbus
    /// >>> engine = perbus.Engine.offline(48000, 2)
    /// >>> mixer, mono = engine.main_mixer, perbus.Format(48000, 1)
    /// >>> bus = mixer.connect_next(engine.create_source(lambda block, time: block.fill(1), mono))
    /// >>> mixer.pan_law = perbus.PanLaw.CONSTANT_POWER
    /// >>> engine.start()
    /// >>> engine.render(512)[:, 511].round(4).tolist() == [0.7071, 0.7071]
    /// True
    #[getter]
    pan_law() -> PanLaw;

    #[setter]
    set_pan_law(law: Value<PanLaw>);

    /// Gives the mixer at least so many input buses. Apple's mixer grows for `Engine.connect`, but
    /// not for `Engine.connect_many` on a running engine.
    ///
    /// :raises OutOfRangeError: unless ``buses`` is 1 to ``MAX_BUSES``
    reserve(buses: Index);

    /// The lowest input bus that nothing is connected to.
    #[getter]
    next_bus() -> u32;
});

#[pymethods]
impl Mixer {
    /// The meter of the mixer's sum, after its output volume. The first call switches it on.
    ///
    /// :raises UnsupportedError: on Apple's AVFAudio, unless `Engine.meter_taps` is on
    /// :raises InvalidArgumentError: with it, while the program taps or records the mixer
    /// :raises NotAttachedError: with it, when the mixer was detached
    fn meter(slf: &Bound<'_, Self>) -> PyResult<Value<Meter>> {
        let mixer = slf.as_super().get().held::<perbus::Mixer>(slf.py())?;
        Core::wait(slf.py(), move || mixer.meter()).map(Value)
    }

    /// The channel strip of an input bus. It belongs to the bus, not to what is connected there: it
    /// may be set before anything is, and it keeps its values when sources come and go.
    ///
    /// :raises OutOfRangeError: for a bus not below ``MAX_BUSES``
    fn bus(slf: &Bound<'_, Self>, number: Index) -> PyResult<Bus> {
        Self::call(slf, |mixer| mixer.bus(number.0).map(drop))?;
        let node = slf.as_super().get();
        let (engine, mixer) = (node.engine.clone_ref(slf.py()), node.cell.clone());
        Ok(Bus { engine, mixer, number: number.0 })
    }

    /// Connects a source to the lowest bus that nothing is connected to, in a format or the source's own,
    /// and returns the bus. Threads that do so at the same time get different buses. Fails as
    /// `Engine.connect`.
    ///
    /// >>> import perbus
    /// >>> engine = perbus.Engine.offline(48000, 2)
    /// >>> drums = engine.main_mixer.connect_next(engine.create_player())
    /// >>> bass = engine.main_mixer.connect_next(engine.create_player())
    /// >>> drums.number, bass.number, engine.main_mixer.buses == [drums, bass]
    /// (0, 1, True)
    #[pyo3(signature = (source, format = None))]
    fn connect_next(
        slf: &Bound<'_, Self>, source: Held<AnyNode>, format: Option<Stream>,
    ) -> PyResult<Bus> {
        let bus = Self::call(slf, move |mixer| match format {
            Some(Value(format)) => mixer.connect_next_with_format(&*source, format),
            None => mixer.connect_next(&*source),
        })?;
        Ok(Bus::all(slf.as_super().get().engine.bind(slf.py()), [bus]).remove(0))
    }

    /// The buses that have a strip, by ascending number: those that were ever connected or asked for.
    #[getter]
    fn buses(slf: &Bound<'_, Self>) -> PyResult<Vec<Bus>> {
        let buses: Vec<_> = Self::call(slf, |mixer| Ok(mixer.buses().collect()))?;
        Ok(Bus::all(slf.as_super().get().engine.bind(slf.py()), buses))
    }

    /// Fades the gain of the mixer's sum, as `Bus.fade_to` does.
    #[pyo3(signature = (volume, seconds, curve = Value(Curve::Linear), on_end = None))]
    #[pyo3(text_signature = "($self, volume, seconds, curve=<Curve.LINEAR: 0>, on_end=None)")]
    fn fade_output_volume_to(
        slf: &Bound<'_, Self>, volume: Single, seconds: Seconds, curve: Value<Curve>,
        on_end: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Fade> {
        Self::fade(slf, on_end, move |mixer, ended| {
            mixer.fade_output_volume_to_with(volume.0, seconds.0, curve.0, ended)
        })
    }

    /// Changes many strips at once. Everything is checked first; then all of it changes, and on the
    /// portable engine it is heard from one and the same block on.
    ///
    /// :raises OutOfRangeError: for a volume, a pan or a bus
    /// :raises InvalidArgumentError: for a bus that is listed twice
    /// :raises NotAttachedError: when the mixer was detached
    ///
    /// >>> import perbus
    /// >>> mixer = perbus.Engine.offline(48000, 2).main_mixer
    /// >>> mixer.configure([
    /// ...     perbus.BusConfig(0, volume=0.5, pan=-1.0),
    /// ...     perbus.BusConfig(1, muted=True),
    /// ... ])
    /// >>> mixer.bus(0).volume, mixer.bus(1).muted
    /// (0.5, True)
    pub(crate) fn configure(slf: &Bound<'_, Self>, buses: &Bound<'_, PyAny>) -> PyResult<()> {
        let configs = buses.try_iter()?.map(|config| Ok(config?.extract::<Value<BusConfig>>()?.0));
        let configs = configs.collect::<PyResult<Vec<_>>>()?;
        Self::call(slf, move |mixer| mixer.configure(&configs))
    }

    /// The mixer as it is now: the strips of every bus that was ever connected or asked for, and the output
    /// volume. Which are soloed is left out, so that to apply the scene leaves the solos as they are then.
    ///
    /// >>> import perbus
    /// >>> mixer = perbus.Engine.offline(48000, 2).main_mixer
    /// >>> mixer.bus(0).volume = 0.3
    /// >>> verse = mixer.snapshot()
    /// >>> mixer.bus(0).volume = 0.9
    /// >>> mixer.apply(verse)
    /// >>> mixer.bus(0).volume
    /// 0.3
    fn snapshot(slf: &Bound<'_, Self>) -> PyResult<Value<Scene>> {
        Self::call(slf, |mixer| Ok(Value(mixer.snapshot())))
    }

    /// As `snapshot`, with the solo of each strip.
    fn snapshot_with_solo(slf: &Bound<'_, Self>) -> PyResult<Value<Scene>> {
        Self::call(slf, |mixer| Ok(Value(mixer.snapshot_with_solo())))
    }

    /// Sets the mixer to a scene, of this mixer or another one, as `configure` does. What it does not list
    /// stays.
    ///
    /// :raises InvalidArgumentError: for a bus that is listed twice
    /// :raises OutOfRangeError: for a volume, a pan or a bus
    /// :raises NotAttachedError: when the mixer was detached
    fn apply(slf: &Bound<'_, Self>, scene: Value<Scene>) -> PyResult<()> {
        Self::call(slf, move |mixer| mixer.apply(&scene.0))
    }

    /// Fades to a scene: volumes, pans and the output volume start in the same block and arrive together,
    /// pans linearly. Mutes, solos and labels switch at the start. Values that are right already do not
    /// fade; a later value, fade or scene replaces those that it concerns. Fails as `apply`, and:
    ///
    /// :raises OutOfRangeError: for a fade of more than a day
    #[pyo3(signature = (scene, seconds, curve = Value(Curve::Linear)))]
    #[pyo3(text_signature = "($self, scene, seconds, curve=<Curve.LINEAR: 0>)")]
    fn fade_to_scene(
        slf: &Bound<'_, Self>, scene: Value<Scene>, seconds: Seconds, curve: Value<Curve>,
    ) -> PyResult<()> {
        Self::call(slf, move |mixer| mixer.fade_to_scene(&scene.0, seconds.0, curve.0))
    }

    fn __str__(slf: &Bound<'_, Self>) -> PyResult<String> {
        Self::call(slf, |mixer| Ok(mixer.to_string()))
    }
}
