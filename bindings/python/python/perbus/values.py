"""What calls take and return, other than handles and arrays."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum, IntFlag
from typing import TYPE_CHECKING, List, NamedTuple, Optional, Tuple

from . import _native
from .device import Device, DeviceStatus, EngineEvent, RenderTime
from .recording import RecorderState, RecorderStatus, Recording

if TYPE_CHECKING:
    from ._native import Bus

__all__ = [
    "AutomationPoint", "Band", "BufferEnd", "BusConfig", "ChannelLayout", "Control", "Curve",
    "Device", "DeviceStatus", "Discrepancy", "EngineEvent", "EngineScene", "FadeEnd", "Fallback", "FileInfo",
    "FilterType", "Format", "GroupConfig", "Meter", "NodeInfo", "PanLaw", "Position", "RecorderState", "RecorderStatus",
    "Recording", "RenderTime", "Scene", "SceneParts",
    "SendTap",
]


class Fallback(Enum):
    """What the by-number calls do on a bus without a source."""

    #: Use the mixer's global control, which acts on all buses: ``Control.MIXER``.
    GLOBAL = "global"
    #: Refuse: :class:`NotConnectedError`.
    DENY = "deny"
    #: Set the bus's strip, for the next source on it: ``Control.HELD``.
    HOLD = "hold"


class Control(Enum):
    """Which control a by-number call used."""

    #: The bus's own: that of the tracked connection.
    CONNECTION = "connection"
    #: The mixer's global one, because no source is tracked on the bus: it acts on all buses.
    MIXER = "mixer"
    #: The bus's strip, which the next source on the bus gets.
    HELD = "held"


class Curve(IntEnum):
    """How a fade gets from one value to the other; x runs from 0 to 1 with time."""

    #: ``from + (to - from) x``
    LINEAR = 0
    #: ``sqrt((1 - x) from^2 + x to^2)``: the power moves linearly.
    EQUAL_POWER = 1
    #: ``from (to / from)^x``: the level in decibels moves linearly, silence taken as -80 dB.
    EXPONENTIAL = 2


class SendTap(Enum):
    """Where a send takes its signal."""

    #: In front of the strip's fader, mute and groups: none of them changes the send.
    PRE_FADER = "pre-fader"
    #: Behind them: the send follows them, fades included.
    POST_FADER = "post-fader"


class PanLaw(Enum):
    """How a mixer pans its mono inputs. Those with more channels are always balanced."""

    #: The near side stays at the volume, and the far side falls linearly to 0.
    BALANCE = "balance"
    #: Left ``cos((pan + 1) pi / 4)``, right ``sin((pan + 1) pi / 4)``: -3 dB each at the centre.
    CONSTANT_POWER = "constant power"


@dataclass(frozen=True)
class AutomationPoint:
    """One point of an automation: from a frame on, a value fades to another, or is set."""

    #: When it starts, in the engine's time: see :attr:`Engine.sample_time`.
    frame: int
    #: Where the value goes.
    value: float
    #: How long the fade takes; 0 sets the value.
    seconds: float = 0.0
    #: How it gets there. A pan fades linearly.
    curve: Curve = Curve.LINEAR


class FadeEnd(Enum):
    """How a fade came to its end."""

    #: It reached its value.
    FINISHED = "finished"
    #: It was cancelled, or a new value or fade took its place.
    REPLACED = "replaced"
    #: Its mixer was detached, its group removed, or its engine closed.
    STOPPED = "stopped"


class BufferEnd(Enum):
    """How scheduled samples came to their end."""

    #: They were played to the last frame.
    PLAYED = "played"
    #: Others took their place, before or while they played.
    INTERRUPTED = "interrupted"
    #: The player was stopped.
    STOPPED = "stopped"
    #: The player was detached, or its engine was closed.
    DETACHED = "detached"
    #: A file could not be read to its end. What was decoded was played.
    FAILED = "failed"


class ChannelLayout(Enum):
    """Which speaker each channel feeds, in the order of the channels. L and R are front left and right,
    C is the centre, LFE the low frequencies, Ls and Rs are the surrounds, Lb and Rb those in the back.
    """

    #: Any number of channels that have numbers, but no speakers.
    DISCRETE = "discrete"
    #: One channel.
    MONO = "mono"
    #: L R
    STEREO = "stereo"
    #: L R C
    SURROUND_3_0 = "3.0"
    #: L R Ls Rs
    QUAD = "quad"
    #: L R C Ls Rs
    SURROUND_5_0 = "5.0"
    #: L R C LFE Ls Rs
    SURROUND_5_1 = "5.1"
    #: L R C LFE Lb Rb Ls Rs
    SURROUND_7_1 = "7.1"
    #: L R C LFE Ls Rs Lb Rb
    SURROUND_7_1_C = "7.1 (C)"


@dataclass(frozen=True)
class Format:
    """A stream of planar 32-bit float samples: its rate in Hz (above 0, at most 768000), its channel
    count (1 to 64) and their layout; unless given, what so many channels are taken for.

    >>> Format(48000, 2)
    Format(sample_rate=48000.0, channels=2, layout=<ChannelLayout.STEREO: 'stereo'>)
    """

    sample_rate: float
    channels: int
    layout: ChannelLayout = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        layout = None if self.layout is None else ChannelLayout(self.layout)
        self._set(*_native.check_format(self.sample_rate, self.channels, layout))

    def _set(self, *values: object) -> Format:
        for name, value in zip(("sample_rate", "channels", "layout"), values):
            object.__setattr__(self, name, value)
        return self

    @classmethod
    def _reported(cls, *values: object) -> Format:
        """What an engine reports: a bus without a format has 0 Hz and 0 channels."""
        return object.__new__(cls)._set(*values)


@dataclass(frozen=True)
class BusConfig:
    """What :meth:`Mixer.configure` changes on one bus; what is None stays."""

    bus: int
    #: The fader: a linear gain, 0 to 4.
    volume: Optional[float] = None
    #: -1 (left) to 1 (right)
    pan: Optional[float] = None
    muted: Optional[bool] = None
    soloed: Optional[bool] = None
    label: Optional[str] = None
    solo_safe: Optional[bool] = None
    #: Where the bus, if it is a send, takes its signal. No effect on any other bus.
    send_tap: Optional[SendTap] = None


@dataclass(frozen=True)
class GroupConfig:
    """What a scene sets of a :class:`Group`; what is None stays."""

    #: The group's number.
    group: int
    #: The fader: a linear gain, 0 to 4.
    volume: Optional[float] = None
    muted: Optional[bool] = None
    soloed: Optional[bool] = None
    name: Optional[str] = None
    #: The buses that are directly in the group, each with its mixer's name: ``("mixer 0", 3)``. All
    #: others leave the group, but for those of detached mixers.
    members: Optional[Tuple[Tuple[str, int], ...]] = None
    #: The numbers of the groups that are directly in the group. All others leave it.
    inner_groups: Optional[Tuple[int, ...]] = None


class SceneParts(IntFlag):
    """A choice of a scene's values; choices are combined with ``|``."""

    #: The volumes of buses, sends among them, and of groups.
    FADERS = 1
    #: The pans of buses.
    PANS = 2
    #: Which buses and groups are muted.
    MUTES = 4
    #: Which buses and groups are soloed, in a scene that has that.
    SOLOS = 8
    #: Which buses are solo-safe.
    SOLO_SAFES = 16
    #: The labels of buses, and the names of groups.
    LABELS = 32
    #: The output volumes of mixers.
    OUTPUT_VOLUMES = 64
    #: Which buses and groups are in which groups.
    GROUPS = 128
    #: Whether sends take their signal before or after the fader.
    SEND_TAPS = 256
    #: The pan laws of mixers.
    PAN_LAWS = 512


