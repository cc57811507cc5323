"""What a meter shows."""

from __future__ import annotations

from typing import Any, NamedTuple, Tuple


class Meter(NamedTuple):
    """One look at a meter: linear, full scale is 1; (left, right). A mono signal is left only; channels
    without a side, as a centre, count on both."""

    #: The highest magnitude of the last window, of 2400 frames or a few more.
    peak: Tuple[float, float]
    #: The root of the mean square of the last window.
    rms: Tuple[float, float]
    #: Samples past full scale since the connection was made and first metered.
    clips: int


def from_native(raw: Any) -> Meter:
    return Meter((raw.peak[0], raw.peak[1]), (raw.rms[0], raw.rms[1]), raw.clips)
