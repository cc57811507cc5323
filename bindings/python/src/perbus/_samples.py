"""Arrays of samples from outside."""

from __future__ import annotations

from typing import Any

import numpy as np

from .errors import FormatError, InvalidArgumentError


def check_planar(array: Any, channels: int, name: str, writable: bool = False) -> int:
    """The length in frames of an array (channels x frames), or (frames) for one channel."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name} is a numpy array, not {type(array).__name__}")
    if array.dtype != np.float32:
        raise TypeError(f"{name} is an array of float32, not of {array.dtype}")
    if array.ndim not in (1, 2):
        raise FormatError(f"{name} has {array.ndim} dimensions, not channels x frames")
    found = array.shape[0] if array.ndim == 2 else 1
    if found != channels:
        raise FormatError(f"{name} has {found} channels, not {channels}")
    if not array.flags.c_contiguous:
        raise InvalidArgumentError(f"{name} is not contiguous: numpy.ascontiguousarray() copies it")
    if not array.flags.aligned:
        raise InvalidArgumentError(f"{name} is not aligned")
    if writable and not array.flags.writeable:
        raise InvalidArgumentError(f"{name} is read-only")
    return int(array.shape[-1])
