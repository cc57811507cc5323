"""The engine: making it, its nodes, running and rendering it."""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from types import TracebackType
from typing import Any, Callable, Optional, Type, cast

import numpy as np
import numpy.typing as npt

from . import _callbacks, _check
from ._control import Controls
from ._handle import Kind, RawNode
from ._library import ffi, lib
from ._link import Link
from ._samples import check_planar
from .equalizer import Equalizer
from .errors import (
    InvalidArgumentError, WrongKindError, blank, fail,
)
from .fade import look_after
from .format import Format, to_native
from .matrix import Matrix
from .mixer import Mixer
from .node import Node, Output, wrap
from .player import Player
from .source import Source


#: The most threads that can render one engine.
MAX_RENDER_THREADS: int = lib.PERBUS_MAX_RENDER_THREADS


_open: weakref.WeakSet[Engine] = weakref.WeakSet()


@atexit.register
def close_all() -> None:
    """Daemon threads go on at the program's end: what they call then has to find closed engines, not
    memory that is gone. One that is in the midst of something for long keeps its engine."""
    for engine in list(_open):
        for lock in (engine._lock, engine._render_lock):
            if not lock.acquire(timeout=1.0):
                break
            lock.release()
        else:
            engine.close()


def forget_all() -> None:
    """A forked child has no thread of any engine, and other threads may have had the locks: what was
    open is closed there."""
    for engine in list(_open):
        engine._pointer = None
        for raw in engine._nodes:
            raw.pointer, raw.attached = None, False
        engine._lock, engine._render_lock = _callbacks.Lock(), threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=forget_all)


