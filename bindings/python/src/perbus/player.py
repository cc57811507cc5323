"""Players: scheduled samples, one after the other."""

from __future__ import annotations

from typing import Any, Callable, Optional

import numpy as np
import numpy.typing as npt

from . import _callbacks, _check
from ._handle import Kind
from ._library import ffi, lib
from ._samples import check_planar
from .errors import InvalidArgumentError
from .format import Format, to_native
from .node import Node


class Player(Node):
    """Plays arrays of samples. Their channels must be those of the player's connection; their rate
    is taken to be the connection's, which the mixer converts.

    A player counts in frames of its connection: its own time, and the engine's time too, which for
    the player runs from the same moment at its own rate.

    >>> import numpy, perbus
    >>> engine = perbus.Engine.offline(48000, 1)
    >>> player = engine.create_player()
    >>> engine.connect(player, engine.main_mixer)
    >>> engine.start()
    >>> player.schedule(numpy.array([1, 0, 0, 0], numpy.float32), loops=True)
    >>> player.play()
    >>> engine.render(8)
    array([[1., 0., 0., 0., 1., 0., 0., 0.]], dtype=float32)
    """

    __slots__ = ()
    _kind = Kind.PLAYER

    def schedule(
        self,
        samples: npt.NDArray[np.float32],
        at: Optional[int] = None,
        *,
        loops: bool = False,
        interrupts: bool = False,
        interrupts_at_loop: bool = False,
        on_complete: Optional[Callable[[], object]] = None,
    ) -> None:
        """Queues samples, channels x frames of contiguous float32, or (frames) for one channel.
        They are copied: the array may change afterwards.

        :param at: the start, in frames of the player's own time; a past one means at once. None
            follows what is queued.
        :param loops: repeat until the player is stopped or interrupted
        :param interrupts: replace what plays now and all that is queued
        :param interrupts_at_loop: the same, when the pass that plays now ends
        :param on_complete: runs once, when the samples were played, interrupted or stopped, on a
            thread of the engine; it may schedule more but must not stop the player
        :raises FormatError: when the channels are not those of the player's connection
        :raises InvalidArgumentError: when the array is not contiguous, or a sample is not finite
        :raises NotAttachedError:
        :raises OutOfRangeError: for a start past 2^53 frames
        """
        if on_complete is not None and not callable(on_complete):
            raise TypeError(f"on_complete is a function, not {type(on_complete).__name__}")
        start = lib.PERBUS_FOLLOW if at is None else _check.frame(at, "at")
        flags = (
            (lib.PERBUS_SCHEDULE_LOOPS if loops else 0)
            | (lib.PERBUS_SCHEDULE_INTERRUPTS if interrupts else 0)
            | (lib.PERBUS_SCHEDULE_INTERRUPTS_AT_LOOP if interrupts_at_loop else 0)
        )
        channels = samples.shape[0] if isinstance(samples, np.ndarray) and samples.ndim == 2 else 1
        frames = check_planar(samples, channels, "samples")
        _check.index(frames, "frame count")
        if not np.isfinite(samples).all():
            planar = samples.reshape(channels, frames)
            channel, frame = np.argwhere(~np.isfinite(planar))[0]
            value = planar[channel, frame]
            raise InvalidArgumentError(f"sample {frame} of channel {channel} is {value}")
        engine = self._engine
        with engine._lock:
            raw = engine._own(self)
            rate = (raw.format or engine.format).sample_rate
            buffer = ffi.new("perbus_buffer **")
            format = to_native(Format(rate, channels))
            engine._call(lib.perbus_buffer_create, format, frames, buffer)
            context = ffi.NULL
            try:
                for channel, row in enumerate(samples.reshape(channels, frames)):
                    into = lib.perbus_buffer_get_channel(buffer[0], channel)
                    if frames and into:
                        ffi.memmove(into, ffi.from_buffer(row), frames * 4)
                schedule = ffi.new("perbus_schedule *", {"start": start, "flags": flags})
                if on_complete is not None:
                    context = _callbacks.keep(on_complete)
                    schedule.completion, schedule.context = _callbacks.COMPLETION, context
                engine._call(lib.perbus_player_schedule, raw.pointer, buffer[0], schedule)
            except BaseException:
                _callbacks.forget(context)
                raise
            finally:
                # The player keeps what it has queued.
                lib.perbus_buffer_release(buffer[0])

    def play(self) -> None:
        """Plays from the next rendered frame, or from where it was paused.

        :raises NotRunningError: before the engine's start
        :raises NotConnectedError: when its output goes nowhere
        :raises NotAttachedError:
        """
        self._run(lib.perbus_player_play)

    def play_at(self, engine_frame: int) -> None:
        """Plays from a frame of the engine's time, counted at the rate of the player's connection;
        a past one means at once. Fails as :meth:`play`."""
        self._run(lib.perbus_player_play_at, _check.frame(engine_frame, "engine_frame"))

    def pause(self) -> None:
        """Halts the player where it is."""
        self._run(lib.perbus_player_pause)

    def stop(self) -> None:
        """Halts the player, empties its queue and sets its time to 0. Not to be called from a
        completion."""
        self._run(lib.perbus_player_stop)

    @property
    def is_playing(self) -> bool:
        """Whether the player was told to play; also when its queue has run out."""
        playing = ffi.new("bool *")
        self._run(lib.perbus_player_is_playing, playing)
        return bool(playing[0])

    def _run(self, function: Callable[..., int], *arguments: Any) -> None:
        engine = self._engine
        with engine._lock:
            engine._call(function, engine._own(self).pointer, *arguments)
