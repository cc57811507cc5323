//! Equalizers.

use perbus::Band;

use crate::prelude::*;

/// An equalizer: one input, one output, bands in a row between them and a gain behind them.
///
/// It goes anywhere in the graph. Between a source and a mixer it leaves the bus's strip in charge:
/// the strip controls the source that feeds the equalizer. Changes slide, click-free.
///
/// >>> import perbus
/// >>> engine = perbus.Engine.offline(48000, 2)
/// >>> mixer, voice = engine.main_mixer, engine.create_player()
/// >>> equalizer = engine.create_equalizer(2)
/// >>> engine.connect(voice, equalizer)
/// >>> engine.connect(equalizer, mixer, to_bus=3)
/// >>> equalizer.set_band(0, perbus.Band(perbus.FilterType.HIGH_PASS, frequency=80))
/// >>> equalizer.set_band(1, perbus.Band(frequency=3000, gain=4))
/// >>> engine.set_mixer_volume_for_bus(mixer, 0.5, 3)
/// <Control.CONNECTION: 'connection'>
/// >>> engine.connection_volume(voice, mixer, 3)
/// 0.5
#[pyclass(module = "perbus", frozen, extends = Node, subclass)]
pub(crate) struct Equalizer;

forward!(Equalizer {
    /// The number of bands it was created with.
    #[getter]
    band_count() -> u32;

    /// What a band is set to. The bands of a new equalizer are bypassed.
    ///
    /// :raises OutOfRangeError: when ``index`` is not below the band count
    band(index: Index) -> Band;

    /// Sets a band.
    ///
    /// :raises OutOfRangeError: when ``index`` is not below the band count, or a value of the band is
    ///     outside its range
    set_band(index: Index, band: Value<Band>);

    /// The gain behind the bands, -96 to 24 dB; initially 0.
    ///
    /// :raises OutOfRangeError: when it is set to another value
    #[getter]
    global_gain() -> f32;

    #[setter]
    set_global_gain(decibels: Single);

    /// Whether audio passes unchanged; bands and gain keep their values.
    #[getter(bypassed)]
    is_bypassed() -> bool;

    #[setter]
    set_bypassed(bypassed: Value<bool>);
});
