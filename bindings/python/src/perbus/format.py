"""Sample rate and channel count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import _check
from ._library import ffi, lib
from .errors import FormatError

MAX_CHANNELS: int = lib.PERBUS_MAX_CHANNELS
MAX_SAMPLE_RATE: int = lib.PERBUS_MAX_SAMPLE_RATE


@dataclass(frozen=True)
class Format:
    """A stream of planar 32-bit float samples: its rate in Hz (above 0, at most 768000) and its
    channel count (1 to 64).

    >>> Format(48000, 2)
    Format(sample_rate=48000.0, channels=2)
    """

    sample_rate: float
    channels: int

    def __post_init__(self) -> None:
        rate = _check.real(self.sample_rate, "sample rate")
        channels = _check.index(self.channels, "channel count")
        if not 0.0 < rate <= MAX_SAMPLE_RATE:
            raise FormatError(
                f"sample rate {rate:g} Hz is not above 0 and at most {MAX_SAMPLE_RATE}"
            )
        if not 1 <= channels <= MAX_CHANNELS:
            raise FormatError(f"channel count {channels} is not in 1 to {MAX_CHANNELS}")
        object.__setattr__(self, "sample_rate", rate)
        object.__setattr__(self, "channels", channels)


def to_native(format: Format) -> Any:
    return ffi.new("perbus_format *", (format.sample_rate, format.channels))


def from_native(raw: Any) -> Format:
    """Of what an engine reports: a bus without a format has 0 Hz and 0 channels."""
    format = object.__new__(Format)
    object.__setattr__(format, "sample_rate", raw.sample_rate)
    object.__setattr__(format, "channels", raw.channels)
    return format
