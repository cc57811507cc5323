//! Per-bus control by mixer and bus number, and per-connection control by source and bus.

use perbus::Control;

use crate::prelude::*;

impl Engine {
    /// Does with the GIL held what need not wait, else `native` with the GIL free.
    #[inline]
    fn by_number(
        slf: &Bound<'_, Self>, mixer: &Bound<'_, Mixer>,
        quick: impl FnOnce(&perbus::Mixer) -> Option<perbus::Result<()>>,
        native: impl FnOnce(&perbus::Engine, &perbus::Mixer) -> perbus::Result<Control> + Send,
    ) -> PyResult<Value<Control>> {
        let (py, node) = (slf.py(), mixer.as_super().get());
        if std::ptr::eq(node.engine.get(), slf.get()) {
            if let Some(done) = node.cell.with(quick) {
                return done.map(|()| Value(Control::Connection)).map_err(|error| raise(py, error));
            }
        }
        let mixer = node.held(py)?;
        Self::call(slf, move |engine| native(engine, &mixer)).map(Value)
    }
}

#[pymethods]
impl Engine {
    /// Sets the volume, 0 to 4, of a mixer's input bus.
    ///
    /// With a source connected there this is the bus's own fader, and the answer is
    /// ``Control.CONNECTION``. Without one it is the mixer's output volume, which all buses share: the
    /// answer is ``Control.MIXER``, and the bus's strip keeps its value; `fallback` chooses otherwise.
    ///
    /// :raises OutOfRangeError: for the volume, or a bus not below ``MAX_BUSES``
    /// :raises NotConnectedError: for a bus without a source, with ``Fallback.DENY``
    /// :raises NotAttachedError: for the mixer
    /// :raises WrongEngineError: for the mixer
    ///
    /// >>> import perbus
    /// >>> engine = perbus.Engine.offline(48000, 2)
    /// >>> mixer, player = engine.main_mixer, engine.create_player()
    /// >>> engine.connect(player, mixer)
    /// >>> engine.set_mixer_volume_for_bus(mixer, 0.8, 0)
    /// <Control.CONNECTION: 'connection'>
    /// >>> engine.set_mixer_volume_for_bus(mixer, 0.5, 1)
    /// <Control.MIXER: 'mixer'>
    /// >>> engine.mixer_volume_for_bus(mixer, 0), engine.mixer_volume_for_bus(mixer, 1)
    /// ((0.8, <Control.CONNECTION: 'connection'>), (0.5, <Control.MIXER: 'mixer'>))
    fn set_mixer_volume_for_bus(
        slf: &Bound<'_, Self>, mixer: &Bound<'_, Mixer>, volume: Single, bus: Index,
    ) -> PyResult<Value<Control>> {
        let (volume, bus) = (volume.0, bus.0);
        let quick = |mixer: &perbus::Mixer| mixer.try_set_bus_volume(bus, volume, true);
        Self::by_number(slf, mixer, quick, move |engine, mixer| {
            engine.set_mixer_volume_for_bus(mixer, volume, bus)
        })
    }

    /// Sets the pan, -1 (left) to 1 (right), of a mixer's input bus.
    ///
    /// With a source connected there this is the bus's own pan. Without one it is the pan of the
    /// whole mixer on the mixers that it feeds in turn: a mixer has no pan for its own sum.
    ///
    /// Fails as `set_mixer_volume_for_bus`, and:
    ///
    /// :raises NoPanControlError: when the bus has no source and the mixer feeds no other mixer
    fn set_mixer_pan_for_bus(
        slf: &Bound<'_, Self>, mixer: &Bound<'_, Mixer>, pan: Single, bus: Index,
    ) -> PyResult<Value<Control>> {
        let (pan, bus) = (pan.0, bus.0);
        let quick = |mixer: &perbus::Mixer| mixer.try_set_bus_pan(bus, pan, true);
        Self::by_number(slf, mixer, quick, move |engine, mixer| {
            engine.set_mixer_pan_for_bus(mixer, pan, bus)
        })
    }

    /// `Mixer.configure` of a mixer of this engine: all or nothing, heard from one block on.
    fn configure_mixer_buses(
        slf: &Bound<'_, Self>, mixer: &Bound<'_, Mixer>, buses: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        // It fails for a mixer of another engine.
        let node = mixer.as_super().get().held::<AnyNode>(slf.py())?;
        Self::call(slf, move |engine| engine.source_of(&*node, 0).map(drop))?;
        Mixer::configure(mixer, buses)
    }
}

forward!(Engine {
    /// What `set_mixer_volume_for_bus` sets, and which control it is. Fails as the setter, but for
    /// the volume's range.
    mixer_volume_for_bus(mixer: Held<perbus::Mixer>, bus: Index) -> (f32, Control);

    /// What `set_mixer_pan_for_bus` sets, and which control it is. Fails as the setter, but for the
    /// pan's range.
    mixer_pan_for_bus(mixer: Held<perbus::Mixer>, bus: Index) -> (f32, Control);

    /// Sets the volume, 0 to 4, of one connection. It is the fader of the bus that the source feeds:
    /// ``Bus.volume`` with the source checked.
    ///
    /// :raises OutOfRangeError: for the volume or the bus
    /// :raises NotConnectedError: when the source does not feed that bus, directly or through effects
    /// :raises NotMixingError: for an effect
    /// :raises NotAttachedError: for either node
    /// :raises WrongEngineError: for either node
    set_connection_volume(
        source: Held<AnyNode>,
        mixer: Held<perbus::Mixer>,
        bus: Index,
        volume: Single
    );

    /// The volume that the engine applies to one connection, asked of the engine: 0 while the bus is
    /// muted. Fails as the setter, but for the range.
    connection_volume(source: Held<AnyNode>, mixer: Held<perbus::Mixer>, bus: Index) -> f32;

    /// Sets the pan, -1 to 1, of one connection. Fails as `set_connection_volume`.
    set_connection_pan(
        source: Held<AnyNode>,
        mixer: Held<perbus::Mixer>,
        bus: Index,
        pan: Single
    );

    /// The pan that the engine applies to one connection, asked of the engine.
    connection_pan(source: Held<AnyNode>, mixer: Held<perbus::Mixer>, bus: Index) -> f32;
});
