"""What all node handles share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, Type

from ._handle import Kind, RawNode
from .errors import WrongKindError

if TYPE_CHECKING:
    from .engine import Engine

_classes: Dict[Kind, Type[Node]] = {}


class Node:
    """A node of an engine. Handles of one node are equal; they keep their engine alive.

    A handle whose node was detached stays valid: what needs the engine raises
    :class:`NotAttachedError`. After ``close``, everything raises :class:`ClosedError`.
    """

    __slots__ = ("__weakref__", "_engine", "_raw")

    _kind: Kind
    _engine: Engine
    _raw: RawNode

    def __init__(self) -> None:
        raise TypeError(f"an engine makes nodes: Engine.create_{type(self).__name__.lower()}()")

    def __init_subclass__(cls) -> None:
        # Not for a class that somebody derives from a kind's own.
        if "_kind" in vars(cls):
            _classes[cls._kind] = cls

    @property
    def engine(self) -> Engine:
        """The engine that the node was made for."""
        return self._engine

    @property
    def id(self) -> int:
        """The node's identity: equal for all handles of one node, while the node lives."""
        return self._raw.id

    @property
    def is_attached(self) -> bool:
        """Whether the engine has the node."""
        return self._raw.attached

    def close(self) -> None:
        """Detaches the node and ends all its handles now, not when the last one goes. Closing
        again has no effect.

        :raises WrongKindError: for the main mixer and the output, which go with the engine
        """
        engine, raw = self._engine, self._raw
        with engine._lock:
            if raw.pointer is None:
                return
            if raw in engine._ends:
                raise WrongKindError("the main mixer and the output are closed with their engine")
            if raw.attached and engine._pointer is not None:
                engine.detach(self)
            raw.close()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and self._raw is other._raw

    def __hash__(self) -> int:
        return hash(self._raw)

    def __repr__(self) -> str:
        state = "" if self._raw.attached else " detached"
        if self._raw.pointer is None:
            state = " closed"
        return f"<perbus.{type(self).__name__} {self._raw.id:#x}{state}>"


class Output(Node):
    """Where an engine's mix leaves it."""

    __slots__ = ()
    _kind = Kind.OUTPUT


def wrap(engine: Engine, raw: RawNode) -> Node:
    """A handle of the class of the node's kind."""
    node = object.__new__(_classes[raw.kind])
    node._engine = engine
    node._raw = raw
    return node
