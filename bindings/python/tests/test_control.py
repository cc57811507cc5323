"""Volume and pan by mixer and bus number, and by connection: what is heard of them."""

from decimal import Decimal

import pytest
from conftest import constant, near, settled

import perbus
from perbus import Control, Fallback


def test_a_bus_is_set_alone(engine):
    mixer = engine.main_mixer
    low, high = constant(engine, 0.5), constant(engine, 0.25)
    engine.connect(low, mixer, to_bus=0)
    engine.connect(high, mixer, to_bus=3)
    assert engine.set_mixer_volume_for_bus(mixer, 0.5, 3) is Control.CONNECTION
    assert settled(engine) == near(0.625, 0.625)
    assert engine.set_mixer_pan_for_bus(mixer, -1.0, 0) is Control.CONNECTION
    assert settled(engine) == near(0.625, 0.125)
    assert engine.mixer_volume_for_bus(mixer, 3) == (0.5, Control.CONNECTION)
    assert engine.mixer_pan_for_bus(mixer, 0) == (-1.0, Control.CONNECTION)
    assert mixer.output_volume == 1.0


def test_without_a_source_the_whole_mixer_is_set(engine):
    mixer = engine.main_mixer
    engine.connect(constant(engine), mixer)
    assert engine.set_mixer_volume_for_bus(mixer, 0.5, 1) is Control.MIXER
    assert engine.mixer_volume_for_bus(mixer, 1) == (0.5, Control.MIXER)
    assert settled(engine) == near(0.5, 0.5)
    assert (mixer.bus(0).volume, mixer.bus(1).volume) == (1.0, 1.0)


def test_pan_falls_back_to_where_the_mixer_goes(engine):
    group = engine.create_mixer()
    engine.connect(constant(engine), group)
    with pytest.raises(perbus.NoPanControlError):
        engine.set_mixer_pan_for_bus(group, 1.0, 5)
    engine.connect(group, engine.main_mixer, to_bus=2)
    assert engine.set_mixer_pan_for_bus(group, 1.0, 5) is Control.MIXER
    assert engine.mixer_pan_for_bus(group, 5) == (1.0, Control.MIXER)
    assert engine.main_mixer.bus(2).pan == 1.0
    assert settled(engine) == near(0.0, 1.0)


def test_the_fallback_may_be_denied_or_held(engine):
    mixer = engine.main_mixer
    engine.fallback = Fallback.DENY
    for call in (
        lambda: engine.set_mixer_volume_for_bus(mixer, 0.5, 0),
        lambda: engine.set_mixer_pan_for_bus(mixer, 0.5, 0),
        lambda: engine.mixer_volume_for_bus(mixer, 0),
        lambda: engine.mixer_pan_for_bus(mixer, 0),
    ):
        with pytest.raises(perbus.NotConnectedError, match="bus 0 has no source"):
            call()
    engine.fallback = Fallback.HOLD
    assert engine.set_mixer_volume_for_bus(mixer, 0.25, 0) is Control.HELD
    assert engine.set_mixer_pan_for_bus(mixer, 1.0, 0) is Control.HELD
    assert engine.mixer_volume_for_bus(mixer, 0) == (0.25, Control.HELD)
    assert engine.mixer_pan_for_bus(mixer, 0) == (1.0, Control.HELD)
    engine.connect(constant(engine), mixer)
    assert settled(engine) == near(0.0, 0.25)


def test_a_connection_is_set_by_its_source(engine):
    mixer, source, other = engine.main_mixer, constant(engine), constant(engine)
    engine.connect(source, mixer, to_bus=1)
    engine.set_connection_volume(source, mixer, 1, 0.5)
    engine.set_connection_pan(source, mixer, 1, 1.0)
    assert engine.connection_volume(source, mixer, 1) == 0.5
    assert engine.connection_pan(source, mixer, 1) == 1.0
    assert (mixer.bus(1).volume, mixer.bus(1).pan) == (0.5, 1.0)
    assert settled(engine) == near(0.0, 0.5)
    for bus, node in ((0, source), (1, other)):
        with pytest.raises(perbus.NotConnectedError):
            engine.set_connection_volume(node, mixer, bus, 0.1)
    assert mixer.bus(1).volume == 0.5


def test_a_refused_value_changes_nothing(engine):
    mixer, source = engine.main_mixer, constant(engine)
    engine.connect(source, mixer)
    mixer.bus(0).volume = 0.5
    nan = float("nan")
    for bad in (-0.001, 4.01, nan, float("inf"), Decimal("NaN")):
        with pytest.raises(perbus.OutOfRangeError, match="volume .* is not in 0 to 4"):
            engine.set_mixer_volume_for_bus(mixer, bad, 0)
        with pytest.raises(perbus.OutOfRangeError):
            engine.set_connection_volume(source, mixer, 0, bad)
        with pytest.raises(ValueError):
            mixer.bus(0).volume = bad
        with pytest.raises(ValueError):
            mixer.bus(1).volume = bad  # no engine to refuse it: the strip has no source
        assert mixer.bus(1).volume == 1.0
        with pytest.raises(perbus.OutOfRangeError):
            mixer.output_volume = bad
    for bad in (-1.001, 1.001, nan):
        with pytest.raises(perbus.OutOfRangeError, match="pan .* is not in -1 to 1"):
            engine.set_mixer_pan_for_bus(mixer, bad, 0)
    for bus in (-1, perbus.MAX_BUSES, 2**70):
        with pytest.raises(perbus.OutOfRangeError):
            engine.set_mixer_volume_for_bus(mixer, 1.0, bus)
    assert settled(engine) == near(0.5, 0.5)
