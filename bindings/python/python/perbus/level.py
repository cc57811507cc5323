"""Decibels, and the gains of pan laws."""

from __future__ import annotations

import math
from typing import Tuple

from . import _native


def from_db(db: float) -> float:
    """The linear gain of a level in decibels; minus infinity is 0.

    >>> from_db(0), from_db(-math.inf)
    (1.0, 0.0)
    """
    return float(10.0 ** (db / 20.0))


def to_db(gain: float) -> float:
    """The level in decibels of a linear gain, or of a sample's magnitude; of 0 minus infinity.

    >>> round(to_db(0.5), 4)
    -6.0206
    """
    return 20.0 * math.log10(abs(gain)) if gain else -math.inf


def pan_constant_power(position: float) -> Tuple[float, float]:
    """The gains (left, right) of a pan with constant power, -1 (left) to 1 (right): -3 dB each at
    the centre. For the crosspoints of a matrix, say: a mixer's own pan is a balance.

    :raises OutOfRangeError: for the position

    >>> left, right = pan_constant_power(0)
    >>> round(left, 4), round(right, 4)
    (0.7071, 0.7071)
    """
    return _native.pan_constant_power(position)


def pan_linear(position: float) -> Tuple[float, float]:
    """The gains (left, right) of a linear pan: -6 dB each at the centre.

    :raises OutOfRangeError: for the position

    >>> pan_linear(-0.5)
    (0.75, 0.25)
    """
    return _native.pan_linear(position)
