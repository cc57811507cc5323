"""What all parts of an engine share: its handle, its locks, its map of connections."""

from __future__ import annotations

import os
import threading
import weakref
from typing import TYPE_CHECKING, Any, Callable, Dict, List, NoReturn, Optional, SupportsIndex

from ._callbacks import Lock
from ._handle import RawNode, end
from ._library import ffi, lib
from ._link import Link
from ._routing import Routing
from .errors import ClosedError, WrongEngineError, blank, fail
from .format import Format, from_native
from .node import Node

if TYPE_CHECKING:
    from .fade import Pending


class EngineState:
    """The lock is held for every native call but rendering, so that the map, the strips and the
    engine agree, and nothing runs beside a graph call. Rendering has a lock of its own."""

    def __init__(self, pointer: Any, max_frames: Optional[int]) -> None:
        self._pointer = pointer
        self._finalizer = weakref.finalize(
            self, end, lib.perbus_engine_destroy, pointer, os.getpid()
        )
        # At the program's end threads may still be in it: see close_all in engine.py.
        self._finalizer.atexit = False  # type: ignore[misc]
        self._lock = Lock()
        self._render_lock = threading.Lock()
        self._error = blank()
        self._nodes: Dict[RawNode, None] = {}
        self._routing: Routing[RawNode, Link] = Routing()
        self._fades: List[Pending] = []
        #: A thread looks after them, because a device plays.
        self._ticking = False
        #: False once the engine has turned out to have no fades of its own.
        self._has_fades = True
        #: The engine's time before its resets, in frames.
        self._past = 0
        #: The latest time that was seen: where time stands while a device does not play.
        self._latest = 0
        #: How many brackets are open, and the thread that has opened them.
        self._brackets = 0
        self._changing: Optional[int] = None
        self._max_frames = max_frames
        raw = ffi.new("perbus_format *")
        self._call(lib.perbus_engine_get_format, pointer, raw)
        self._format = from_native(raw)

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        # Two objects must not end one handle.
        raise TypeError("an engine cannot be copied or pickled")

    def _call(self, function: Callable[..., int], *arguments: Any) -> None:
        """Calls a native function, with the lock held."""
        status = function(*arguments, self._error)
        if status:
            fail(status, self._error)

    def _check_open(self) -> None:
        if self._pointer is None:
            raise ClosedError("the engine was closed")

    def _own(self, node: Node) -> RawNode:
        """The handle of a node of this engine, with the lock held."""
        if not isinstance(node, Node):
            raise TypeError(f"a node is wanted, not {type(node).__name__}")
        self._check_open()
        if node._engine is not self:
            raise WrongEngineError("the node belongs to another engine")
        node._raw.check_open()
        return node._raw

    def _attached(self, node: Node) -> RawNode:
        # The common case: an attached node is open, and so is its engine.
        if isinstance(node, Node) and node._engine is self and node._raw.attached:
            return node._raw
        raw = self._own(node)
        raw.check_attached()
        return raw

    def _now(self) -> int:
        """A time that a reset does not turn back, nor a device that halts and has no time: what
        fades count in."""
        self._latest = max(self._latest, self._past + self._sample_time())
        return self._latest

    def _sample_time(self) -> int:
        frames = ffi.new("int64_t *")
        self._call(lib.perbus_engine_get_sample_time, self._pointer, frames)
        return int(frames[0])