@dataclass(frozen=True)
class Scene:
    """A mixer at one moment, see :meth:`Mixer.snapshot`: its strips, its output volume and its pan law.
    A plain value, which fits any mixer."""

    #: By ascending number in a snapshot.
    buses: Tuple[BusConfig, ...]
    #: 0 to 4; None leaves it as it is.
    output_volume: Optional[float] = None
    #: None leaves it as it is.
    pan_law: Optional[PanLaw] = None

    def only(self, parts: SceneParts) -> Scene:
        """A scene of some of the values.

        >>> scene = Scene((BusConfig(3, volume=0.5, pan=-1.0),), output_volume=0.8)
        >>> scene.only(SceneParts.PANS | SceneParts.OUTPUT_VOLUMES).buses[0]
        BusConfig(bus=3, volume=None, pan=-1.0, muted=None, soloed=None, label=None, solo_safe=None, send_tap=None)
        """
        return _native.scene_only(self, parts)

    def only_buses(self, *buses: int) -> Scene:
        """A scene of some of the buses, without what concerns the whole mixer. Buses that it does not
        have are ignored."""
        return _native.scene_only_buses(self, buses)


@dataclass(frozen=True)
class EngineScene:
    """All mixers and groups of an engine at one moment, see :meth:`Engine.snapshot`: a plain value. A
    mixer goes by its name, "mixer 0" for the main mixer, and a group by its number; both are numbered in
    the order of their creation."""

    mixers: Tuple[Tuple[str, Scene], ...]
    groups: Tuple[GroupConfig, ...] = ()

    def mixer(self, name: str) -> Optional[Scene]:
        """What the scene has of a mixer."""
        return dict(self.mixers).get(name)

    def only(self, parts: SceneParts) -> EngineScene:
        """A scene of some of the values."""
        return _native.engine_scene_only(self, parts)

    def only_mixers(self, *names: str) -> EngineScene:
        """A scene of some of the mixers, without groups. Names that it does not have are ignored."""
        return EngineScene(tuple(it for it in self.mixers if it[0] in names))

    def only_buses(self, *buses: Bus) -> EngineScene:
        """A scene of some buses, without what concerns whole mixers and without groups. Buses that it does
        not have are ignored."""
        return _native.engine_scene_only_buses(self, buses)


