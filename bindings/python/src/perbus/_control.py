"""Per-bus control by mixer and bus number, and per-connection control by source and bus."""

from __future__ import annotations

from enum import Enum
from typing import Any, Callable, Iterable, List, Optional, Tuple

from . import _check
from ._handle import Kind, RawNode
from ._library import ffi, lib
from ._link import Link, change, read_pan, read_volume
from ._sends import Sends
from ._strip import Faders, Strip
from .errors import NoPanControlError, NotConnectedError, NotMixingError
from .mixer import Mixer
from .node import Node
from .scene import BusConfig


class Fallback(Enum):
    """What the by-number calls do on a bus without a source."""

    #: Use the mixer's global control, which acts on all buses: ``Control.MIXER``.
    GLOBAL = "global"
    #: Refuse: :class:`NotConnectedError`.
    DENY = "deny"
    #: Set the bus's strip, for the next source on it: ``Control.HELD``.
    HOLD = "hold"


class Control(Enum):
    """Which control a by-number call used."""

    #: The bus's own: that of the tracked connection.
    CONNECTION = "connection"
    #: The mixer's global one, because no source is tracked on the bus: it acts on all buses.
    MIXER = "mixer"
    #: The bus's strip, which the next source on the bus gets.
    HELD = "held"


class Controls(Sends):
    _fallback = Fallback.GLOBAL

    @property
    def fallback(self) -> Fallback:
        """What the by-number calls do on a bus without a source; ``Fallback.GLOBAL`` at first.

        >>> import perbus
        >>> engine = perbus.Engine.offline(48000, 2)
        >>> engine.fallback = perbus.Fallback.HOLD
        >>> engine.set_mixer_volume_for_bus(engine.main_mixer, 0.5, 0)
        <Control.HELD: 'held'>
        """
        return self._fallback

    @fallback.setter
    def fallback(self, fallback: Fallback) -> None:
        if not isinstance(fallback, Fallback):
            raise TypeError(f"fallback is a perbus.Fallback, not {type(fallback).__name__}")
        self._fallback = fallback

    def set_mixer_volume_for_bus(self, mixer: Mixer, volume: float, bus: int) -> Control:
        """Sets the volume, 0 to 1, of a mixer's input bus.

        With a source connected there this is the bus's own fader, and the answer is
        ``Control.CONNECTION``. Without one it is the mixer's output volume, which all buses share:
        the answer is ``Control.MIXER``, and the bus's strip stays; :attr:`fallback` chooses
        otherwise.

        :raises OutOfRangeError: for the volume, or a bus not below ``MAX_BUSES``
        :raises NotConnectedError: for a bus without a source, with ``Fallback.DENY``
        :raises NotAttachedError: for the mixer
        :raises WrongEngineError: for the mixer

        >>> import perbus
        >>> engine = perbus.Engine.offline(48000, 2)
        >>> mixer, player = engine.main_mixer, engine.create_player()
        >>> engine.connect(player, mixer)
        >>> engine.set_mixer_volume_for_bus(mixer, 0.8, 0)
        <Control.CONNECTION: 'connection'>
        >>> engine.set_mixer_volume_for_bus(mixer, 0.5, 1)
        <Control.MIXER: 'mixer'>
        >>> engine.mixer_volume_for_bus(mixer, 0), engine.mixer_volume_for_bus(mixer, 1)
        ((0.8, <Control.CONNECTION: 'connection'>), (0.5, <Control.MIXER: 'mixer'>))
        """
        volume, bus = _check.volume(volume), _check.bus(bus)
        with self._lock:
            raw = self._mixer(mixer)
            link = self._routing.links.get((raw, bus))
            if link is not None and link.strip is not None:
                change(self, link.strip, link, link.strip.faders.with_volume(volume))
                return Control.CONNECTION
            if self._fallback is Fallback.HOLD:
                strip = raw.strips.get(bus)
                change(self, strip, None, strip.faders.with_volume(volume))
                return Control.HELD
            self._deny(bus)
            mixer.output_volume = volume
            return Control.MIXER

    def mixer_volume_for_bus(self, mixer: Mixer, bus: int) -> Tuple[float, Control]:
        """What :meth:`set_mixer_volume_for_bus` sets, and which control it is. Fails as the setter,
        but for the volume's range."""
        bus = _check.bus(bus)
        with self._lock:
            raw = self._mixer(mixer)
            link = self._routing.links.get((raw, bus))
            if link is not None and link.strip is not None:
                return read_volume(self, link.strip), Control.CONNECTION
            if self._fallback is Fallback.HOLD:
                return read_volume(self, raw.strips.get(bus)), Control.HELD
            self._deny(bus)
            return mixer.output_volume, Control.MIXER

    def set_mixer_pan_for_bus(self, mixer: Mixer, pan: float, bus: int) -> Control:
        """Sets the pan, -1 (left) to 1 (right), of a mixer's input bus.

        With a source connected there this is the bus's own pan. Without one it is the pan of the
        whole mixer on the mixers that it feeds in turn: a mixer has no pan for its own sum.

        Fails as :meth:`set_mixer_volume_for_bus`, and:

        :raises NoPanControlError: when the bus has no source and the mixer feeds no other mixer
        """
        pan, bus = _check.pan(pan), _check.bus(bus)
        with self._lock:
            raw = self._mixer(mixer)
            link = self._routing.links.get((raw, bus))
            if link is not None and link.strip is not None:
                change(self, link.strip, link, link.strip.faders.with_pan(pan))
                return Control.CONNECTION
            if self._fallback is Fallback.HOLD:
                strip = raw.strips.get(bus)
                change(self, strip, None, strip.faders.with_pan(pan))
                return Control.HELD
            self._deny(bus)
            for strip, link in self._downstream(raw, bus):
                change(self, strip, link, strip.faders.with_pan(pan))
            return Control.MIXER

    def mixer_pan_for_bus(self, mixer: Mixer, bus: int) -> Tuple[float, Control]:
        """What :meth:`set_mixer_pan_for_bus` sets, and which control it is. Fails as the setter,
        but for the pan's range."""
        bus = _check.bus(bus)
        with self._lock:
            raw = self._mixer(mixer)
            link = self._routing.links.get((raw, bus))
            if link is not None and link.strip is not None:
                return read_pan(self, link.strip), Control.CONNECTION
            if self._fallback is Fallback.HOLD:
                return read_pan(self, raw.strips.get(bus)), Control.HELD
            self._deny(bus)
            return read_pan(self, self._downstream(raw, bus)[0][0]), Control.MIXER

    def set_connection_volume(
        self, source: Node, mixer: Mixer, bus: int, volume: float
    ) -> None:
        """Sets the volume, 0 to 1, of one connection. It is the fader of the bus that the source
        feeds: ``Bus.volume`` with the source checked.

        :raises OutOfRangeError: for the volume or the bus
        :raises NotConnectedError: when the source does not feed that bus, directly or through
            effects
        :raises NotMixingError: for an effect
        :raises NotAttachedError: for either node
        :raises WrongEngineError: for either node
        """
        volume = _check.volume(volume)
        self._set_connection(source, mixer, bus, lambda faders: faders.with_volume(volume))

    def connection_volume(self, source: Node, mixer: Mixer, bus: int) -> float:
        """The volume that the engine applies to one connection, asked of the engine: 0 while the
        bus is muted. Fails as the setter, but for the range."""
        return self._get_connection(
            source, mixer, bus, lib.perbus_connection_get_volume, lib.perbus_bus_get_volume
        )

    def set_connection_pan(self, source: Node, mixer: Mixer, bus: int, pan: float) -> None:
        """Sets the pan, -1 to 1, of one connection. Fails as :meth:`set_connection_volume`."""
        pan = _check.pan(pan)
        self._set_connection(source, mixer, bus, lambda faders: faders.with_pan(pan))

    def connection_pan(self, source: Node, mixer: Mixer, bus: int) -> float:
        """The pan that the engine applies to one connection, asked of the engine."""
        return self._get_connection(
            source, mixer, bus, lib.perbus_connection_get_pan, lib.perbus_bus_get_pan
        )

    def configure_mixer_buses(self, mixer: Mixer, buses: Iterable[BusConfig]) -> None:
        """:meth:`Mixer.configure` of a mixer of this engine: all or nothing, heard from one block
        on."""
        with self._lock:
            self._mixer(mixer)
            mixer.configure(buses)

    def _set_connection(
        self, source: Node, mixer: Mixer, bus: int, wanted: Callable[[Faders], Faders]
    ) -> None:
        with self._lock:
            strip, link, _ = self._connection(source, mixer, bus)
            change(self, strip, link, wanted(strip.faders))

    def _get_connection(
        self, source: Node, mixer: Mixer, bus: int, of_connection: Any, of_bus: Any
    ) -> float:
        with self._lock:
            _, link, mixing = self._connection(source, mixer, bus)
            value = ffi.new("float *")
            into = link.destination.pointer
            if link.by_parameter:
                self._call(of_bus, self._pointer, into, link.bus, value)
            else:
                self._call(of_connection, mixing.pointer, into, link.bus, value)
            return float(value[0])

    def _connection(self, source: Node, mixer: Mixer, bus: int) -> Tuple[Strip, Link, RawNode]:
        bus = _check.bus(bus)
        raw, into = self._attached(source), self._mixer(mixer)
        if raw.kind is Kind.EFFECT:
            raise NotMixingError(
                "an effect has no volume and pan: name the source that feeds it"
            )
        link = self._routing.links.get((into, bus))
        if link is None or link.strip is None or link.mixing is not raw:
            raise NotConnectedError(
                f"the source is not connected to input bus {bus} of this mixer"
            )
        return link.strip, link, raw

    def _deny(self, bus: int) -> None:
        if self._fallback is Fallback.DENY:
            raise NotConnectedError(f"bus {bus} has no source, and the fallback is to deny")

    def _downstream(self, raw: RawNode, bus: int) -> List[Tuple[Strip, Optional[Link]]]:
        """The strips of the mixer buses that a mixer feeds, through effects too."""
        buses = [
            found
            for fed in self._routing.fed_by(raw)
            for found in self._mixer_buses_from(fed)
        ]
        links = [self._routing.links[found] for found in buses]
        strips: List[Tuple[Strip, Optional[Link]]] = [
            (link.strip, link) for link in links if link.strip is not None
        ]
        if not strips:
            raise NoPanControlError(
                f"bus {bus} has no source, and its mixer feeds no other mixer on which to pan it"
            )
        return strips
