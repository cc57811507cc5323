"""Fades of a bus's volume and pan, and looking after those that are under way."""

from __future__ import annotations

import threading
import time
import weakref
from enum import Enum
from typing import TYPE_CHECKING, Callable, List, NamedTuple, Optional, Tuple

from . import _callbacks, _check
from ._link import at
from ._strip import Curve, Moving
from .errors import OutOfRangeError, PerbusError

if TYPE_CHECKING:
    from .bus import Bus
    from .engine import Engine

#: A day, in seconds.
LONGEST = 24 * 60 * 60

#: How often fades are looked after while a device plays, in seconds.
_TICK = 0.005


class FadeEnd(Enum):
    """How a fade came to its end."""

    #: It reached its value.
    FINISHED = "finished"
    #: It was cancelled, or a new value or fade took its place.
    REPLACED = "replaced"


class Pending(NamedTuple):
    """What waits for a fade's end."""

    bus: Bus
    of_volume: bool
    moving: Moving
    on_end: Optional[Callable[[FadeEnd], object]]

    def is_current(self) -> bool:
        faders = self.bus._strip.faders
        return (faders.volume_fade if self.of_volume else faders.pan_fade) is self.moving


class Fade:
    """A fade under way, or over. It goes on when the object goes."""

    __slots__ = ("_pending",)

    def __init__(self, pending: Pending) -> None:
        self._pending = pending

    @property
    def is_running(self) -> bool:
        """Whether the fade is under way."""
        engine = self._pending.bus.mixer._engine
        with engine._lock:
            engine._check_open()
            left = self._pending.moving.frames_left(engine._now())
            return self._pending.is_current() and left > 0

    def cancel(self) -> None:
        """Stops the fade where it is; no effect when it is over or was replaced.

        :raises NotAttachedError: when the mixer was detached
        """
        bus, of_volume, moving, _ = self._pending
        engine = bus.mixer._engine
        with engine._lock:
            engine._check_open()
            if self._pending.is_current():
                value = moving.at(engine._now())
                faders = bus._strip.faders
                bus._change(faders.with_volume(value) if of_volume else faders.with_pan(value))
        look_after(engine)


def start(
    bus: Bus,
    of_volume: bool,
    to: float,
    seconds: float,
    curve: Curve,
    on_end: Optional[Callable[[FadeEnd], object]],
) -> Fade:
    seconds = _check.real(seconds, "seconds")
    if not 0.0 <= seconds <= LONGEST:
        raise OutOfRangeError(f"a fade of {seconds:g} seconds is not in 0 to {LONGEST}")
    if on_end is not None and not callable(on_end):
        raise TypeError(f"on_end is a function, not {type(on_end).__name__}")
    engine = bus.mixer._engine
    with engine._lock:
        engine._attached(bus.mixer)
        now = engine._now()
        faders = bus._strip.faders
        frames = round(seconds * engine.format.sample_rate)
        if of_volume:
            moving = Moving(at(faders.volume, faders.volume_fade, now), to, now, frames, curve)
            bus._change(faders.with_volume(to, moving))
        else:
            moving = Moving(at(faders.pan, faders.pan_fade, now), to, now, frames, curve)
            bus._change(faders.with_pan(to, moving))
        pending = Pending(bus, of_volume, moving, on_end)
        engine._fades.append(pending)
        if engine.max_frames is None and not engine._ticking:
            # Offline the renderer looks after them, block by block.
            engine._ticking = True
            threading.Thread(
                target=_tick, args=(weakref.ref(engine),), name="perbus fades", daemon=True
            ).start()
    look_after(engine)
    return Fade(pending)


def _tick(reference: weakref.ref[Engine]) -> None:
    while True:
        time.sleep(_TICK)
        engine = reference()
        if engine is None:
            return
        look_after(engine)
        with engine._lock:
            if not engine._fades or engine._pointer is None:
                engine._ticking = False
                return
        del engine


def look_after(engine: Engine) -> None:
    """Ends what is over, and steps what the engine does not fade itself."""
    over: List[Tuple[Pending, FadeEnd]] = []
    with engine._lock:
        if engine._pointer is None:
            return
        now = engine._now()
        under_way = []
        for pending in engine._fades:
            current = pending.is_current()
            if current:
                _step(engine, pending)
            if current and pending.moving.frames_left(now) > 0:
                under_way.append(pending)
                continue
            if current:
                _settle(pending)
            over.append((pending, FadeEnd.FINISHED if current else FadeEnd.REPLACED))
        engine._fades[:] = under_way
    # Without the lock: what runs here may start the next fade.
    for pending, end in over:
        if pending.on_end is not None:
            _callbacks.run("a fade's end", pending.on_end, end)


def _step(engine: Engine, pending: Pending) -> None:
    raw = pending.bus.mixer._raw
    link = engine._routing.links.get((raw, pending.bus.number))
    if link is not None:
        try:
            link.step(engine, pending.of_volume)
        except PerbusError:
            # A value that the engine refuses is tried again with the next step.
            pass


def _settle(pending: Pending) -> None:
    """Forgets a fade that has arrived."""
    strip = pending.bus._strip
    if pending.of_volume:
        strip.faders = strip.faders._replace(volume_fade=None)
    else:
        strip.faders = strip.faders._replace(pan_fade=None)