class Engine(Controls):
    """A graph of audio nodes and what renders it: ``Engine()`` to the output device, which
    :meth:`start` opens, :meth:`offline` to the caller.

    Methods may be called from any thread: they wait for one another, and rendering goes on beside
    all of them. As a context manager it closes at the end.

    >>> import numpy, perbus
    >>> with perbus.Engine.offline(48000, 2, max_frames=512) as engine:
    ...     player = engine.create_player()
    ...     engine.connect(player, engine.main_mixer, to_bus=3)
    ...     engine.main_mixer.bus(3).volume = 0.25
    ...     engine.start()
    ...     player.schedule(numpy.ones((2, 512), numpy.float32))
    ...     player.play()
    ...     left, right = engine.render(512)
    >>> float(left[0]), float(right[511])
    (0.25, 0.25)
    """

    def __init__(self) -> None:
        pointer, error = ffi.new("perbus_engine **"), blank()
        status = lib.perbus_engine_create(pointer, error)
        if status:
            fail(status, error)
        self._begin(pointer[0], None)

    @classmethod
    def offline(cls, sample_rate: float, channels: int, max_frames: int = 4096) -> Engine:
        """An engine that renders when :meth:`render` asks for it, as fast as the machine can, in
        blocks of at most ``max_frames`` frames (1 to 1048576).

        :raises FormatError: for a rate or a channel count outside those of :class:`Format`
        :raises OutOfRangeError: for ``max_frames``
        """
        format = Format(sample_rate, channels)
        max_frames = _check.index(max_frames, "max_frames")
        pointer, error = ffi.new("perbus_engine **"), blank()
        status = lib.perbus_engine_create_offline(to_native(format), max_frames, pointer, error)
        if status:
            fail(status, error)
        engine = cls.__new__(cls)
        engine._begin(pointer[0], max_frames)
        return engine

    def _begin(self, pointer: Any, max_frames: Optional[int]) -> None:
        super().__init__(pointer, max_frames)
        self._render_error = blank()
        node = ffi.new("perbus_node **")
        self._call(lib.perbus_engine_copy_main_mixer, pointer, node)
        main = RawNode(node[0], Kind.MIXER)
        self._call(lib.perbus_engine_copy_output, pointer, node)
        output = RawNode(node[0], Kind.OUTPUT)
        #: The nodes that the engine makes and connects itself.
        self._ends = (main, output)
        for raw in self._ends:
            self._nodes[raw] = None
            raw.attached = True
        self._routing.connect((main, 0), (output, 0), Link(main, output, 0))
        _open.add(self)

    def close(self) -> None:
        """Stops the engine and ends it and its nodes; all further calls raise :class:`ClosedError`.
        Waits for a rendering thread and for a completion that is running. Closing again has no
        effect.

        :raises WrongKindError: in a source's function, and inside :meth:`change`
        """
        if _callbacks.inside():
            raise WrongKindError("a source's function cannot close an engine")
        with self._lock:
            if self._pointer is None:
                return
            if self._brackets:
                raise WrongKindError("an engine cannot be closed inside change()")
            self._pointer = None
            nodes = list(self._nodes)
            for raw in nodes:
                raw.attached = False
        # Without the lock: destroying waits for a completion, which may be waiting for the lock.
        with self._render_lock:
            for raw in nodes:
                raw.close()
            self._finalizer()

    @property
    def is_closed(self) -> bool:
        """Whether the engine was closed."""
        return self._pointer is None

    def __enter__(self) -> Engine:
        self._check_open()
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        what = "device" if self._max_frames is None else "offline"
        state = " closed" if self.is_closed else ""
        rate, channels = self._format.sample_rate, self._format.channels
        return f"<perbus.Engine {what} {rate:g} Hz, {channels} channels{state}>"

    @property
    def format(self) -> Format:
        """The format of the mix."""
        return self._format

    @property
    def max_frames(self) -> Optional[int]:
        """The longest block in frames; None for an engine that plays to a device."""
        return self._max_frames

    @property
    def main_mixer(self) -> Mixer:
        """The mixer that feeds the output."""
        return cast(Mixer, wrap(self, self._ends[0]))

    @property
    def output(self) -> Output:
        """Where the mix leaves the engine."""
        return cast(Output, wrap(self, self._ends[1]))

    def create_mixer(self) -> Mixer:
        """Makes a mixer and attaches it."""
        return cast(Mixer, self._make(Kind.MIXER, lib.perbus_mixer_create))

    def create_player(self) -> Player:
        """Makes a player and attaches it."""
        return cast(Player, self._make(Kind.PLAYER, lib.perbus_player_create))

    def create_equalizer(self, bands: int) -> Equalizer:
        """Makes an equalizer, its bands bypassed, and attaches it.

        :raises OutOfRangeError: unless ``bands`` is 1 to ``MAX_BANDS``
        """
        bands = _check.index(bands, "bands")
        return cast(Equalizer, self._make(Kind.EFFECT, lib.perbus_equalizer_create, bands))

    def create_matrix(self, inputs: int, outputs: int) -> Matrix:
        """Makes a matrix mixer with so many input and output buses, 1 to ``MAX_MATRIX_BUSES`` each,
        and attaches it. Waits for the system to make it.

        :raises OutOfRangeError: for either count
        :raises UnsupportedError: when the system makes none
        """
        inputs, outputs = _check.index(inputs, "inputs"), _check.index(outputs, "outputs")
        return cast(Matrix, self._make(Kind.MATRIX, lib.perbus_matrix_create, inputs, outputs))

    def create_source(
        self,
        render: Callable[[npt.NDArray[np.float32], int], object],
        format: Optional[Format] = None,
    ) -> Source:
        """Makes a source whose sound comes from ``render(block, time)``, and attaches it.

        ``block`` is zeros (channels x frames) to be filled in place, valid during the call;
        ``time`` is the engine's time at its first frame, counted at the source's own rate. The
        function runs on the audio thread and takes the GIL: it is not real-time safe. Offline that
        is of no consequence; on a device it may be late and is heard as a gap. In it calls on an
        engine or its nodes raise :class:`WrongKindError`. What it raises is logged, kept in
        :attr:`Source.error`, and the source is silent from then on; but ``KeyboardInterrupt`` and
        ``SystemExit`` come out of :meth:`render`, if that has called it.

        :param format: the engine's unless given
        """
        if not callable(render):
            raise TypeError(f"render is a function, not {type(render).__name__}")
        context = _callbacks.SourceContext(render)
        with self._lock:
            self._check_open()
            chosen = self._format if format is None else format
            if not isinstance(chosen, Format):
                raise TypeError(f"format is a perbus.Format, not {type(format).__name__}")
            kept = _callbacks.keep(context)
            try:
                node = self._make(
                    Kind.SOURCE, lib.perbus_source_create,
                    to_native(chosen), _callbacks.RENDER, kept, _callbacks.DESTROY,
                )
            except BaseException:
                _callbacks.forget(kept)
                raise
            node._raw.format = chosen
            node._raw.context = context
        return cast(Source, node)

    def _make(self, kind: Kind, function: Any, *arguments: Any) -> Node:
        with self._lock:
            self._check_open()
            pointer = ffi.new("perbus_node **")
            self._call(function, *arguments, pointer)
            raw = RawNode(pointer[0], kind)
            self._attach_raw(raw)
            return wrap(self, raw)

    def _engine(self) -> Engine:
        return self

    def prepare(self) -> None:
        """Allocates what rendering needs, so that a start is quick."""
        self._run(lib.perbus_engine_prepare)

    def start(self) -> None:
        """Starts rendering; no effect while running.

        :raises StartError: when there is no output device, it does not open, or the graph cannot be
            rendered
        """
        with self._lock:
            self._run(lib.perbus_engine_start)
            # A start may have dropped what strips and matrices were set to.
            for link in self._routing.links.values():
                if link.strip is not None:
                    link.apply(self, None, link.strip.faders)
            for raw in self._nodes:
                self._apply_settings(raw)

    def pause(self) -> None:
        """Halts rendering; :meth:`start` goes on."""
        self._halt(lib.perbus_engine_pause)

    def stop(self) -> None:
        """Ends rendering. Players stop playing but keep their queues."""
        self._halt(lib.perbus_engine_stop)

    def _halt(self, function: Any) -> None:
        with self._lock:
            self._check_open()
            self._now()
            self._run(function)

    def reset(self) -> None:
        """Sets the clock to 0 and clears the nodes' state, not their connections."""
        with self._lock:
            self._check_open()
            now = self._now()
            self._run(lib.perbus_engine_reset)
            self._past = now - self._sample_time()

    def set_render_threads(self, threads: int) -> None:
        """Sets how many threads render, 1 to ``MAX_RENDER_THREADS``, the audio thread or the caller
        of :meth:`render` included; 1, the default, is that one alone.

        Sub-mixers are then rendered side by side: those of at least 16 connected inputs, upstream
        mixers' included, and at most half of the graph's, as far as nothing upstream of them has a
        second connection and their sample rate is the engine's. Not one sample changes. Functions
        of sources then run on any of these threads: each on one at a time, and one after the other,
        for the GIL. More threads than the machine has free cores slow it down. Waits for a block
        that is being rendered.

        :raises OutOfRangeError: for ``threads``
        :raises NoMemoryError: when the system gives no more threads; the number stays as it was
        :raises UnsupportedError: on Apple's engine, which decides itself
        """
        self._run(lib.perbus_engine_set_render_threads, _check.index(threads, "render threads"))

    def _run(self, function: Any, *arguments: Any) -> None:
        with self._lock:
            self._check_open()
            self._call(function, self._pointer, *arguments)

    @property
    def is_running(self) -> bool:
        """Whether the engine renders: started and not paused."""
        with self._lock:
            self._check_open()
            running = ffi.new("bool *")
            self._call(lib.perbus_engine_is_running, self._pointer, running)
            return bool(running[0])

    @property
    def sample_time(self) -> int:
        """The engine's time in frames: what was rendered since the start or the last reset."""
        with self._lock:
            self._check_open()
            return self._sample_time()

    def render(
        self,
        frames: Optional[int] = None,
        *,
        out: Optional[npt.NDArray[np.float32]] = None,
    ) -> npt.NDArray[np.float32]:
        """Renders the next ``frames`` frames, or as many as ``out`` holds, in blocks of at most
        :attr:`max_frames`; returns channels x frames, planar: ``out``, written in place, or a new
        array. One thread renders a block at a time, others wait; the GIL is free meanwhile.

        :raises WrongKindError: for an engine that plays to a device, in a source's function, and
            inside :meth:`change` while another thread renders
        :raises NotRunningError: before the start
        :raises FormatError: when ``out`` has not the engine's channels
        :raises InvalidArgumentError: when ``out`` is not contiguous, is read-only, or not as long
            as ``frames``
        :raises RenderError: when the engine could not render
        """
        if _callbacks.inside():
            raise WrongKindError("a source's function cannot render")
        channels = self._format.channels
        if out is None:
            if frames is None:
                raise TypeError("render() takes a number of frames, or an array as out")
            frames = _check.index(frames, "frames")
            out = np.zeros((channels, frames), np.float32)
        else:
            length = check_planar(out, channels, "out", writable=True)
            if frames is not None and _check.index(frames, "frames") != length:
                raise InvalidArgumentError(f"out holds {length} frames, not {frames}")
            frames = length
        # A device has no longest block: one call tells what is wrong with it.
        longest = self._max_frames or max(frames, 1)
        samples = ffi.from_buffer("float[]", out, require_writable=True)
        planar = ffi.new("float *[]", channels)
        done = 0
        while True:
            block = min(longest, frames - done)
            for channel in range(channels):
                planar[channel] = samples + (channel * frames + done)
            # A thread that renders may be waiting for the end of this one's bracket.
            changing = self._changing == threading.get_ident()
            if not self._render_lock.acquire(blocking=not changing):
                raise WrongKindError("inside change() nothing is rendered while another thread renders")
            try:
                self._check_open()
                error = self._render_error
                status = _callbacks.call_rendering(
                    lib.perbus_engine_render, self._pointer, block, planar, channels, error
                )
                if status:
                    fail(status, error)
            finally:
                self._render_lock.release()
            # Without the lock: the end of a fade may close the engine.
            if self._fades:
                look_after(self)
            done += block
            if done >= frames:
                return out
