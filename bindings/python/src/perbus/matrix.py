"""Matrix mixers."""

from __future__ import annotations

from typing import Any, Tuple

import numpy as np
import numpy.typing as npt

from . import _check
from ._handle import Kind
from ._library import ffi, lib
from .errors import InvalidArgumentError
from .node import Node

MAX_MATRIX_BUSES: int = lib.PERBUS_MAX_MATRIX_BUSES


class Matrix(Node):
    """A matrix mixer: every input channel to every output channel with a gain of its own.

    ``output[o] = master * output volume[o] * sum over i of input[i] * input volume[i] *
    crosspoint(i, o)``. All four are 0 at first: a new matrix is silent.

    Channels are numbered over all buses of a side. A bus has two channels until it is connected,
    and then those of the connection's format: connect both sides with explicit formats first, then
    set levels. They are given to the engine again after every start and connection: Apple's matrix
    forgets them. A matrix that feeds a mixer has no fader of its own there: the strip of that bus
    goes to the mixer's own parameters, its fades in steps, and it has no meter.

    >>> import perbus
    >>> engine = perbus.Engine.offline(48000, 2, 64)
    >>> mono, stereo = perbus.Format(48000, 1), perbus.Format(48000, 2)
    >>> voice = engine.create_source(lambda block, time: block.fill(0.5), mono)
    >>> matrix = engine.create_matrix(1, 1)
    >>> engine.connect(voice, matrix, format=mono)
    >>> engine.connect(matrix, engine.main_mixer, format=stereo)
    >>> matrix.dimensions
    (1, 2)
    >>> levels = matrix.levels()
    >>> levels[:] = [[0.25, 0.75, 1], [1, 1, 1]]  # crosspoints, input volume; outputs, master
    >>> matrix.set_levels(levels)
    >>> engine.start()
    >>> engine.render(64)[:, 63].tolist()
    [0.125, 0.375]
    """

    __slots__ = ()
    _kind = Kind.MATRIX

    @property
    def dimensions(self) -> Tuple[int, int]:
        """The number of channels over all input buses, and over all output buses."""
        sides = ffi.new("uint32_t[2]")
        engine = self._engine
        with engine._lock:
            raw = engine._own(self)
            engine._call(lib.perbus_matrix_get_dimensions, raw.pointer, sides, sides + 1)
        return sides[0], sides[1]

    def set_crosspoint(self, input: int, output: int, gain: float) -> None:
        """Sets the gain, -1 to 1, from an input channel to an output channel; below 0 turns the
        polarity.

        :raises OutOfRangeError: for the gain, or a channel not below its side's dimension
        """
        gain = _check.number(gain, "crosspoint gain", -1.0, 1.0)
        channels = _check.index(input, "input"), _check.index(output, "output")
        self._set(lib.perbus_matrix_set_crosspoint, *channels, gain)

    def crosspoint(self, input: int, output: int) -> float:
        """The gain from an input channel to an output channel."""
        return self._get(
            lib.perbus_matrix_get_crosspoint,
            _check.index(input, "input"), _check.index(output, "output"),
        )

    def set_input(self, input: int, volume: float) -> None:
        """Sets the volume, 0 to 1, of an input channel."""
        volume = _check.volume(volume)
        self._set(lib.perbus_matrix_set_input, _check.index(input, "input"), volume)

    def input(self, input: int) -> float:
        """The volume of an input channel."""
        return self._get(lib.perbus_matrix_get_input, _check.index(input, "input"))

    def set_output(self, output: int, volume: float) -> None:
        """Sets the volume, 0 to 1, of an output channel."""
        volume = _check.volume(volume)
        self._set(lib.perbus_matrix_set_output, _check.index(output, "output"), volume)

    def output(self, output: int) -> float:
        """The volume of an output channel."""
        return self._get(lib.perbus_matrix_get_output, _check.index(output, "output"))

    @property
    def master(self) -> float:
        """The volume, 0 to 1, of the whole matrix."""
        return self._get(lib.perbus_matrix_get_master)

    @master.setter
    def master(self, volume: float) -> None:
        self._set(lib.perbus_matrix_set_master, _check.volume(volume))

    def enable_input(self, bus: int, enabled: bool) -> None:
        """Turns all channels of an input bus on, as they are at first, or off.

        :raises OutOfRangeError: for a bus that the matrix does not have
        """
        self._set(lib.perbus_matrix_enable_input, _check.index(bus, "bus"), bool(enabled))

    def enable_output(self, bus: int, enabled: bool) -> None:
        """As :meth:`enable_input`, for an output bus."""
        self._set(lib.perbus_matrix_enable_output, _check.index(bus, "bus"), bool(enabled))

    def levels(self) -> npt.NDArray[np.float32]:
        """All levels, a copy: (inputs + 1) x (outputs + 1). A row is an input channel's crosspoints
        and its volume; the last row is the output volumes and the master volume."""
        levels, sides = ffi.new("float **"), ffi.new("uint32_t[2]")
        engine = self._engine
        with engine._lock:
            raw = engine._own(self)
            engine._call(lib.perbus_matrix_copy_levels, raw.pointer, levels, sides, sides + 1)
        try:
            memory = ffi.buffer(levels[0], sides[0] * sides[1] * 4)
            return np.frombuffer(memory, np.float32).reshape(sides[0], sides[1]).copy()
        finally:
            lib.perbus_levels_free(levels[0])

    def set_levels(self, levels: npt.NDArray[np.float32]) -> None:
        """Sets all levels, laid out as :meth:`levels` has them, or none when any is bad.

        :raises InvalidArgumentError: when the levels are of other :attr:`dimensions`, or not
            contiguous
        :raises OutOfRangeError: for a crosspoint outside -1 to 1 or a volume outside 0 to 1
        """
        if not isinstance(levels, np.ndarray) or levels.dtype != np.float32:
            found = getattr(levels, "dtype", type(levels).__name__)
            raise TypeError(f"levels is a numpy array of float32, not {found}")
        if levels.ndim != 2 or 0 in levels.shape:
            raise InvalidArgumentError(f"levels of shape {levels.shape} are not rows x columns")
        if not (levels.flags.c_contiguous and levels.flags.aligned):
            raise InvalidArgumentError(
                "levels is not contiguous: numpy.ascontiguousarray() copies it"
            )
        engine = self._engine
        with engine._lock:
            raw = engine._own(self)
            engine._call(
                lib.perbus_matrix_set_levels,
                raw.pointer, ffi.from_buffer("float[]", levels), *levels.shape,
            )
            self._note_levels(levels)

    def set_identity(self) -> None:
        """Sends every input channel to the output channel of the same number, at 1, and nowhere
        else. The volumes stay."""
        self._all(lib.perbus_matrix_set_identity)

    def clear(self) -> None:
        """Sets all crosspoints to 0. The volumes stay."""
        self._all(lib.perbus_matrix_clear)

    def invert(self) -> None:
        """Turns the polarity: every crosspoint becomes its negative. Twice is as before."""
        self._all(lib.perbus_matrix_invert)

    def _all(self, function: Any) -> None:
        engine = self._engine
        with engine._lock:
            engine._call(function, engine._own(self).pointer)
            self._note_levels(self.levels())

    def _set(self, function: Any, *arguments: Any) -> None:
        engine = self._engine
        with engine._lock:
            raw = engine._own(self)
            engine._call(function, raw.pointer, *arguments)
            raw.settings[(function, *arguments[:-1])] = arguments[-1]

    def _get(self, function: Any, *channels: int) -> float:
        value = ffi.new("float *")
        engine = self._engine
        with engine._lock:
            engine._call(function, engine._own(self).pointer, *channels, value)
        return float(value[0])

    def _note_levels(self, levels: npt.NDArray[np.float32]) -> None:
        settings = self._raw.settings
        for i, row in enumerate(levels[:-1].tolist()):
            settings[(lib.perbus_matrix_set_input, i)] = row[-1]
            for o, gain in enumerate(row[:-1]):
                settings[(lib.perbus_matrix_set_crosspoint, i, o)] = gain
        *outputs, master = levels[-1].tolist()
        for o, volume in enumerate(outputs):
            settings[(lib.perbus_matrix_set_output, o)] = volume
        settings[(lib.perbus_matrix_set_master,)] = master
