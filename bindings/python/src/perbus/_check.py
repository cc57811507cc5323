"""Numbers from outside: their types and ranges, told before anything changes."""

from __future__ import annotations

import operator
from typing import Any, SupportsFloat, SupportsIndex

from ._library import lib
from .errors import OutOfRangeError

MAX_BUSES: int = lib.PERBUS_MAX_BUSES


def number(value: SupportsFloat, name: str, low: float, high: float) -> float:
    """A number in a range. Text that reads as a number is none."""
    try:
        inside = bool(low <= value <= high)  # type: ignore[operator]
    except ArithmeticError:  # a Decimal that is NaN
        inside = False
    except (TypeError, ValueError):  # an array of several, for one
        raise TypeError(f"{name} is a number, not {type(value).__name__}") from None
    if not inside:
        raise OutOfRangeError(f"{name} {value} is not in {low:g} to {high:g}")
    return float(value)


def volume(value: SupportsFloat) -> float:
    # The common case, which every move of a fader comes by.
    if type(value) is float and 0.0 <= value <= 1.0:
        return value
    return number(value, "volume", 0.0, 1.0)


def pan(value: SupportsFloat) -> float:
    if type(value) is float and -1.0 <= value <= 1.0:
        return value
    return number(value, "pan", -1.0, 1.0)


def real(value: Any, name: str) -> float:
    """A number whose range the native side checks."""
    if isinstance(value, (str, bytes)):
        raise TypeError(f"{name} is a number, not {type(value).__name__}")
    try:
        return float(value)
    except TypeError:
        raise TypeError(f"{name} is a number, not {type(value).__name__}") from None
    except OverflowError:
        raise OutOfRangeError(f"{name} is too large for any number of the engine") from None


def index(value: SupportsIndex, name: str, limit: int = 1 << 32) -> int:
    """A whole number from 0 to below a limit."""
    try:
        result = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is an integer, not {type(value).__name__}") from None
    if not 0 <= result < limit:
        if result < 0:
            raise OutOfRangeError(f"{name} {result} is negative")
        raise OutOfRangeError(f"{name} {result} is not below {limit}")
    return result


def bus(value: SupportsIndex) -> int:
    if type(value) is int and 0 <= value < MAX_BUSES:
        return value
    return index(value, "bus", MAX_BUSES)


def frame(value: SupportsIndex, name: str) -> int:
    """A time in frames. The native side has a narrower range, but takes 64 bits."""
    try:
        result = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is an integer, not {type(value).__name__}") from None
    if abs(result) > lib.PERBUS_MAX_TIME:
        raise OutOfRangeError(f"{name} {result} is past 2^53 frames")
    return result
