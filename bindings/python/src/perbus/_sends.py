"""Fan-out: one source on several buses, each connection with a strip of its own."""

from __future__ import annotations

from typing import List, Optional, Sequence, Tuple

from . import _check
from ._graph import Graph
from ._handle import RawNode
from ._library import ffi, lib
from ._link import Link
from .errors import NotConnectedError
from .format import Format, to_native
from .mixer import Mixer
from .node import Node


class Sends(Graph):
    def connect_many(
        self,
        source: Node,
        destinations: Sequence[Tuple[Mixer, int]],
        from_bus: int = 0,
        format: Optional[Format] = None,
    ) -> None:
        """Connects a source's output bus to several mixer buses: it feeds exactly these afterwards,
        each through the bus's own strip.

        Fails as :meth:`connect`, for any destination, and:

        :raises InvalidArgumentError: for no destination, or one that is listed twice

        >>> import perbus
        >>> engine = perbus.Engine.offline(48000, 1, 64)
        >>> main, reverb = engine.main_mixer, engine.create_mixer()
        >>> engine.connect(reverb, main, to_bus=7)
        >>> voice = engine.create_source(lambda block, time: block.fill(1))
        >>> engine.connect_many(voice, [(main, 0), (reverb, 0)])
        >>> main.bus(0).volume, reverb.bus(0).volume = 0.5, 0.25
        >>> engine.start()
        >>> float(engine.render(64)[0, 63])
        0.75
        """
        from_bus = _check.index(from_bus, "from_bus")
        with self._lock:
            points = [(self._mixer(mixer), _check.bus(bus)) for mixer, bus in destinations]
            self._feed(self._attached(source), from_bus, points, format)

    def add_destination(
        self, source: Node, mixer: Mixer, from_bus: int = 0, to_bus: int = 0
    ) -> None:
        """Adds one mixer bus to those that a source's output bus feeds: a send. The others go on
        undisturbed on the portable engine; Apple's makes them anew, and their strips take hold
        again. Fails as :meth:`connect`."""
        from_bus, to_bus = _check.index(from_bus, "from_bus"), _check.bus(to_bus)
        with self._lock:
            raw, to = self._attached(source), (self._mixer(mixer), to_bus)
            fed = [bus for bus in self._routing.destinations((raw, from_bus)) if bus != to]
            self._feed(raw, from_bus, [*fed, to], None)

    def remove_destination(
        self, source: Node, mixer: Mixer, from_bus: int = 0, to_bus: int = 0
    ) -> None:
        """Ends the connection to one of several buses that a source feeds.

        :raises NotConnectedError: when the source does not feed that bus
        :raises NotAttachedError: for either node
        :raises WrongEngineError: for either node
        """
        from_bus, to_bus = _check.index(from_bus, "from_bus"), _check.bus(to_bus)
        with self._lock:
            raw, to = self._attached(source), (self._mixer(mixer), to_bus)
            fed = self._routing.destinations((raw, from_bus))
            if to not in fed:
                raise NotConnectedError(
                    f"the source does not feed input bus {to_bus} of this mixer"
                )
            fed.remove(to)
            if fed:
                self._feed(raw, from_bus, fed, None)
            else:
                self.disconnect_output(source, from_bus)

    def _mixer(self, mixer: Mixer) -> RawNode:
        if not isinstance(mixer, Mixer):
            raise TypeError(f"a mixer is wanted, not {type(mixer).__name__}")
        return self._attached(mixer)

    def _feed(
        self,
        raw: RawNode,
        from_bus: int,
        destinations: List[Tuple[RawNode, int]],
        format: Optional[Format],
    ) -> None:
        """Makes the bus feed exactly these input buses, each with its strip's values."""
        chosen = self._format_of(raw, format)
        points = ffi.new("perbus_destination[]", len(destinations))
        for point, (node, bus) in zip(points, destinations):
            point.node, point.bus = node.pointer, bus
        with self.change():
            self._call(
                lib.perbus_engine_connect_many,
                self._pointer, raw.pointer, from_bus, points, len(destinations), to_native(chosen),
            )
            raw.format = chosen
            start = (raw, from_bus)
            left = [bus for bus in self._routing.destinations(start) if bus not in destinations]
            self._routing.disconnect_output(start)
            for to in destinations:
                self._routing.join(start, to, Link(raw, *to))
            self._renew_all([*left, *destinations])
