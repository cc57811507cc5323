"""The channel strip of one mixer input bus."""

from __future__ import annotations

from typing import Callable, Optional

from . import _check
from ._library import ffi, lib
from ._link import Link, change, read_pan, read_volume
from ._strip import Curve, Faders, Strip
from .errors import NotConnectedError, NotMixingError
from .fade import Fade, FadeEnd, start
from .meter import Meter, from_native
from .mixer import Mixer
from .node import Node
from .scene import BusConfig


class Bus:
    """A mixer's input bus and its fader, pan, mute, solo and label, as on a console.

    What is connected to the bus sounds through its strip; the strip keeps its values while sources
    come and go, and gives them to every new connection. Changes are click-free: the portable engine
    ramps them over 10 ms at 48 kHz.

    Setting a value raises :class:`NotAttachedError` when the mixer was detached.

    >>> import perbus
    >>> engine = perbus.Engine.offline(48000, 2)
    >>> bus = engine.main_mixer.bus(2)
    >>> bus.volume = 0.5
    >>> player = engine.create_player()
    >>> engine.connect(player, bus.mixer, to_bus=2)
    >>> engine.connection_volume(player, bus.mixer, 2)
    0.5
    >>> bus.muted = True
    >>> engine.connection_volume(player, bus.mixer, 2), bus.volume
    (0.0, 0.5)
    """

    __slots__ = ("_mixer", "_number", "_strip")

    _mixer: Mixer
    _number: int
    _strip: Strip

    def __init__(self) -> None:
        raise TypeError("a mixer makes buses: Mixer.bus(number)")

    @property
    def number(self) -> int:
        """The bus's number on its mixer."""
        return self._number

    @property
    def mixer(self) -> Mixer:
        """The mixer whose bus it is."""
        return self._mixer

    @property
    def source(self) -> Optional[Node]:
        """What is connected to the bus, directly."""
        found = self._mixer._engine.source_of(self._mixer, self._number)
        return found[0] if found else None

    @property
    def volume(self) -> float:
        """The fader: a linear gain, 0 to 1, 1 at first.

        :raises OutOfRangeError: when it is set to another value
        """
        engine = self._mixer._engine
        with engine._lock:
            engine._own(self._mixer)
            return read_volume(engine, self._strip)

    @volume.setter
    def volume(self, volume: float) -> None:
        volume = _check.volume(volume)
        with self._mixer._engine._lock:
            self._change(self._strip.faders.with_volume(volume))

    @property
    def pan(self) -> float:
        """-1 (left) to 1 (right), 0 at first: a mono source is panned, a stereo one balanced. A
        mixer with a mono output has no use for it.

        :raises OutOfRangeError: when it is set to another value
        """
        engine = self._mixer._engine
        with engine._lock:
            engine._own(self._mixer)
            return read_pan(engine, self._strip)

    @pan.setter
    def pan(self, pan: float) -> None:
        pan = _check.pan(pan)
        with self._mixer._engine._lock:
            self._change(self._strip.faders.with_pan(pan))

    @property
    def muted(self) -> bool:
        """Whether the bus is silent; its fader stays where it is."""
        return self._strip.faders.muted

    @muted.setter
    def muted(self, muted: bool) -> None:
        self._mixer.configure([BusConfig(self._number, muted=muted)])

    @property
    def soloed(self) -> bool:
        """Solo in place: while any bus of a mixer is soloed, those that are not are silent. Mute
        wins over solo."""
        return self._strip.faders.soloed

    @soloed.setter
    def soloed(self, soloed: bool) -> None:
        self._mixer.configure([BusConfig(self._number, soloed=soloed)])

    @property
    def label(self) -> str:
        """What the bus is called; empty at first."""
        return self._strip.label

    @label.setter
    def label(self, label: str) -> None:
        self._mixer.configure([BusConfig(self._number, label=label)])

    @property
    def effective_volume(self) -> float:
        """The volume that the engine gets: 0 while the bus is muted, or another one is soloed and
        it is not."""
        silenced = self._strip.faders.silenced(self._strip.strips.soloed)
        return 0.0 if silenced else self.volume

    def reset(self) -> None:
        """Puts the strip back to volume 1, pan 0, neither muted nor soloed. The label stays."""
        self._mixer.configure([BusConfig(self._number, 1.0, 0.0, False, False)])

    def fade_to(
        self,
        volume: float,
        seconds: float,
        curve: Curve = Curve.LINEAR,
        on_end: Optional[Callable[[FadeEnd], object]] = None,
    ) -> Fade:
        """Fades the volume to a value, from the next block on. A new value or fade replaces it. It
        starts from :attr:`volume`, also when that was set just before.

        On the portable engine every frame has its own gain, exactly that of the curve; Apple's and
        a bus behind a matrix get steps. ``on_end`` runs once when the fade is over: after the block
        that ends it, on the thread that rendered, or on a thread of perbus while a device plays.

        :raises OutOfRangeError: for the volume, or a fade of more than a day

        >>> import numpy, perbus
        >>> engine = perbus.Engine.offline(1000, 1, 100)
        >>> source = engine.create_source(lambda block, time: block.fill(1))
        >>> engine.connect(source, engine.main_mixer)
        >>> engine.start()
        >>> _ = engine.render(100)
        >>> fade = engine.main_mixer.bus(0).fade_to(0.0, seconds=0.1)
        >>> samples = engine.render(100)
        >>> round(float(samples[0, 24]), 6), float(samples[0, 99])
        (0.75, 0.0)
        """
        volume = _check.volume(volume)
        return start(self, True, volume, seconds, Curve(curve), on_end)

    def fade_pan_to(
        self,
        pan: float,
        seconds: float,
        on_end: Optional[Callable[[FadeEnd], object]] = None,
    ) -> Fade:
        """Fades the pan, linearly. As :meth:`fade_to`."""
        return start(self, False, _check.pan(pan), seconds, Curve.LINEAR, on_end)

    def meter(self) -> Meter:
        """What the bus adds to its mixer, after fader, pan, mute and solo. The first call for a
        connection switches the meter on, and reads zeros until a window is full.

        :raises NotConnectedError: when the bus has no source
        :raises NotMixingError: when its source is a matrix
        :raises NotAttachedError: when the mixer was detached
        :raises UnsupportedError: on Apple's AVFAudio, which has no meter per connection
        """
        engine = self._mixer._engine
        with engine._lock:
            link = self._link()
            if link is None or link.mixing is None:
                raise NotConnectedError(f"bus {self._number} has no source")
            if link.by_parameter:
                raise NotMixingError(
                    f"bus {self._number} is fed by a matrix, whose connections have no meter"
                )
            meter = ffi.new("perbus_meter *")
            engine._call(
                lib.perbus_connection_get_meter,
                link.mixing.pointer, self._mixer._raw.pointer, self._number, meter,
            )
            return from_native(meter)

    def _link(self) -> Optional[Link]:
        engine = self._mixer._engine
        return engine._routing.links.get((engine._attached(self._mixer), self._number))

    def _change(self, wanted: Faders) -> None:
        change(self._mixer._engine, self._strip, self._link(), wanted)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bus) and self._strip is other._strip

    def __hash__(self) -> int:
        return hash(self._strip)

    def __repr__(self) -> str:
        faders = self._strip.faders
        label = f" {self._strip.label!r}" if self._strip.label else ""
        return (
            f"<perbus.Bus {self._number}{label} of {self._mixer._raw.id:#x}: "
            f"volume {faders.volume:g}, pan {faders.pan:+g}>"
        )


def make(mixer: Mixer, number: int) -> Bus:
    engine = mixer._engine
    with engine._lock:
        strip = engine._own(mixer).strips.get(number)
    bus = object.__new__(Bus)
    bus._mixer, bus._number, bus._strip = mixer, number, strip
    return bus
