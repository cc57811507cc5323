"""Equalizers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Callable

from . import _check
from ._handle import Kind
from ._library import ffi, lib
from .node import Node

MAX_BANDS: int = lib.PERBUS_MAX_BANDS


class FilterType(IntEnum):
    """What a band does. In brackets: what it uses beside the frequency."""

    #: A bell around the frequency (bandwidth, gain).
    PARAMETRIC = 0
    #: Butterworth: -3 dB at the frequency.
    LOW_PASS = 1
    #: Butterworth: -3 dB at the frequency.
    HIGH_PASS = 2
    #: (bandwidth)
    RESONANT_LOW_PASS = 3
    #: (bandwidth)
    RESONANT_HIGH_PASS = 4
    #: 0 dB at the frequency, less elsewhere (bandwidth).
    BAND_PASS = 5
    #: Nothing at the frequency (bandwidth).
    BAND_STOP = 6
    #: The gain below the frequency, half of it there (gain).
    LOW_SHELF = 7
    #: The gain above the frequency, half of it there (gain).
    HIGH_SHELF = 8
    #: (bandwidth, gain)
    RESONANT_LOW_SHELF = 9
    #: (bandwidth, gain)
    RESONANT_HIGH_SHELF = 10


@dataclass(frozen=True)
class Band:
    """One band of an equalizer. The default is a bell of 0 dB at 1 kHz, half an octave wide."""

    filter: FilterType = FilterType.PARAMETRIC
    #: Hz, above 0 and below half the sample rate.
    frequency: float = 1000.0
    #: dB, -96 to 24
    gain: float = 0.0
    #: Octaves, 0.05 to 5.
    bandwidth: float = 0.5
    #: Whether the band passes everything.
    bypass: bool = False


class Equalizer(Node):
    """An equalizer: one input, one output, bands in a row between them and a gain behind them.

    It goes anywhere in the graph. Between a source and a mixer it leaves the bus's strip in charge:
    the strip controls the source that feeds the equalizer. Changes slide, click-free.

    >>> import perbus
    >>> engine = perbus.Engine.offline(48000, 2)
    >>> mixer, voice = engine.main_mixer, engine.create_player()
    >>> equalizer = engine.create_equalizer(2)
    >>> engine.connect(voice, equalizer)
    >>> engine.connect(equalizer, mixer, to_bus=3)
    >>> equalizer.set_band(0, perbus.Band(perbus.FilterType.HIGH_PASS, frequency=80))
    >>> equalizer.set_band(1, perbus.Band(frequency=3000, gain=4))
    >>> engine.set_mixer_volume_for_bus(mixer, 0.5, 3)
    <Control.CONNECTION: 'connection'>
    >>> engine.connection_volume(voice, mixer, 3)
    0.5
    """

    __slots__ = ()
    _kind = Kind.EFFECT

    @property
    def band_count(self) -> int:
        """How many bands it was made with."""
        count = ffi.new("uint32_t *")
        self._run(lib.perbus_equalizer_get_band_count, count)
        return int(count[0])

    def band(self, index: int) -> Band:
        """What a band is set to. The bands of a new equalizer are bypassed.

        :raises OutOfRangeError: when ``index`` is not below the band count
        """
        band = ffi.new("perbus_band *")
        self._run(lib.perbus_equalizer_get_band, _check.index(index, "band"), band)
        return Band(
            FilterType(band.type), band.frequency, band.gain, band.bandwidth, bool(band.bypass)
        )

    def set_band(self, index: int, band: Band) -> None:
        """Sets a band.

        :raises OutOfRangeError: when ``index`` is not below the band count, or a value of the band
            is outside its range
        """
        if not isinstance(band, Band):
            raise TypeError(f"band is a perbus.Band, not {type(band).__name__}")
        native = ffi.new(
            "perbus_band *",
            {
                "type": FilterType(band.filter),
                "frequency": _check.real(band.frequency, "frequency"),
                "gain": _check.real(band.gain, "gain"),
                "bandwidth": _check.real(band.bandwidth, "bandwidth"),
                "bypass": bool(band.bypass),
            },
        )
        self._run(lib.perbus_equalizer_set_band, _check.index(index, "band"), native)

    @property
    def global_gain(self) -> float:
        """The gain behind the bands, -96 to 24 dB; 0 at first.

        :raises OutOfRangeError: when it is set to another value
        """
        gain = ffi.new("float *")
        self._run(lib.perbus_equalizer_get_global_gain, gain)
        return float(gain[0])

    @global_gain.setter
    def global_gain(self, decibels: float) -> None:
        self._run(lib.perbus_equalizer_set_global_gain, _check.real(decibels, "gain"))

    @property
    def bypassed(self) -> bool:
        """Whether it lets everything through as it is; bands and gain stay set."""
        bypassed = ffi.new("bool *")
        self._run(lib.perbus_equalizer_get_bypass, bypassed)
        return bool(bypassed[0])

    @bypassed.setter
    def bypassed(self, bypassed: bool) -> None:
        self._run(lib.perbus_equalizer_set_bypass, bool(bypassed))

    def _run(self, function: Callable[..., int], *arguments: Any) -> None:
        engine = self._engine
        with engine._lock:
            engine._call(function, engine._own(self).pointer, *arguments)
