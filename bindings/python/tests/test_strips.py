"""Channel strips: they stay with the bus while sources come and go."""

import math

import numpy as np
import pytest
from conftest import constant, near, settled

import perbus
from perbus import BusConfig, Format, PanLaw


def test_a_strip_survives_reconnections(engine):
    mixer, bus = engine.main_mixer, engine.main_mixer.bus(2)
    bus.volume, bus.pan, bus.label = 0.5, -1.0, "bass"
    first, second = constant(engine), constant(engine, 0.5)
    engine.connect(first, mixer, to_bus=2)
    assert settled(engine) == near(0.5, 0.0)
    engine.disconnect_input(mixer, 2)
    assert settled(engine) == near(0.0, 0.0)
    bus.volume = 0.25
    engine.connect(second, mixer, to_bus=2)
    assert settled(engine) == near(0.125, 0.0)
    assert (mixer.bus(2).label, mixer.bus(2).source) == ("bass", second)
    engine.connect(second, mixer, to_bus=4)
    assert (bus.source, settled(engine)) == (None, near(0.5, 0.5))


def test_a_detached_mixer_keeps_its_strips(engine):
    group, source = engine.create_mixer(), constant(engine)
    bus = group.bus(1)
    bus.volume = 0.5
    engine.detach(group)
    for change in (
        lambda: setattr(bus, "volume", 0.1),
        lambda: setattr(bus, "muted", True),
        lambda: bus.fade_to(0.0, 1.0),
        lambda: engine.set_mixer_volume_for_bus(group, 0.1, 1),
        bus.meter,
    ):
        with pytest.raises(perbus.NotAttachedError):
            change()
    bus.label = "drums"
    assert bus.label == "drums"
    engine.attach(group)
    engine.connect(source, group, to_bus=1)
    engine.connect(group, engine.main_mixer)
    assert settled(engine) == near(0.5, 0.5)


def test_mute_and_solo_leave_the_faders(engine):
    mixer = engine.main_mixer
    drums, bass = mixer.bus(0), mixer.bus(1)
    engine.connect(constant(engine, 0.5), mixer, to_bus=0)
    engine.connect(constant(engine, 0.25), mixer, to_bus=1)
    drums.muted = True
    assert settled(engine) == near(0.25, 0.25)
    drums.muted, bass.soloed = False, True
    assert (drums.effective_volume, bass.effective_volume, drums.volume) == (0.0, 1.0, 1.0)
    assert settled(engine) == near(0.25, 0.25)
    late = constant(engine, 0.125)
    engine.connect(late, mixer, to_bus=2)
    assert settled(engine) == near(0.25, 0.25)
    drums.solo_safe = True
    assert drums.solo_safe and drums.is_audible
    assert settled(engine) == near(0.75, 0.75)
    drums.solo_safe = False
    assert not drums.is_audible
    assert [bus.soloed for bus in mixer.snapshot_with_solo().buses] == [False, True, False]
    assert {bus.soloed for bus in mixer.snapshot().buses} == {None}
    bass.muted = True
    assert settled(engine) == near(0.0, 0.0)
    engine.clear_solo()
    assert settled(engine) == near(0.625, 0.625)
    bass.soloed = True
    bass.reset()
    assert settled(engine) == near(0.875, 0.875)


def test_values_come_back_as_they_were_meant(engine):
    bus = engine.main_mixer.bus(0)
    for value in (0.8, 0.1, 1 / 3, 1e-7, 0.0, 1.0):
        bus.volume, bus.pan = value, -value
        assert (bus.volume, bus.pan) == (pytest.approx(value, rel=1e-6), pytest.approx(-value, rel=1e-6))
    bus.volume = 0.8
    assert (bus.volume, engine.main_mixer.snapshot().buses[0].volume) == (0.8, 0.8)
    # What single precision would round to the end of the range is outside of it all the same.
    for bad in (4 + 1e-9, -1e-60):
        with pytest.raises(perbus.OutOfRangeError):
            bus.volume = bad
    assert bus.volume == 0.8


def test_output_volumes_fade(engine):
    mixer, ends = engine.main_mixer, []
    engine.connect(constant(engine), mixer)
    assert settled(engine) == near(1.0, 1.0)
    fade = mixer.fade_output_volume_to(0.0, 0.01, on_end=ends.append)
    assert engine.render(120).min() > 0.0
    assert mixer.output_volume == pytest.approx(0.75)
    settled(engine)
    assert settled(engine) == near(0.0, 0.0)
    assert (fade.is_running, ends) == (False, [perbus.FadeEnd.FINISHED])
    with pytest.raises(perbus.OutOfRangeError):
        mixer.fade_output_volume_to(4.01, 0.01)
    assert mixer.output_volume == 0.0


def test_mono_sources_are_panned_by_the_mixers_law(engine):
    mixer, mono = engine.main_mixer, Format(48000, 1)
    bus = mixer.connect_next(engine.create_source(lambda block, time: block.fill(0.5), mono))
    assert (mixer.pan_law, settled(engine)) == (PanLaw.BALANCE, near(0.5, 0.5))
    mixer.pan_law = PanLaw.CONSTANT_POWER
    for pan in np.linspace(-1, 1, 9):
        bus.pan = pan
        angle = (pan + 1) * math.pi / 4
        assert settled(engine) == near(0.5 * math.cos(angle), 0.5 * math.sin(angle))
    # Reconnected, and balanced for as long as what feeds it is stereo.
    bus.pan = 0.5
    bus.connect(constant(engine, 0.5))
    assert (mixer.pan_law, settled(engine)) == (PanLaw.CONSTANT_POWER, near(0.25, 0.5))
    with pytest.raises((TypeError, ValueError)):
        mixer.pan_law = "balance"
    assert mixer.pan_law == PanLaw.CONSTANT_POWER


