"""What can go wrong."""

from __future__ import annotations

from enum import IntEnum
from typing import Dict, Optional, Type

__all__ = [
    "ClosedError", "CycleError", "EngineException", "FileError", "FormatError", "InRenderError",
    "InvalidArgumentError", "NoMemoryError", "NoPanControlError", "NotAttachedError",
    "NotConnectedError", "NotMixingError", "NotRunningError", "OutOfRangeError", "PendingError",
    "PerbusError", "RenderError", "StartError", "Status", "UnavailableError", "UnsupportedError",
    "WrongEngineError", "WrongKindError",
]


class Status(IntEnum):
    """The result of a native call; the numbers of ``perbus_status``."""

    OK = 0
    INVALID_ARGUMENT = -1
    OUT_OF_RANGE = -2
    NOT_CONNECTED = -3
    NOT_ATTACHED = -4
    WRONG_ENGINE = -5
    WRONG_KIND = -6
    NOT_MIXING = -7
    CYCLE = -8
    FORMAT = -9
    NOT_RUNNING = -10
    START = -11
    RENDER = -12
    EXCEPTION = -13
    NO_MEMORY = -14
    UNAVAILABLE = -15
    UNSUPPORTED = -16
    IN_RENDER = -17
    NO_PAN_CONTROL = -18
    FILE = -19
    CLOSED = -20
    PENDING = -23


_CLASSES: Dict[int, Type[PerbusError]] = {}


class PerbusError(Exception):
    """Why a call failed. The message names the value at fault and its limit; a call that failed
    has changed nothing.

    >>> import perbus
    >>> engine = perbus.Engine.offline(48000, 2)
    >>> try:
    ...     engine.main_mixer.bus(0).volume = 4.01
    ... except perbus.PerbusError as error:
    ...     print(type(error).__name__, int(error.status), error)
    OutOfRangeError -2 volume 4.01 is not in 0 to 4
    """

    #: The status's number; one of :class:`Status` but for a newer library's.
    status: int = Status.INVALID_ARGUMENT
    #: The system's own code (an OSStatus), or 0.
    os_code: int = 0

    def __init_subclass__(cls, status: Optional[Status] = None) -> None:
        if status is not None:
            cls.status = status
            _CLASSES[status] = cls

    def __init__(
        self, message: str, *, status: Optional[int] = None, os_code: int = 0
    ) -> None:
        super().__init__(message)
        if status is not None:
            self.status = status
        self.os_code = os_code

    @property
    def message(self) -> str:
        """One line that says why."""
        return str(self)


class InvalidArgumentError(PerbusError, ValueError, status=Status.INVALID_ARGUMENT):
    """A value that makes no sense here."""


class ClosedError(InvalidArgumentError, status=Status.CLOSED):
    """The engine or the node was closed."""


class OutOfRangeError(PerbusError, ValueError, status=Status.OUT_OF_RANGE):
    """A number outside its range; NaN and infinities too."""


class NotConnectedError(PerbusError, status=Status.NOT_CONNECTED):
    """Nothing is connected there."""


class NoPanControlError(NotConnectedError, status=Status.NO_PAN_CONTROL):
    """The bus has no source and its mixer feeds no other mixer: there is no pan to fall back to."""


class NotAttachedError(PerbusError, status=Status.NOT_ATTACHED):
    """The node was detached from its engine."""


class WrongEngineError(PerbusError, ValueError, status=Status.WRONG_ENGINE):
    """The node belongs to another engine."""


class WrongKindError(PerbusError, status=Status.WRONG_KIND):
    """A node or an engine of a kind that the call is not for."""


class NotMixingError(PerbusError, status=Status.NOT_MIXING):
    """The source has no per-connection volume and pan."""


class PendingError(PerbusError, status=Status.PENDING):
    """The source feeds the bus, but the engine does not let it control that yet."""


class CycleError(PerbusError, ValueError, status=Status.CYCLE):
    """The connection would feed a node its own output."""


class FormatError(PerbusError, ValueError, status=Status.FORMAT):
    """A format that does not fit, or is none."""


class NotRunningError(PerbusError, status=Status.NOT_RUNNING):
    """The engine is not started."""


class StartError(PerbusError, status=Status.START):
    """The engine cannot start: there is no device, for one."""


class RenderError(PerbusError, status=Status.RENDER):
    """Rendering failed."""


class EngineException(PerbusError, status=Status.EXCEPTION):
    """AVFAudio threw an exception; the message is its reason."""


class NoMemoryError(PerbusError, MemoryError, status=Status.NO_MEMORY):
    """Memory ran out."""


class UnavailableError(PerbusError, status=Status.UNAVAILABLE):
    """The AVFAudio classes are missing."""


class UnsupportedError(PerbusError, status=Status.UNSUPPORTED):
    """The engine in use has no such thing."""


class InRenderError(WrongKindError, status=Status.IN_RENDER):
    """A source's function has called an engine or a node, which may wait for the block that it
    makes."""


class FileError(PerbusError, OSError, status=Status.FILE):
    """An audio file could not be read or written; ``errno`` is the system's number, if there is
    one."""


def _of_status(status: int, message: str, os_code: int, errno: Optional[int]) -> PerbusError:
    """The exception for a native call's failure."""
    error = _CLASSES.get(status, PerbusError)(message, os_code=os_code)
    if status not in _CLASSES:
        error.status = status
    if isinstance(error, FileError):
        error.errno = errno
    return error
