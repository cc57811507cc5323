"""What C calls: sources, their ends, completions. Each takes the GIL.

C holds a number for each Python object, not a pointer: one that is unknown finds nothing.
"""

from __future__ import annotations

import itertools
import logging
import threading
from typing import Any, Callable, Dict, Optional

import numpy as np
import numpy.typing as npt

from ._library import ffi, lib

log = logging.getLogger("perbus")

_objects: Dict[int, Any] = {}
_numbers = itertools.count(1)
_thread = threading.local()


def keep(thing: Any) -> Any:
    """Keeps an object until its callback or :func:`forget` ends it; returns its context."""
    number = next(_numbers)
    _objects[number] = thing
    return ffi.cast("void *", number)


def forget(context: Any) -> Any:
    return _objects.pop(int(ffi.cast("uintptr_t", context)), None)


def inside() -> bool:
    """Whether this thread is in a callback."""
    return getattr(_thread, "inside", False)


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


@ffi.def_extern(error=True)
def perbus_python_render(
    context: Any, time: int, frames: int, channels: Any, count: int
) -> bool:
    source = _objects.get(int(ffi.cast("uintptr_t", context)))
    if source is None:
        return True
    _thread.inside = True
    try:
        silent: bool = source.render(time, frames, channels, count)
    finally:
        _thread.inside = False
    return silent


@ffi.def_extern()
def perbus_python_destroy(context: Any) -> None:
    forget(context)


@ffi.def_extern()
def perbus_python_completion(context: Any) -> None:
    function = forget(context)
    if function is not None:
        run("a completion", function)


RENDER = lib.perbus_python_render
DESTROY = lib.perbus_python_destroy
COMPLETION = lib.perbus_python_completion
