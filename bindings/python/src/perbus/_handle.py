"""Owners of native handles: the only places that destroy or release them, each once."""

from __future__ import annotations

import os
import threading
import weakref
from enum import Enum
from typing import Any, Callable, Dict, Optional, Tuple

from . import _callbacks
from ._library import lib
from ._strip import Strips
from .errors import ClosedError, NotAttachedError
from .format import Format


class Kind(Enum):
    OUTPUT = "output"
    MIXER = "mixer"
    PLAYER = "player"
    SOURCE = "source"
    EFFECT = "effect"
    MATRIX = "matrix"


#: Whose connections to mixers have a volume and a pan.
MIXING = frozenset({Kind.MIXER, Kind.PLAYER, Kind.SOURCE})


_ending = threading.Lock()


def end(function: Callable[[Any], None], pointer: Any, process: int) -> None:
    """Destroys or releases."""
    if os.getpid() != process:
        return  # A forked child has the memory of an engine, but none of its threads.
    if _callbacks.inside():
        # The collector may run in a source's function, on the thread that this may wait for.
        threading.Thread(target=_end_alone, args=(function, pointer)).start()
    else:
        function(pointer)


def _end_alone(function: Callable[[Any], None], pointer: Any) -> None:
    with _ending:
        function(pointer)


class RawNode:
    """A node handle, with what belongs to the node itself rather than to its engine."""

    __slots__ = (
        "__weakref__", "_finalizer", "attached", "context", "format", "id", "kind", "pointer",
        "settings", "strips",
    )

    def __init__(self, pointer: Any, kind: Kind) -> None:
        self.pointer = pointer
        self.kind = kind
        self.id: int = lib.perbus_node_get_id(pointer)
        self.attached = False
        #: The output's format, once it was given one.
        self.format: Optional[Format] = None
        #: A mixer's strips: they outlive connections, and being detached.
        self.strips = Strips()
        #: What a matrix was set to: it outlives connections and starts.
        self.settings: Dict[Tuple[Any, ...], float] = {}
        self.context: Optional[_callbacks.SourceContext] = None
        self._finalizer = weakref.finalize(
            self, end, lib.perbus_node_release, pointer, os.getpid()
        )
        # A thread may still use it at the program's end.
        self._finalizer.atexit = False  # type: ignore[misc]

    def close(self) -> None:
        self.pointer = None
        self.attached = False
        self._finalizer()

    def check_open(self) -> None:
        if self.pointer is None:
            raise ClosedError(f"the {self.kind.value} was closed")

    def check_attached(self) -> None:
        if not self.attached:
            self.check_open()
            raise NotAttachedError("the node was detached from its engine")
