"""Channel strips: the faders that belong to a mixer's input buses. Guarded by the engine's lock."""

from __future__ import annotations

import math
from enum import IntEnum
from typing import Dict, Iterator, NamedTuple, Optional, Tuple


class Curve(IntEnum):
    """How a fade gets from one value to the other; x runs from 0 to 1 with time."""

    #: ``from + (to - from) x``
    LINEAR = 0
    #: ``sqrt((1 - x) from^2 + x to^2)``: the power moves linearly.
    EQUAL_POWER = 1
    #: ``from (to / from)^x``: the level in decibels moves linearly, silence taken as -80 dB.
    EXPONENTIAL = 2


_FLOOR = 1e-4


class Moving(NamedTuple):
    """A value on its way, in the engine's time."""

    start_value: float
    end_value: float
    start: int
    frames: int
    curve: Curve

    def at(self, now: int) -> float:
        """What the engine has reached at its time ``now``."""
        done = max(now - self.start, 0)
        # One of no length is over before its first frame.
        if done >= self.frames:
            return self.end_value
        if done == 0:
            return self.start_value
        a, b, x = self.start_value, self.end_value, done / self.frames
        if self.curve == Curve.EQUAL_POWER:
            return math.sqrt((1.0 - x) * a * a + x * b * b)
        if self.curve == Curve.EXPONENTIAL:
            a, b = max(a, _FLOOR), max(b, _FLOOR)
            return float(a * (b / a) ** x)
        return a + (b - a) * x

    def frames_left(self, now: int) -> int:
        return self.frames - min(max(now - self.start, 0), self.frames)


class Faders(NamedTuple):
    """One bus's fader positions. While one fades, its value is where the fade leads."""

    volume: float = 1.0
    volume_fade: Optional[Moving] = None
    #: The fade's volume is set step by step: the engine can only fade from what is heard, and the
    #: strip was silent when it came back into the fade.
    stepped: bool = False
    pan: float = 0.0
    pan_fade: Optional[Moving] = None
    muted: bool = False
    soloed: bool = False

    def with_volume(self, volume: float, fade: Optional[Moving] = None) -> Faders:
        return Faders(volume, fade, False, self.pan, self.pan_fade, self.muted, self.soloed)

    def with_pan(self, pan: float, fade: Optional[Moving] = None) -> Faders:
        return Faders(
            self.volume, self.volume_fade, self.stepped, pan, fade, self.muted, self.soloed
        )

    def silenced(self, any_soloed: int) -> bool:
        """Solo-in-place silences the strips that are not soloed."""
        return self.muted or (any_soloed > 0 and not self.soloed)

    def returned(self, was_silenced: bool, any_soloed: int) -> Faders:
        """After a change: a strip that sounds again in the midst of a fade is stepped."""
        if was_silenced and self.volume_fade is not None and not self.silenced(any_soloed):
            return self._replace(stepped=True)
        return self

    def effective(self, any_soloed: int) -> Tuple[float, Optional[Moving]]:
        """The volume that the engine gets, and the fade that leads there."""
        if self.muted or (any_soloed > 0 and not self.soloed):
            return 0.0, None
        return self.volume, self.volume_fade


class Strip:
    """The strip of one input bus."""

    __slots__ = ("faders", "label", "strips")

    def __init__(self, strips: Strips) -> None:
        self.faders = Faders()
        self.label = ""
        self.strips = strips


class Strips:
    """A mixer's strips by bus; one is made when it is first asked for or connected to."""

    __slots__ = ("_by_bus", "soloed")

    def __init__(self) -> None:
        self._by_bus: Dict[int, Strip] = {}
        #: How many are soloed.
        self.soloed = 0

    def get(self, bus: int) -> Strip:
        strip = self._by_bus.get(bus)
        if strip is None:
            strip = self._by_bus[bus] = Strip(self)
        return strip

    def items(self) -> Iterator[Tuple[int, Strip]]:
        """By ascending bus."""
        return iter(sorted(self._by_bus.items()))
