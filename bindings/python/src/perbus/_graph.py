"""Attaching, connecting and what is connected."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Iterable, Iterator, List, NamedTuple, Optional, Tuple

from . import _check
from ._handle import MIXING, Kind, RawNode
from ._library import ffi, lib
from ._link import Link
from ._state import EngineState
from .errors import NotConnectedError, OutOfRangeError, PerbusError
from .format import Format, from_native, to_native
from .node import Node, wrap

if TYPE_CHECKING:
    from .engine import Engine

Point = Tuple[RawNode, int]


class NodeInfo(NamedTuple):
    """What :meth:`Engine.inspect` tells about a node."""

    #: Whether an engine has the node.
    attached: bool
    #: The formats of the input buses, connected or not: their count is the node's.
    inputs: List[Format]
    #: The formats of the output buses.
    outputs: List[Format]


class Discrepancy(NamedTuple):
    """An input bus on which the map and the engine disagree: (node id, output bus) each."""

    node: int
    bus: int
    tracked: Optional[Tuple[int, int]]
    engine: Optional[Tuple[int, int]]


class Graph(EngineState):
    """The map follows the native graph: it changes only after the native call has succeeded."""

    def attach(self, node: Node) -> None:
        """Gives a detached node back to its engine; no effect on one that is attached.

        :raises WrongEngineError: for a node that was made for another engine
        """
        with self._lock:
            self._attach_raw(self._own(node))

    def _attach_raw(self, raw: RawNode) -> None:
        self._call(lib.perbus_engine_attach, self._pointer, raw.pointer)
        self._nodes[raw] = None
        raw.attached = True

    def detach(self, node: Node) -> None:
        """Disconnects the node and takes it out of the engine. A player's queue is emptied; a
        mixer's strips keep their values; what an effect stood between is connected, if the formats
        on both its sides are the same.

        :raises NotAttachedError: when it is detached already
        :raises WrongEngineError:
        :raises WrongKindError: for the main mixer and the output
        """
        with self._lock:
            raw = self._attached(node)
            fed = list(self._routing.fed_by(raw))
            feeding = self._routing.sources.get((raw, 0))
            self._call(lib.perbus_engine_detach, self._pointer, raw.pointer)
            self._routing.remove(raw)
            del self._nodes[raw]
            raw.attached = False
            if raw.kind is Kind.EFFECT and feeding is not None:
                # Engines may connect what it stood between; the engine says where it did.
                for to in fed:
                    if self._track(*to) == (feeding[0].id, feeding[1]):
                        self._routing.join(feeding, to, Link(feeding[0], *to))
            self._renew_all(fed)

    def connect(
        self,
        source: Node,
        destination: Node,
        from_bus: int = 0,
        to_bus: int = 0,
        format: Optional[Format] = None,
    ) -> None:
        """Connects a source's output bus to an input bus, in ``format``: unless given, the one that
        the source was given last, else the engine's.

        Earlier connections of either bus end: a source that is connected elsewhere moves. On a
        mixer, the bus's strip takes hold of the connection; the mixer grows when ``to_bus`` is past
        its last one. Mixers and the output convert any rate and channel count.

        :raises NotAttachedError: for either node
        :raises WrongEngineError: for either node
        :raises OutOfRangeError: for either bus
        :raises CycleError: when the destination feeds the source, or is the source
        :raises EngineException: when the engine refuses: rates further apart than 1 to 256, say
        """
        from_bus, to_bus = _check.index(from_bus, "from_bus"), _check.index(to_bus, "to_bus")
        with self._lock:
            raw, into = self._attached(source), self._attached(destination)
            chosen = self._format_of(raw, format)
            start, to = (raw, from_bus), (into, to_bus)
            with self.change():
                self._call(
                    lib.perbus_engine_connect,
                    self._pointer, raw.pointer, from_bus, into.pointer, to_bus, to_native(chosen),
                )
                raw.format = chosen
                if into.kind is Kind.EFFECT:
                    # What comes in goes out: an effect converts nothing.
                    into.format = chosen
                left = [bus for bus in self._routing.destinations(start) if bus != to]
                self._routing.connect(start, to, Link(raw, into, to_bus))
                self._renew_all(left)
                try:
                    self._renew(to)
                except PerbusError:
                    # A connection that its strip cannot take hold of is none of ours.
                    self._call(
                        lib.perbus_engine_disconnect_input, self._pointer, into.pointer, to_bus
                    )
                    self._routing.disconnect_input(to)
                    self._renew(to)
                    raise
                for node in (raw, into):
                    try:
                        # A matrix may have been made anew. One that takes no levels yet gets them
                        # with the start, which also reports what is wrong with it.
                        self._apply_settings(node)
                    except PerbusError:
                        pass

    def disconnect_input(self, node: Node, bus: int = 0) -> None:
        """Ends the connection of an input bus; no effect when there is none. The bus's strip keeps
        its values.

        :raises NotAttachedError:
        :raises WrongEngineError:
        :raises OutOfRangeError: when ``bus`` is not below the node's input count
        """
        bus = _check.index(bus, "bus")
        with self._lock:
            raw = self._attached(node)
            self._call(lib.perbus_engine_disconnect_input, self._pointer, raw.pointer, bus)
            self._routing.disconnect_input((raw, bus))
            self._renew((raw, bus))

    def disconnect_output(self, node: Node, bus: int = 0) -> None:
        """Ends every connection of an output bus; otherwise as :meth:`disconnect_input`."""
        bus = _check.index(bus, "bus")
        with self._lock:
            raw = self._attached(node)
            self._call(lib.perbus_engine_disconnect_output, self._pointer, raw.pointer, bus)
            fed = self._routing.destinations((raw, bus))
            self._routing.disconnect_output((raw, bus))
            self._renew_all(fed)

    @contextmanager
    def change(self) -> Iterator[None]:
        """A bracket: what this thread connects, disconnects and sets inside is heard from one and
        the same block on, on the portable engine. Other threads' calls wait, but for rendering."""
        with self._lock:
            self._check_open()
            self._call(lib.perbus_engine_begin_batch, self._pointer)
            self._brackets += 1
            self._changing = threading.get_ident()
            try:
                yield
            finally:
                self._brackets -= 1
                if self._brackets == 0:
                    self._changing = None
                self._call(lib.perbus_engine_end_batch, self._pointer)

    def source_of(self, node: Node, bus: int = 0) -> Optional[Tuple[Node, int]]:
        """What the map says feeds an input bus: the source and its output bus.

        :raises NotAttachedError:
        :raises WrongEngineError:
        """
        with self._lock:
            source = self._routing.sources.get((self._attached(node), _check.index(bus, "bus")))
            return None if source is None else (wrap(self._engine(), source[0]), source[1])

    def destinations_of(self, node: Node, bus: int = 0) -> List[Tuple[Node, int]]:
        """What the map says an output bus feeds: nodes and their input buses. Fails as
        :meth:`source_of`."""
        with self._lock:
            fed = self._routing.destinations((self._attached(node), _check.index(bus, "bus")))
            return [(wrap(self._engine(), raw), number) for raw, number in fed]

    def inspect(self, node: Node) -> NodeInfo:
        """Whether a node is attached, and its buses' formats, asked of the engine.

        :raises WrongEngineError:
        """
        with self._lock:
            raw = self._own(node)
            attached, inputs, outputs = self._info(raw)
            return NodeInfo(
                attached,
                [self._bus_format(lib.perbus_node_get_input_format, raw, n) for n in range(inputs)],
                [
                    self._bus_format(lib.perbus_node_get_output_format, raw, n)
                    for n in range(outputs)
                ],
            )

    def audit(self) -> List[Discrepancy]:
        """Every input bus on which the map and the engine disagree, the engine being asked bus by
        bus. Empty unless something outside this package has rewired the engine.

        >>> import perbus
        >>> engine = perbus.Engine.offline(48000, 2)
        >>> engine.connect(engine.create_player(), engine.main_mixer, to_bus=5)
        >>> engine.audit()
        []
        """
        found = []
        with self._lock:
            self._check_open()
            for raw in self._nodes:
                buses = max(self._info(raw)[1], self._routing.input_count(raw))
                for bus in range(buses):
                    source = self._routing.sources.get((raw, bus))
                    tracked = None if source is None else (source[0].id, source[1])
                    engine = self._track(raw, bus)
                    if tracked != engine:
                        found.append(Discrepancy(raw.id, bus, tracked, engine))
        return found

    def _engine(self) -> Engine:
        raise NotImplementedError

    def _format_of(self, raw: RawNode, format: Optional[Format]) -> Format:
        if format is None:
            return raw.format or self._format
        if not isinstance(format, Format):
            raise TypeError(f"format is a perbus.Format, not {type(format).__name__}")
        return format

    def _info(self, raw: RawNode) -> Tuple[bool, int, int]:
        info = ffi.new("perbus_node_info *")
        self._call(lib.perbus_node_get_info, raw.pointer, info)
        return info.attached, info.inputs, info.outputs

    def _bus_format(self, function: Any, raw: RawNode, bus: int) -> Format:
        format = ffi.new("perbus_format *")
        self._call(function, raw.pointer, bus, format)
        return from_native(format)

    def _track(self, raw: RawNode, bus: int) -> Optional[Tuple[int, int]]:
        """What the engine says feeds an input bus."""
        point = ffi.new("perbus_point *")
        try:
            self._call(lib.perbus_track_input, self._pointer, raw.pointer, bus, point)
        except NotConnectedError:
            return None
        return point.node, point.bus

    def _renew_all(self, changed: Iterable[Point]) -> None:
        """As :meth:`_renew`, for several; the first failure is raised when all is done."""
        failure = None
        for bus in changed:
            try:
                self._renew(bus)
            except PerbusError as error:
                failure = failure or error
        if failure is not None:
            raise failure

    def _renew(self, changed: Point) -> None:
        """After what feeds ``changed`` has changed: finds the sources of all mixer buses that hear
        of it anew, and gives their connections the strips' values, which the engine has dropped."""
        for bus in self._mixer_buses_from(changed):
            link = self._routing.links.get(bus)
            if link is not None and link.strip is not None:
                link.mixing = self._mixing_source(bus)
                link.apply(self, None, link.strip.faders)

    def _mixer_buses_from(self, bus: Point) -> List[Point]:
        """The mixer buses that an input bus leads to: itself, or those behind an effect."""
        found, to_see = [], [bus]
        while to_see:
            bus = to_see.pop()
            if bus[0].kind is Kind.MIXER:
                found.append(bus)
            elif bus[0].kind is Kind.EFFECT:
                to_see.extend(self._routing.fed_by(bus[0]))
        return found

    def _mixing_source(self, bus: Point) -> Optional[RawNode]:
        source = self._routing.sources.get(bus)
        while source is not None and source[0].kind is Kind.EFFECT:
            source = self._routing.sources.get((source[0], 0))
        # A matrix has no faders: the mixer's own parameters take their place.
        if source is not None and (source[0].kind in MIXING or source[0].kind is Kind.MATRIX):
            return source[0]
        return None

    def _apply_settings(self, raw: RawNode) -> None:
        """Tells a matrix everything again. Channels that it does not have now keep their values for
        when it has them again."""
        for (function, *place), value in raw.settings.items():
            try:
                self._call(function, raw.pointer, *place, value)
            except OutOfRangeError:
                pass
