"""The C library: finding it, and refusing one that is too old."""

import ctypes
import os

_chosen = os.environ.get("PERBUS_LIBRARY")
if _chosen:
    # The dynamic linker takes a library that is loaded already for the one that the extension asks
    # for: both have one soname.
    try:
        ctypes.CDLL(_chosen, mode=os.RTLD_NOW | os.RTLD_LOCAL)
    except OSError as error:
        raise ImportError(f"PERBUS_LIBRARY is {_chosen!r}: {error}") from error

from ._native import ffi, lib  # noqa: E402

if lib.perbus_version() < lib.PERBUS_VERSION:
    raise ImportError(
        f"libperbus {lib.perbus_version()} is older than {lib.PERBUS_VERSION}, "
        "with which perbus was built"
    )


def version() -> "tuple[int, int, int]":
    """The C library's version: major, minor, patch.

    >>> import perbus
    >>> perbus.version() >= (0, 2, 0)
    True
    """
    number = lib.perbus_version()
    return number // 10000, number // 100 % 100, number % 100


__all__ = ["ffi", "lib", "version"]
