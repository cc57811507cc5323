"""Engines that render known sound: a source of a constant, and what is heard of it."""

from typing import Iterator

import numpy as np
import pytest

import perbus

#: What the engine's float arithmetic may be off by.
TOLERANCE = 1e-6
#: The longest ramp of a change, in frames.
RAMP = 480


@pytest.fixture
def engine() -> Iterator[perbus.Engine]:
    with perbus.Engine.offline(48000, 2, 512) as made:
        yield made


@pytest.fixture
def mono() -> Iterator[perbus.Engine]:
    with perbus.Engine.offline(1000, 1, 100) as made:
        yield made


def constant(engine: perbus.Engine, value: float = 1.0) -> perbus.Source:
    def fill(block: np.ndarray, time: int) -> None:
        block.fill(value)

    return engine.create_source(fill)


def settled(engine: perbus.Engine) -> list:
    """The last frame of a block in which all ramps have ended."""
    if not engine.is_running:
        engine.start()
    return engine.render(2 * RAMP)[:, -1].tolist()


def near(*values: float) -> object:
    return pytest.approx(list(values), abs=TOLERANCE)
