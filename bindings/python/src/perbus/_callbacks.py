"""What C calls: sources, their ends, completions. Each takes the GIL.

C holds a number for each Python object, not a pointer: one that is unknown finds nothing.
"""

from __future__ import annotations

import itertools
import logging
import threading
from types import TracebackType
from typing import Any, Callable, Dict, Optional, Set, Type

import numpy as np
import numpy.typing as npt

from ._library import ffi, lib
from .errors import WrongKindError

log = logging.getLogger("perbus")

_objects: Dict[int, Any] = {}
_numbers = itertools.count(1)
_thread = threading.local()
#: The threads that are in a source's function.
_inside: Set[int] = set()


def keep(thing: Any) -> Any:
    """Keeps an object until its callback or :func:`forget` ends it; returns its context."""
    number = next(_numbers)
    _objects[number] = thing
    return ffi.cast("void *", number)


def forget(context: Any) -> Any:
    return _objects.pop(int(ffi.cast("uintptr_t", context)), None)


def inside() -> bool:
    """Whether this thread is in a source's function."""
    return bool(_inside) and threading.get_ident() in _inside


class Lock(type(threading.RLock())):  # type: ignore[misc]
    """An engine's lock. A source's function does not get it: who has it may be waiting for the block
    that the function makes."""

    def __enter__(self) -> bool:
        if _inside and inside():
            raise WrongKindError("a source's function cannot call an engine or its nodes")
        return bool(self.acquire())


def run(what: str, function: Callable[..., object], *arguments: object) -> Optional[Exception]:
    """Runs a function of the user's where nobody could catch what it raises: that is logged."""
    try:
        function(*arguments)
    except Exception as error:
        log.exception("%s has failed", what)
        return error
    return None


RenderFunction = Callable[["npt.NDArray[np.float32]", int], object]


class SourceContext:
    """A source's function, the block that it fills, and what it failed with."""

    def __init__(self, function: RenderFunction) -> None:
        self.function = function
        self.error: Optional[Exception] = None
        self.memory: npt.NDArray[np.float32] = np.zeros((0, 0), np.float32)

    def render(self, time: int, frames: int, channels: Any, count: int) -> bool:
        if self.error is not None or frames == 0:
            return True
        if self.memory.shape[0] != count or self.memory.shape[1] < frames:
            self.memory = np.zeros((count, frames), np.float32)
        block = self.memory[:, :frames]
        block.fill(0.0)
        self.error = run("a source's function", self.function, block, time)
        if self.error is not None:
            return True
        for channel in range(count):
            # Copied: a block that the function has kept must not reach into the engine's memory.
            samples = ffi.buffer(channels[channel], frames * 4)
            np.frombuffer(samples, np.float32)[:] = block[channel]
        return False


def call_rendering(function: Callable[..., int], *arguments: Any) -> int:
    """Calls what renders on this thread, and raises here what is no :class:`Exception` in a source's
    function: the user's Ctrl-C, say."""
    _thread.raised = None
    try:
        status = function(*arguments)
        raised: Optional[BaseException] = _thread.raised
    finally:
        del _thread.raised
    if raised is not None:
        raise raised
    return status


def _pass_on(
    kind: Type[BaseException], raised: BaseException, trace: Optional[TracebackType]
) -> None:
    if hasattr(_thread, "raised"):
        _thread.raised = raised
    else:
        log.error("a source's function has failed", exc_info=(kind, raised, trace))


@ffi.def_extern(error=True, onerror=_pass_on)
def perbus_python_render(
    context: Any, time: int, frames: int, channels: Any, count: int
) -> bool:
    source = _objects.get(int(ffi.cast("uintptr_t", context)))
    if source is None:
        return True
    thread = threading.get_ident()
    _inside.add(thread)
    try:
        silent: bool = source.render(time, frames, channels, count)
    finally:
        _inside.discard(thread)
    return silent


@ffi.def_extern()
def perbus_python_destroy(context: Any) -> None:
    forget(context)


@ffi.def_extern()
def perbus_python_completion(context: Any, end: int) -> None:
    function = forget(context)
    if function is not None:
        run("a completion", function)


RENDER = lib.perbus_python_render
DESTROY = lib.perbus_python_destroy
COMPLETION = lib.perbus_python_completion