def test_connecting_by_the_bus(engine):
    main, group, source = engine.main_mixer, engine.create_mixer(), constant(engine)
    assert main.connect_next(constant(engine, 0.25)).number == 0
    returned = main.connect_next(group)
    returned.volume = 0.5
    strip = group.bus(4)
    strip.connect(source)
    assert settled(engine) == near(0.75, 0.75)
    assert (strip.source, main.buses) == (source, [main.bus(0), returned])
    for call in (lambda: strip.connect(main), lambda: group.connect_next(main)):
        with pytest.raises(perbus.CycleError):
            call()
    strip.disconnect()
    assert (strip.source, settled(engine)) == (None, near(0.25, 0.25))
    strip.connect(source, perbus.Format(24000, 1))
    assert settled(engine) == pytest.approx([0.75, 0.75], abs=1e-3)


def test_volumes_in_decibels(engine):
    mixer, bus = engine.main_mixer, engine.main_mixer.bus(0)
    engine.connect(constant(engine), mixer)
    bus.volume_db = -12.0
    assert bus.volume_db == pytest.approx(-12.0, abs=1e-5)
    assert settled(engine) == near(10**-0.6, 10**-0.6)
    mixer.output_volume_db = -6.0
    assert mixer.output_volume == pytest.approx(10**-0.3)
    assert settled(engine) == near(10**-0.9, 10**-0.9)
    bus.volume_db = float("-inf")
    assert (bus.volume, bus.volume_db) == (0.0, float("-inf"))
    assert settled(engine) == near(0.0, 0.0)
    for bad in (12.1, float("nan"), float("inf")):
        with pytest.raises(perbus.OutOfRangeError, match="dB"):
            bus.volume_db = bad
        with pytest.raises(perbus.OutOfRangeError, match="dB"):
            mixer.output_volume_db = bad
    assert (bus.volume, mixer.output_volume_db) == (0.0, pytest.approx(-6.0, abs=1e-5))


def test_a_scene_is_heard_within_one_block(engine):
    mixer, sources = engine.main_mixer, [constant(engine), constant(engine)]
    for bus, source in enumerate(sources):
        engine.connect(source, mixer, to_bus=bus)
    mixer.bus(1).volume = 0.0
    verse = mixer.snapshot()
    assert settled(engine) == near(1.0, 1.0)
    engine.configure_mixer_buses(mixer, [BusConfig(0, volume=0.0), BusConfig(1, volume=1.0)])
    block = engine.render(512)
    # One fades as the other comes: in any frame the sum is 1, if both begin in the same block.
    assert abs(block - 1.0).max() < 1e-5
    assert (mixer.bus(0).volume, mixer.bus(1).volume) == (0.0, 1.0)
    assert [engine.connection_volume(sources[n], mixer, n) for n in range(2)] == [0.0, 1.0]
    mixer.apply(verse)
    assert [engine.connection_volume(sources[n], mixer, n) for n in range(2)] == [1.0, 0.0]
    assert (mixer.bus(0).volume, mixer.bus(1).volume) == (1.0, 0.0)
    assert abs(engine.render(512) - 1.0).max() < 1e-5


@pytest.mark.parametrize(
    "bad, error",
    [
        ([BusConfig(0, volume=0.1), BusConfig(1, pan=2.0)], perbus.OutOfRangeError),
        ([BusConfig(0, volume=0.1), BusConfig(0, volume=0.2)], perbus.InvalidArgumentError),
        ([BusConfig(0, volume=0.1), BusConfig(perbus.MAX_BUSES)], perbus.OutOfRangeError),
        ([BusConfig(0, volume=0.1), BusConfig(1, volume=float("nan"))], perbus.OutOfRangeError),
        ([BusConfig(0, volume=0.1), BusConfig(1, volume="1")], TypeError),
        ([BusConfig(0, volume=0.1), BusConfig(1, muted=1)], TypeError),
        ([BusConfig(0, volume=0.1), BusConfig(1, label=1)], TypeError),
        ([BusConfig(0, volume=0.1), "bus"], TypeError),
    ],
)
def test_a_scene_changes_all_or_nothing(engine, bad, error):
    mixer = engine.main_mixer
    engine.connect(constant(engine), mixer)
    with pytest.raises(error):
        mixer.configure(bad)
    assert mixer.bus(0).volume == 1.0
    assert settled(engine) == near(1.0, 1.0)


def test_a_scene_is_a_value_and_fits_any_mixer(engine):
    first, second = engine.create_mixer(), engine.create_mixer()
    first.bus(1).volume, first.bus(1).label = 0.5, "bass"
    second.apply(first.snapshot())
    assert (second.bus(1).volume, second.bus(1).label) == (0.5, "bass")
    assert first.snapshot() == second.snapshot()
    second.apply(perbus.Scene((BusConfig(0, volume=0.25),)))
    assert second.bus(0).volume == 0.25


def test_a_bracket_is_heard_in_one_block(engine):
    mixer = engine.main_mixer
    engine.connect(constant(engine), mixer, to_bus=0)
    engine.connect(constant(engine), mixer, to_bus=1)
    mixer.bus(1).volume = 0.0
    settled(engine)
    with engine.change():
        mixer.bus(0).volume = 0.0
        assert abs(engine.render(512) - 1.0).max() < 1e-5
        mixer.bus(1).volume = 1.0
        with pytest.raises(perbus.WrongKindError):
            engine.close()
    assert abs(engine.render(512) - 1.0).max() < 1e-5
    assert settled(engine) == near(1.0, 1.0)
