"""Devices, and what happens to engines that play to them."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple, Optional

__all__ = ["Device", "DeviceStatus", "EngineEvent", "RenderTime"]


class Device(NamedTuple):
    """A device of the machine, see :func:`devices`."""

    #: What ``Engine(output=...)`` takes.
    id: str
    #: For people.
    name: str
    #: The sound system: "PulseAudio", "ALSA", "JACK".
    host: str
    #: 0: it does not record.
    input_channels: int
    #: 0: it does not play.
    output_channels: int
    #: Its own rate, in Hz.
    sample_rate: float
    #: Seconds: the shortest that is worth asking for. It breaks off on a busy machine.
    low_latency: float
    #: Seconds: what an engine asks for unless it is given.
    default_latency: float
    #: Whether the system records from it by default.
    is_default_input: bool
    #: Whether the system plays to it by default.
    is_default_output: bool


class DeviceStatus(NamedTuple):
    """How the devices of an engine fare since they were opened, see :meth:`Engine.device_status`."""

    #: The sound system may have moved the engine to another device.
    id: str
    #: For people.
    name: str
    #: The sound system.
    host: str
    #: Hz, at which the engine renders.
    sample_rate: float
    #: Frames that were last rendered at once; 0 if not known yet.
    block: int
    #: Seconds from rendering to hearing, as the sound system measures it.
    latency: float
    #: Times that the device ran out of samples.
    underruns: int
    #: Blocks that took longer to render than they last.
    late: int
    #: Time spent rendering divided by the time rendered.
    mean_load: float
    #: The same for the worst block.
    max_load: float
    #: Frames rendered.
    frames: int
    #: Of the device that records; empty while none does.
    input_id: str
    #: For people.
    input_name: str
    #: Seconds from the microphone to the engine, what waits in between included. 0 for the monitor of an
    #: output, which hears what is not audible yet.
    input_latency: float
    #: Seconds from the microphone to hearing it, if it is played; 0 while nothing is recorded.
    monitoring_latency: float
    #: Times that recorded sound was lost or came too late.
    overruns: int
    #: Whether the thread that renders runs before all ordinary ones. With PulseAudio and PipeWire the
    #: engine asks the system and RealtimeKit for that, unless the environment variable
    #: ``PERBUS_REALTIME`` is ``no``. RealtimeKit wants ``RLIMIT_RTTIME`` lowered for the whole process,
    #: usually to 200 ms; a thread that has run for half of it without a rest is an ordinary one again.
    realtime: bool


class RenderTime(NamedTuple):
    """Where an engine is, see :meth:`Engine.render_time`."""

    #: The engine's time, in frames: of the first frame of the next block.
    sample_time: int
    #: Frames per second.
    sample_rate: float
    #: When that frame is heard, in seconds of :func:`time.monotonic`: in the future by about the device's
    #: latency. None offline, and until the device has asked for its first block.
    time: Optional[float]


class EngineEvent(Enum):
    """What happens to an engine by itself, see :meth:`Engine.on_event`."""

    #: The device or its sound system is gone.
    DEVICE_LOST = "device lost"
    #: The sound system has moved the engine to another device, on which it goes on playing or recording.
    DEVICE_CHANGED = "device changed"
    #: The engine has stopped because of its device. :meth:`Engine.start` opens the device anew.
    CONFIGURATION_CHANGED = "configuration changed"
    #: The device has run out of samples, or recorded ones were lost, once or several times.
    XRUN = "xrun"
    #: A file was not decoded in time, once or several times: see :attr:`Position.late_frames`.
    DECODER_LATE = "decoder late"
    #: The engine has started again by itself: see ``restarts`` of :class:`Engine`.
    RESTARTED = "restarted"
    #: The input is gone or does not open. The engine plays on, and :meth:`Engine.input` is silent until the
    #: next start or :meth:`Engine.set_input_device`.
    INPUT_LOST = "input lost"
