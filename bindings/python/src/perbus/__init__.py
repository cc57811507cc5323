"""True per-bus volume and pan for AVAudioEngine mixers.

perbus tracks which source feeds which bus of a mixer. "Volume of mixer M, bus 3" becomes the
per-connection control that does it, and every bus has a strip whose fader, pan and mute stay while
sources come and go.

>>> import numpy, perbus
>>> engine = perbus.Engine.offline(48000, 2, max_frames=512)
>>> mixer, player = engine.main_mixer, engine.create_player()
>>> mixer.bus(3).volume = 0.5  # a strip may be set before a source is there
>>> engine.connect(player, mixer, to_bus=3)
>>> engine.set_mixer_pan_for_bus(mixer, -1.0, 3)
<Control.CONNECTION: 'connection'>
>>> engine.start()
>>> player.schedule(numpy.ones((2, 512), numpy.float32))
>>> player.play()
>>> engine.render(512)[:, 511].tolist()
[0.5, 0.0]
"""

from . import level
from ._check import MAX_BUSES
from ._control import Control, Fallback
from ._graph import Discrepancy, NodeInfo
from ._library import version
from ._strip import Curve
from .bus import Bus
from .engine import MAX_RENDER_THREADS, Engine
from .equalizer import MAX_BANDS, Band, Equalizer, FilterType
from .errors import (
    ClosedError,
    CycleError,
    EngineException,
    FormatError,
    InRenderError,
    InvalidArgumentError,
    NoMemoryError,
    NoPanControlError,
    NotAttachedError,
    NotConnectedError,
    NotMixingError,
    NotRunningError,
    OutOfRangeError,
    PerbusError,
    RenderError,
    StartError,
    Status,
    UnavailableError,
    UnsupportedError,
    WrongEngineError,
    WrongKindError,
)
from .fade import Fade, FadeEnd
from .format import MAX_CHANNELS, MAX_SAMPLE_RATE, Format
from .matrix import MAX_MATRIX_BUSES, Matrix
from .meter import Meter
from .mixer import Mixer
from .node import Node, Output
from .player import Player
from .scene import BusConfig, Scene
from .source import Source

__all__ = [
    "MAX_BANDS", "MAX_BUSES", "MAX_CHANNELS", "MAX_MATRIX_BUSES", "MAX_RENDER_THREADS",
    "MAX_SAMPLE_RATE",
    "Band", "Bus", "BusConfig", "ClosedError", "Control", "Curve", "CycleError", "Discrepancy",
    "Engine", "EngineException", "Equalizer", "Fade", "FadeEnd", "Fallback", "FilterType",
    "Format", "FormatError", "InRenderError", "InvalidArgumentError", "Matrix", "Meter",
    "Mixer", "NoMemoryError", "NoPanControlError", "Node", "NodeInfo", "NotAttachedError",
    "NotConnectedError", "NotMixingError", "NotRunningError", "OutOfRangeError", "Output",
    "PerbusError", "Player", "RenderError", "Scene", "Source", "StartError", "Status",
    "UnavailableError", "UnsupportedError", "WrongEngineError", "WrongKindError", "level",
    "version",
]
