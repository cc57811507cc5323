# SPDX-License-Identifier: MIT OR Apache-2.0
"""The bare C library from a language that calls C by itself: connect, track and per-connection gain.

    python3 tests/c/bare.py native/build/libperbus.so
"""

import ctypes
import sys
from ctypes import POINTER, byref, c_bool, c_double, c_float, c_int64, c_uint32, c_uint64, c_void_p


class Error(ctypes.Structure):
    _fields_ = [("os_code", ctypes.c_int32), ("message", ctypes.c_char * 252)]


class Format(ctypes.Structure):
    # The last field is 0: nothing but the number of channels is told of them.
    _fields_ = [("sample_rate", c_double), ("channels", c_uint32), ("layout", c_uint32)]


class Point(ctypes.Structure):
    _fields_ = [("node", c_uint64), ("bus", c_uint32)]


Render = ctypes.CFUNCTYPE(c_bool, c_void_p, c_int64, c_uint32, POINTER(POINTER(c_float)), c_uint32)
FRAMES = 1024


class Library:
    """Calls a function with a fresh error behind its arguments, and raises what it says."""

    def __init__(self, path):
        self.library = ctypes.CDLL(path)

    def __getattr__(self, name):
        function = getattr(self.library, "perbus_" + name)

        def call(*arguments):
            error = Error()
            status = function(*arguments, byref(error))
            if status != 0:
                raise RuntimeError(f"perbus_{name}: {status}: {error.message.decode()}")

        return call


def main(path):
    perbus = Library(path)
    mono, stereo = Format(48000.0, 1, 0), Format(48000.0, 2, 0)
    engine, mixer = c_void_p(), c_void_p()
    perbus.engine_create_offline(byref(stereo), c_uint32(FRAMES), byref(engine))
    perbus.engine_copy_main_mixer(engine, byref(mixer))
    perbus.library.perbus_node_get_id.restype = c_uint64

    def constant(value):
        @Render
        def render(_context, _time, frames, channels, _count):
            for frame in range(frames):
                channels[0][frame] = value
            return False

        return render

    renders, sources = [constant(0.25), constant(0.5)], []
    for bus, render in enumerate(renders):
        source = c_void_p()
        perbus.source_create(byref(mono), render, None, None, byref(source))
        perbus.engine_attach(engine, source)
        perbus.engine_connect(engine, source, 0, mixer, bus, byref(mono))
        sources.append(source)
    perbus.engine_start(engine)

    def heard():
        channels = [(c_float * FRAMES)(), (c_float * FRAMES)()]
        pointers = (POINTER(c_float) * 2)(*[ctypes.cast(one, POINTER(c_float)) for one in channels])
        perbus.engine_render(engine, FRAMES, pointers, 2)
        return tuple(channel[FRAMES - 1] for channel in channels)

    # Track: which source feeds bus 1?
    point = Point()
    perbus.track_input(engine, mixer, 1, byref(point))
    assert point.node == perbus.library.perbus_node_get_id(sources[1]) and point.bus == 0

    # Per-connection gain: one source's volume and pan on one bus, the other's as they were.
    assert heard() == (0.75, 0.75)
    perbus.connection_set_volume(sources[1], mixer, 1, c_float(0.5))
    assert heard() == (0.5, 0.5)
    perbus.connection_set_pan(sources[0], mixer, 0, c_float(-1.0))
    assert heard() == (0.5, 0.25)
    volume = c_float()
    perbus.connection_get_volume(sources[1], mixer, 1, byref(volume))
    assert volume.value == 0.5

    # A connection that is not there is an error that says so.
    try:
        perbus.connection_set_volume(sources[0], mixer, 1, c_float(1.0))
    except RuntimeError as error:
        assert "-3" in str(error), error
    else:
        raise AssertionError("the source does not feed bus 1")

    # Connected elsewhere, a source leaves its bus, and a new connection starts at the source's own.
    perbus.engine_connect(engine, sources[1], 0, mixer, 5, byref(mono))
    assert heard() == (0.75, 0.5)
    for node in (*sources, mixer):
        perbus.library.perbus_node_release(node)
    perbus.library.perbus_engine_destroy(engine)


if __name__ == "__main__":
    main(sys.argv[1])
