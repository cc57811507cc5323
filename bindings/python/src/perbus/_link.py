"""A tracked connection, and how a strip's values get to the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Optional, Tuple

from ._handle import Kind, RawNode
from ._library import lib
from ._strip import Curve, Faders, Moving, Strip
from .errors import UnsupportedError, fail

if TYPE_CHECKING:
    from ._state import EngineState

Value = Tuple[float, Optional[Moving]]

_SET_VOLUME, _SET_BUS_VOLUME = lib.perbus_connection_set_volume, lib.perbus_bus_set_volume
_SET_PAN, _SET_BUS_PAN = lib.perbus_connection_set_pan, lib.perbus_bus_set_pan


class Link:
    """What feeds one input bus, and what its per-bus calls need."""

    __slots__ = ("bus", "destination", "mixing", "source", "strip")

    def __init__(self, source: RawNode, destination: RawNode, bus: int) -> None:
        self.source = source
        self.destination = destination
        self.bus = bus
        #: The mixer's strip; none where the destination is no mixer.
        self.strip: Optional[Strip] = (
            destination.strips.get(bus) if destination.kind is Kind.MIXER else None
        )
        #: Whose volume and pan the strip's are: the source itself, or the nearest one upstream of
        #: it that has them. None behind an effect that nothing feeds.
        self.mixing: Optional[RawNode] = None

    @property
    def by_parameter(self) -> bool:
        """Whether the mixer's own parameters set the bus, because a matrix that feeds it has no
        faders."""
        return self.mixing is not None and self.mixing.kind is Kind.MATRIX

    def send_volume(self, engine: EngineState, value: Value) -> None:
        to, fade = value
        if fade is not None:
            ordered = self._fade(
                engine, fade, lib.perbus_connection_fade_volume, to, fade.curve
            )
            if ordered:
                return
            to = fade.at(engine._now())
        self._send(engine, _SET_VOLUME, _SET_BUS_VOLUME, to)

    def send_pan(self, engine: EngineState, value: Value) -> None:
        to, fade = value
        if fade is not None:
            if self._fade(engine, fade, lib.perbus_connection_fade_pan, to):
                return
            to = fade.at(engine._now())
        self._send(engine, _SET_PAN, _SET_BUS_PAN, to)

    def _send(
        self,
        engine: EngineState,
        of_connection: Callable[..., int],
        of_bus: Callable[..., int],
        to: float,
    ) -> None:
        mixing, error = self.mixing, engine._error
        if mixing is None:
            return
        if mixing.kind is Kind.MATRIX:
            status = of_bus(engine._pointer, self.destination.pointer, self.bus, to, error)
        else:
            status = of_connection(
                mixing.pointer, self.destination.pointer, self.bus, to, error
            )
        if status:
            fail(status, error)

    def _fade(
        self,
        engine: EngineState,
        fade: Moving,
        function: Callable[..., int],
        to: float,
        *curve: Curve,
    ) -> bool:
        """Orders the rest of a fade, of an engine and a connection that have fades."""
        left = fade.frames_left(engine._now())
        if self.mixing is None or self.by_parameter or left == 0 or not engine._has_fades:
            return False
        try:
            engine._call(
                function, self.mixing.pointer, self.destination.pointer, self.bus, to, left, *curve
            )
        except UnsupportedError:
            engine._has_fades = False
        return engine._has_fades

    def apply(self, engine: EngineState, before: Optional[Faders], faders: Faders) -> None:
        """Sends what differs from ``before``, or everything: the engine starts a new connection at
        the source's own volume and pan."""
        if self.strip is None or self.mixing is None:
            return
        soloed = self.strip.strips.soloed
        volume = faders.effective(soloed)
        if before is None or before.effective(soloed) != volume:
            fade = volume[1]
            if fade is not None and (before is None or faders.stepped):
                # A new connection has not been anywhere: the fade starts from what it is given.
                self.send_volume(engine, (fade.at(engine._now()), None))
            if fade is None or not faders.stepped:
                self.send_volume(engine, volume)
        pan = (faders.pan, faders.pan_fade)
        if before is None or (before.pan, before.pan_fade) != pan:
            if before is None and faders.pan_fade is not None:
                self.send_pan(engine, (faders.pan_fade.at(engine._now()), None))
            self.send_pan(engine, pan)

    def step(self, engine: EngineState, of_volume: bool) -> None:
        """Sets where a fade has got to, if the engine does not fade the value by itself."""
        strip = self.strip
        if strip is None:
            return
        faders = strip.faders
        if engine._has_fades and not self.by_parameter and not faders.stepped:
            return
        now = engine._now()
        if of_volume:
            if not faders.silenced(strip.strips.soloed):
                self.send_volume(engine, (at(faders.volume, faders.volume_fade, now), None))
        elif not (faders.stepped and engine._has_fades) or self.by_parameter:
            self.send_pan(engine, (at(faders.pan, faders.pan_fade, now), None))


def at(value: float, fade: Optional[Moving], now: int) -> float:
    return value if fade is None else fade.at(now)


def change(engine: EngineState, strip: Strip, link: Optional[Link], wanted: Faders) -> None:
    """Changes a strip, and its connection if there is one; one that the engine refuses stays as it
    was. Not for solo, which is the whole mixer's business."""
    before = strip.faders
    if wanted.volume_fade is not None:
        soloed = strip.strips.soloed
        wanted = wanted.returned(before.silenced(soloed), soloed)
    if link is not None:
        link.apply(engine, before, wanted)
    strip.faders = wanted


def read_volume(engine: EngineState, strip: Strip) -> float:
    """Where the volume is; the engine's time is asked only while it fades."""
    faders = strip.faders
    return faders.volume if faders.volume_fade is None else faders.volume_fade.at(engine._now())


def read_pan(engine: EngineState, strip: Strip) -> float:
    faders = strip.faders
    return faders.pan if faders.pan_fade is None else faders.pan_fade.at(engine._now())


