"""Connections, sends, tracking."""

import numpy as np
import pytest
from conftest import constant, near, settled

import perbus
from perbus import Format


def test_a_source_moves_when_it_is_connected_again(engine):
    mixer, source = engine.main_mixer, constant(engine)
    engine.connect(source, mixer, to_bus=0)
    engine.connect(source, mixer, to_bus=7)
    assert engine.source_of(mixer, 0) is None
    assert engine.source_of(mixer, 7) == (source, 0)
    assert engine.destinations_of(source) == [(mixer, 7)]
    assert engine.audit() == []


def test_sends_have_strips_of_their_own(engine):
    main, reverb, voice = engine.main_mixer, engine.create_mixer(), constant(engine)
    engine.connect(reverb, main, to_bus=7)
    engine.connect_many(voice, [(main, 0), (reverb, 3)])
    main.bus(0).volume, reverb.bus(3).volume = 0.5, 0.25
    assert settled(engine) == near(0.75, 0.75)
    assert engine.audit() == []
    engine.remove_destination(voice, main)
    assert settled(engine) == near(0.25, 0.25)
    with pytest.raises(perbus.NotConnectedError):
        engine.remove_destination(voice, main)
    engine.add_destination(voice, main, to_bus=1)
    assert settled(engine) == near(1.25, 1.25)
    engine.remove_destination(voice, reverb, to_bus=3)
    engine.remove_destination(voice, main, to_bus=1)
    assert (settled(engine), engine.destinations_of(voice)) == (near(0.0, 0.0), [])
    assert engine.audit() == []
    for points in ([], [(main, 0), (main, 0)]):
        with pytest.raises(perbus.InvalidArgumentError):
            engine.connect_many(voice, points)


def test_all_destinations_of_an_output_end(engine):
    main, other, voice = engine.main_mixer, engine.create_mixer(), constant(engine)
    engine.connect_many(voice, [(main, 0), (other, 0)])
    engine.disconnect_output(voice)
    assert (engine.source_of(main, 0), engine.source_of(other, 0)) == (None, None)
    assert engine.audit() == []


def test_what_an_effect_stood_between_is_tracked(engine):
    main, voice, equalizer = engine.main_mixer, constant(engine), engine.create_equalizer(1)
    engine.connect(voice, equalizer)
    engine.connect(equalizer, main, to_bus=2)
    main.bus(2).volume = 0.5
    assert settled(engine) == near(0.5, 0.5)
    engine.detach(equalizer)
    assert engine.audit() == []
    if engine.source_of(main, 2) is not None:
        assert settled(engine) == near(0.5, 0.5)


def test_a_chain_of_effects_may_be_long(engine):
    voice = last = constant(engine)
    for _ in range(100):
        equalizer = engine.create_equalizer(1)
        engine.connect(last, equalizer)
        last = equalizer
    engine.connect(last, engine.main_mixer)
    engine.set_mixer_volume_for_bus(engine.main_mixer, 0.5, 0)
    assert settled(engine) == near(0.5, 0.5)
    assert engine.connection_volume(voice, engine.main_mixer, 0) == 0.5
    assert engine.audit() == []


def test_a_detached_node_is_connected_to_nothing(engine):
    mixer, source = engine.main_mixer, constant(engine)
    engine.connect(source, mixer)
    engine.detach(source)
    assert (source.is_attached, engine.inspect(source).attached) == (False, False)
    assert engine.audit() == []
    for call in (
        lambda: engine.detach(source),
        lambda: engine.connect(source, mixer),
        lambda: engine.source_of(source),
        lambda: engine.set_connection_volume(source, mixer, 0, 1.0),
    ):
        with pytest.raises(perbus.NotAttachedError):
            call()
    engine.attach(source)
    engine.connect(source, mixer)
    assert settled(engine) == near(1.0, 1.0)


def test_the_engine_tells_its_formats(engine):
    mixer = engine.main_mixer
    mixer.reserve(32)
    info = engine.inspect(mixer)
    assert info.attached and len(info.inputs) == 32
    assert info.outputs == [Format(48000, 2)]
    assert (mixer.next_bus, engine.format) == (0, Format(48000, 2))
    assert engine.source_of(engine.output) == (mixer, 0)


def test_a_cycle_is_refused(engine):
    first, second = engine.create_mixer(), engine.create_mixer()
    engine.connect(first, second)
    with pytest.raises(perbus.CycleError):
        engine.connect(second, first)
    assert engine.source_of(first, 0) is None
    assert engine.audit() == []


def test_rates_and_channels_are_converted(engine):
    slow = Format(24000, 1)
    player = engine.create_player()
    engine.connect(player, engine.main_mixer, format=slow)
    player.schedule(np.full(4096, 0.5, np.float32))
    engine.start()
    player.play()
    assert engine.render(4096)[:, -1].tolist() == pytest.approx([0.5, 0.5], abs=1e-4)
    # The next connection has the source's last format.
    engine.connect(player, engine.main_mixer, to_bus=1)
    assert engine.inspect(engine.main_mixer).inputs[1] == slow


def test_the_graph_is_drawn_and_a_mixer_is_a_table(engine):
    mixer, source = engine.main_mixer, constant(engine)
    engine.connect(source, mixer, to_bus=3)
    bus = mixer.bus(3)
    bus.volume, bus.pan, bus.label, bus.muted = 0.5, -1.0, "bass", True
    lines = str(mixer).splitlines()
    assert len(lines) == 2 and all(word in lines[1] for word in ("bass", "-6.0", "-1.00", "mute"))
    dot = engine.to_dot()
    assert dot.startswith("digraph perbus {") and "bass" in dot
