"""What can go wrong."""

from __future__ import annotations

from enum import IntEnum
from typing import Dict, Optional, Type

__all__ = [
    "ClosedError", "CycleError", "EngineException", "FileError", "FormatError", "InRenderError",
    "InvalidArgumentError", "NoMemoryError", "NoPanControlError", "NotAttachedError",
    "NotConnectedError", "NotMixingError", "NotRunningError", "OutOfRangeError", "PerbusError",
    "RenderError", "StartError", "Status", "UnavailableError", "UnsupportedError",
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


class PerbusError(Exception):
    """Why a call failed. The message names the value at fault and its limit; a call that failed
    has changed nothing.

    >>> import perbus
    >>> engine = perbus.Engine.offline(48000, 2)
    >>> try:
    ...     engine.main_mixer.bus(0).volume = 1.5
    ... except perbus.PerbusError as error:
    ...     print(type(error).__name__, int(error.status), error)
    OutOfRangeError -2 volume 1.5 is not in 0 to 1
    """

    #: The status's number; one of :class:`Status` but for a newer library's.
    status: int = Status.INVALID_ARGUMENT
    #: The system's own code (an OSStatus), or 0.
    os_code: int = 0

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


class InvalidArgumentError(PerbusError, ValueError):
    """A value that makes no sense here."""

    status = Status.INVALID_ARGUMENT


class ClosedError(InvalidArgumentError):
    """The engine or the node was closed."""

    status = Status.CLOSED


class OutOfRangeError(PerbusError, ValueError):
    """A number outside its range; NaN and infinities too."""

    status = Status.OUT_OF_RANGE


class NotConnectedError(PerbusError):
    """Nothing is connected there."""

    status = Status.NOT_CONNECTED


class NoPanControlError(NotConnectedError):
    """The bus has no source and its mixer feeds no other mixer: there is no pan to fall back to."""

    status = Status.NO_PAN_CONTROL


class NotAttachedError(PerbusError):
    """The node was detached from its engine."""

    status = Status.NOT_ATTACHED


class WrongEngineError(PerbusError, ValueError):
    """The node belongs to another engine."""

    status = Status.WRONG_ENGINE


class WrongKindError(PerbusError):
    """A node or an engine of a kind that the call is not for."""

    status = Status.WRONG_KIND


class NotMixingError(PerbusError):
    """The source has no per-connection volume and pan."""

    status = Status.NOT_MIXING


class CycleError(PerbusError, ValueError):
    """The connection would feed a node its own output."""

    status = Status.CYCLE


class FormatError(PerbusError, ValueError):
    """A format that does not fit, or is none."""

    status = Status.FORMAT


class NotRunningError(PerbusError):
    """The engine is not started."""

    status = Status.NOT_RUNNING


class StartError(PerbusError):
    """The engine cannot start: there is no device, for one."""

    status = Status.START


class RenderError(PerbusError):
    """Rendering failed."""

    status = Status.RENDER


class EngineException(PerbusError):
    """AVFAudio threw an exception; the message is its reason."""

    status = Status.EXCEPTION


class NoMemoryError(PerbusError, MemoryError):
    """Memory ran out."""

    status = Status.NO_MEMORY


class UnavailableError(PerbusError):
    """The AVFAudio classes are missing."""

    status = Status.UNAVAILABLE


class UnsupportedError(PerbusError):
    """The engine in use has no such thing."""

    status = Status.UNSUPPORTED


class InRenderError(WrongKindError):
    """A source's function has called an engine or a node, which may wait for the block that it
    makes."""

    status = Status.IN_RENDER


class FileError(PerbusError, OSError):
    """An audio file could not be read or written; ``errno`` is the system's number, if there is
    one."""

    status = Status.FILE


def _by_status(cls: Type[PerbusError]) -> Dict[int, Type[PerbusError]]:
    found = {int(cls.status): cls}
    for derived in cls.__subclasses__():
        found.update(_by_status(derived))
    return found


_CLASSES = _by_status(PerbusError)


def _of_status(status: int, message: str, os_code: int, errno: Optional[int]) -> PerbusError:
    """The exception for a native call's failure."""
    error = _CLASSES.get(status, PerbusError)(message, os_code=os_code)
    if status not in _CLASSES:
        error.status = status
    if isinstance(error, FileError):
        error.errno = errno
    return error
