"""What many strips of a mixer are set to at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional, Tuple

from . import _check


@dataclass(frozen=True)
class BusConfig:
    """What :meth:`Mixer.configure` changes on one bus; what is None stays."""

    bus: int
    #: The fader: a linear gain, 0 to 1.
    volume: Optional[float] = None
    #: -1 (left) to 1 (right)
    pan: Optional[float] = None
    muted: Optional[bool] = None
    soloed: Optional[bool] = None
    label: Optional[str] = None

    def _check(self) -> None:
        _check.bus(self.bus)
        if self.volume is not None:
            _check.volume(self.volume)
        if self.pan is not None:
            _check.pan(self.pan)
        _flag(self.muted, "muted")
        _flag(self.soloed, "soloed")
        if self.label is not None and not isinstance(self.label, str):
            raise TypeError(f"label is text, not {type(self.label).__name__}")


def _flag(value: Any, name: str) -> None:
    if value is not None and not isinstance(value, bool):
        raise TypeError(f"{name} is True or False, not {type(value).__name__}")


@dataclass(frozen=True)
class Scene:
    """The strips of one mixer at one moment, see :meth:`Mixer.snapshot`; or of any mixer, when it
    names none."""

    #: By ascending number in a snapshot.
    buses: Tuple[BusConfig, ...]
    #: The id of the mixer that it was taken of.
    mixer: Optional[int] = None