class FilterType(IntEnum):
    """What a band does. In brackets: what it uses in addition to the frequency."""

    #: A bell around the frequency (bandwidth, gain).
    PARAMETRIC = 0
    #: Butterworth: -3 dB at the frequency.
    LOW_PASS = 1
    #: Butterworth: -3 dB at the frequency.
    HIGH_PASS = 2
    #: (bandwidth)
    RESONANT_LOW_PASS = 3
    #: (bandwidth)
    RESONANT_HIGH_PASS = 4
    #: 0 dB at the frequency, less elsewhere (bandwidth).
    BAND_PASS = 5
    #: Nothing at the frequency (bandwidth).
    BAND_STOP = 6
    #: The gain below the frequency, half of it there (gain).
    LOW_SHELF = 7
    #: The gain above the frequency, half of it there (gain).
    HIGH_SHELF = 8
    #: (bandwidth, gain)
    RESONANT_LOW_SHELF = 9
    #: (bandwidth, gain)
    RESONANT_HIGH_SHELF = 10


@dataclass(frozen=True)
class Band:
    """One band of an equalizer. The default is a bell of 0 dB at 1 kHz, half an octave wide."""

    filter: FilterType = FilterType.PARAMETRIC
    #: Hz, above 0 and below half the sample rate.
    frequency: float = 1000.0
    #: dB, -96 to 24
    gain: float = 0.0
    #: Octaves, 0.05 to 5.
    bandwidth: float = 0.5
    #: Whether the band passes everything.
    bypass: bool = False


class Meter(NamedTuple):
    """One look at a meter: linear, full scale is 1; (left, right). A mono signal is left only; channels
    without a side, as a centre, count on both."""

    #: The highest magnitude of the last window, of 2400 frames or a few more.
    peak: Tuple[float, float]
    #: The root of the mean square of the last window.
    rms: Tuple[float, float]
    #: Samples past full scale since the connection was made and first metered.
    clips: int


class FileInfo(NamedTuple):
    """What a :class:`File` has."""

    #: The channels are in the order of WAV files.
    format: Format
    #: The length, without what an encoder has added. Of a truncated file, what it states to have.
    frames: int
    #: Such as "WAV".
    container: str
    #: Such as "PCM 24 bit".
    codec: str
    #: Samples so far that were NaN or infinite: they are read, and written, as 0.
    invalid: int


class Position(NamedTuple):
    """Where a player is, see :attr:`Player.position`."""

    #: The player's time, in frames of its connection; it stands still while the player is paused.
    player_frame: int
    #: The frame of the file that sounds next; None if the player plays samples, or nothing is queued.
    file_frame: Optional[int]
    #: The length of the whole file, None with ``file_frame``.
    file_frames: Optional[int]
    #: Frames of silence because a file was not decoded in time, since the player was made: 0 offline.
    late_frames: int


class NodeInfo(NamedTuple):
    """What :meth:`Engine.inspect` tells about a node."""

    #: Whether an engine has the node.
    attached: bool
    #: The formats of the input buses, connected or not: their count is the node's.
    inputs: List[Format]
    #: The formats of the output buses.
    outputs: List[Format]


class Discrepancy(NamedTuple):
    """An input bus on which the map and the engine disagree: (node id, output bus) each."""

    node: int
    bus: int
    tracked: Optional[Tuple[int, int]]
    engine: Optional[Tuple[int, int]]
