"""Recordings of mixers and buses."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import NamedTuple, Optional

__all__ = ["RecorderState", "RecorderStatus", "Recording"]


class RecorderState(Enum):
    """What a :class:`Recorder` does."""

    #: Nothing has come yet: the engine does not render, or its time has not reached the start.
    WAITING = "waiting"
    #: It records.
    RECORDING = "recording"
    #: The file is complete.
    FINISHED = "finished"
    #: The file could not be written. Nothing is left of it.
    FAILED = "failed"


class RecorderStatus(NamedTuple):
    """What :attr:`Recorder.status` reports."""

    state: RecorderState
    #: The length so far. What was rendered last follows within a fraction of a second.
    frames: int
    #: Frames that were lost because the disk was too slow for ten seconds. They are silence in the file.
    dropped: int
    #: Frames of silence where the mixer was not rendered, those that were dropped included.
    silence: int
    #: Why it failed.
    reason: Optional[str]


class Recording(NamedTuple):
    """A recording that is complete, see :meth:`Recorder.stop`."""

    path: Path
    #: Its length.
    frames: int
    #: As :attr:`RecorderStatus.dropped`.
    dropped: int
    #: As :attr:`RecorderStatus.silence`.
    silence: int
    #: Why the recording ended before it was stopped: the mixer got another format.
    interrupted: Optional[str]
