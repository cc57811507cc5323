"""Which source feeds which input bus: the map behind every per-bus call. Knows no native code.

It follows the engine's rules: one input bus has one source, a plain connection moves its source,
and disconnecting or removing a node ends what hung on it.
"""

from __future__ import annotations

from typing import Dict, Generic, Hashable, Iterator, List, Optional, Tuple, TypeVar

N = TypeVar("N", bound=Hashable)
L = TypeVar("L")


class Routing(Generic[N, L]):
    """``(node, input bus) -> (node, output bus)``, and what the owner keeps beside it."""

    def __init__(self) -> None:
        self.sources: Dict[Tuple[N, int], Tuple[N, int]] = {}
        self.links: Dict[Tuple[N, int], L] = {}
        self._fed: Dict[Tuple[N, int], List[Tuple[N, int]]] = {}

    def destinations(self, source: Tuple[N, int]) -> List[Tuple[N, int]]:
        """The input buses that an output bus feeds."""
        return list(self._fed.get(source, ()))

    def fed_by(self, node: N) -> Iterator[Tuple[N, int]]:
        """The input buses that a node feeds, whichever its output bus."""
        for source in sorted((s for s in self._fed if s[0] == node), key=lambda s: s[1]):
            yield from self._fed[source]

    def connect(self, source: Tuple[N, int], destination: Tuple[N, int], link: L) -> None:
        """The source's bus feeds ``destination`` and nothing else, and that has no other source."""
        self.disconnect_output(source)
        self.join(source, destination, link)

    def join(self, source: Tuple[N, int], destination: Tuple[N, int], link: L) -> None:
        """The source's bus feeds ``destination``, too, and that has no other source."""
        self.disconnect_input(destination)
        self.sources[destination] = source
        self.links[destination] = link
        self._fed.setdefault(source, []).append(destination)

    def disconnect_input(self, destination: Tuple[N, int]) -> None:
        """Nothing feeds ``destination`` any more."""
        source = self.sources.pop(destination, None)
        if source is not None:
            del self.links[destination]
            fed = self._fed[source]
            fed.remove(destination)
            if not fed:
                del self._fed[source]

    def disconnect_output(self, source: Tuple[N, int]) -> None:
        """``source`` feeds nothing any more."""
        for destination in self.destinations(source):
            self.disconnect_input(destination)

    def remove(self, node: N) -> None:
        """The node is connected to nothing any more."""
        for destination in [d for d, s in self.sources.items() if node in (d[0], s[0])]:
            self.disconnect_input(destination)

    def input_count(self, node: N) -> int:
        """One more than the node's highest connected input bus."""
        return max((bus for owner, bus in self.sources if owner == node), default=-1) + 1

    def link(self, destination: Tuple[N, int]) -> Optional[L]:
        return self.links.get(destination)
