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

from typing import Tuple

from . import _native, errors, file, level, values
from ._native import (
    MAX_BANDS,
    MAX_BUSES,
    MAX_CHANNELS,
    MAX_MATRIX_BUSES,
    MAX_RENDER_THREADS,
    MAX_SAMPLE_RATE,
    Bus,
    Engine,
    Equalizer,
    Fade,
    File,
    Group,
    Input,
    Matrix,
    Mixer,
    Node,
    Output,
    Player,
    Recorder,
    Source,
    Tap,
    devices,
)
from .errors import *
from .values import *

__all__ = [
    "MAX_BANDS", "MAX_BUSES", "MAX_CHANNELS", "MAX_MATRIX_BUSES", "MAX_RENDER_THREADS",
    "MAX_SAMPLE_RATE", "Bus", "Engine", "Equalizer", "Fade", "File", "Group", "Input", "Matrix", "Mixer", "Node", "Output",
    "Player", "Recorder", "Source", "Tap", "__version__", "devices", "file", "level", "version",
]
__all__ += errors.__all__
__all__ += values.__all__

__version__ = _native.version()


def version() -> Tuple[int, int, int]:
    """The version: major, minor, patch.

    >>> import perbus
    >>> perbus.version() >= (0, 1, 0)
    True
    """
    major, minor, patch = map(int, __version__.split("."))
    return major, minor, patch
