"""Handles end once, buffers stay as long as they are needed, and what was closed says so."""

import copy
import gc
import importlib.metadata
import os
import threading
import weakref

import numpy as np
import pytest
from conftest import constant

import perbus


def test_everything_of_a_closed_engine_says_so(engine):
    mixer, player, source = engine.main_mixer, engine.create_player(), constant(engine)
    equalizer, matrix, bus = engine.create_equalizer(1), engine.create_matrix(1, 1), mixer.bus(0)
    engine.connect(player, mixer)
    fade = bus.fade_to(0.5, 1.0)
    engine.close()
    engine.close()
    samples = np.zeros((2, 4), np.float32)
    calls = [
        engine.start, engine.stop, engine.pause, engine.reset, engine.prepare, engine.audit,
        engine.create_mixer, engine.create_player, engine.__enter__,
        lambda: engine.set_render_threads(2), lambda: setattr(engine, "meter_taps", True),
        lambda: engine.create_source(print), lambda: engine.create_equalizer(1),
        lambda: engine.create_matrix(1, 1), lambda: engine.is_running, lambda: engine.sample_time,
        lambda: engine.render(4), lambda: engine.render(out=samples),
        lambda: engine.connect(player, mixer), lambda: engine.connect_many(player, [(mixer, 0)]),
        lambda: engine.add_destination(player, mixer),
        lambda: engine.remove_destination(player, mixer),
        lambda: engine.disconnect_input(mixer), lambda: engine.disconnect_output(player),
        lambda: engine.attach(player), lambda: engine.detach(player),
        lambda: engine.source_of(mixer), lambda: engine.destinations_of(player),
        lambda: engine.inspect(mixer), lambda: engine.change().__enter__(),
        lambda: engine.set_mixer_volume_for_bus(mixer, 0.5, 0),
        lambda: engine.set_mixer_pan_for_bus(mixer, 0.5, 0),
        lambda: engine.mixer_volume_for_bus(mixer, 0), lambda: engine.mixer_pan_for_bus(mixer, 0),
        lambda: engine.set_connection_volume(player, mixer, 0, 0.5),
        lambda: engine.set_connection_pan(player, mixer, 0, 0.5),
        lambda: engine.connection_volume(player, mixer, 0),
        lambda: engine.connection_pan(player, mixer, 0),
        lambda: engine.configure_mixer_buses(mixer, []), lambda: mixer.bus(1),
        lambda: mixer.output_volume, lambda: setattr(mixer, "output_volume", 0.5),
        lambda: mixer.reserve(4), lambda: mixer.next_bus, mixer.meter, mixer.snapshot,
        lambda: mixer.configure([]), lambda: bus.volume, lambda: setattr(bus, "volume", 0.1),
        lambda: bus.connect(player), bus.disconnect, lambda: mixer.connect_next(player),
        lambda: mixer.buses, lambda: mixer.fade_output_volume_to(0.0, 1.0),
        lambda: bus.volume_db, lambda: setattr(bus, "volume_db", 0.0),
        lambda: mixer.output_volume_db, lambda: setattr(mixer, "output_volume_db", 0.0),
        lambda: bus.pan, lambda: setattr(bus, "pan", 0.1), lambda: setattr(bus, "muted", True),
        lambda: setattr(bus, "soloed", True), lambda: setattr(bus, "label", "x"),
        lambda: bus.source, bus.meter, bus.reset, lambda: bus.fade_to(0.0, 1.0),
        lambda: bus.fade_pan_to(0.0, 1.0), fade.cancel, lambda: fade.is_running,
        player.play, player.pause, player.stop, lambda: player.play_at(0),
        lambda: player.is_playing, lambda: player.schedule(samples),
        lambda: equalizer.band(0), lambda: equalizer.set_band(0, perbus.Band()),
        lambda: equalizer.band_count, lambda: equalizer.global_gain, lambda: equalizer.bypassed,
        lambda: setattr(equalizer, "global_gain", 0.0),
        lambda: setattr(equalizer, "bypassed", True),
        lambda: matrix.dimensions, matrix.levels, matrix.clear, matrix.invert,
        matrix.set_identity, lambda: matrix.master, lambda: setattr(matrix, "master", 1.0),
        lambda: matrix.set_levels(np.zeros((3, 3), np.float32)),
        lambda: matrix.set_crosspoint(0, 0, 1.0), lambda: matrix.crosspoint(0, 0),
        lambda: matrix.set_input(0, 1.0), lambda: matrix.set_output(0, 1.0),
        lambda: matrix.enable_input(0, True), lambda: matrix.enable_output(0, True),
    ]
    for number, call in enumerate(calls):
        with pytest.raises(perbus.ClosedError):
            call()
            pytest.fail(f"call {number} went through")
    assert engine.is_closed and "closed" in repr(engine) and "closed" in repr(player)
    assert source.error is None
    player.close()


def test_a_closed_node_says_so(engine):
    player, other = engine.create_player(), engine.main_mixer
    engine.connect(player, other)
    player.close()
    player.close()
    assert engine.source_of(other, 0) is None
    assert engine.audit() == []
    for call in (
        player.play, lambda: engine.connect(player, other), lambda: engine.attach(player),
        lambda: engine.detach(player), lambda: engine.inspect(player),
        lambda: player.schedule(np.zeros((2, 4), np.float32)),
    ):
        with pytest.raises(perbus.ClosedError, match="the player was closed"):
            call()
    for node in (engine.main_mixer, engine.output):
        with pytest.raises(perbus.WrongKindError):
            node.close()
    group = engine.create_mixer()
    bus = group.bus(0)
    engine.detach(group)
    group.close()
    with pytest.raises(perbus.ClosedError):
        bus.volume = 0.5


def test_a_node_of_another_engine_is_refused(engine):
    with perbus.Engine.offline(48000, 2) as other:
        stranger, mixer, player = other.create_mixer(), engine.main_mixer, engine.create_player()
        for call in (
            lambda: engine.connect(stranger, mixer), lambda: engine.connect(player, stranger),
            lambda: engine.attach(stranger), lambda: engine.detach(stranger),
            lambda: engine.connect_many(player, [(stranger, 0)]),
            lambda: engine.add_destination(player, stranger),
            lambda: engine.set_mixer_volume_for_bus(stranger, 0.5, 0),
            lambda: engine.set_connection_volume(stranger, mixer, 0, 0.5),
            lambda: engine.configure_mixer_buses(stranger, []),
            lambda: engine.inspect(stranger), lambda: engine.source_of(stranger),
        ):
            with pytest.raises(perbus.WrongEngineError):
                call()
        assert other.audit() == [] and engine.audit() == []


def test_wrong_types_are_refused(engine):
    mixer, player = engine.main_mixer, engine.create_player()
    engine.connect(player, mixer)
    for call in (
        lambda: engine.connect("player", mixer), lambda: engine.connect(player, None),
        lambda: engine.connect(player, mixer, to_bus=1.0),
        lambda: engine.connect(player, mixer, from_bus="0"),
        lambda: engine.connect(player, mixer, format=(48000, 2)),
        lambda: engine.connect_many(player, [(player, 0)]),
        lambda: engine.set_mixer_volume_for_bus(player, 0.5, 0),
        lambda: engine.set_mixer_volume_for_bus(mixer, "0.5", 0),
        lambda: engine.set_mixer_volume_for_bus(mixer, None, 0),
        lambda: engine.set_mixer_volume_for_bus(mixer, 0.5, 0.0),
        lambda: engine.set_mixer_volume_for_bus(mixer, np.zeros(2), 0),
        lambda: engine.set_mixer_pan_for_bus(mixer, 1j, 0),
        lambda: setattr(engine, "fallback", "deny"),
        lambda: engine.create_source(None), lambda: engine.create_source(print, 48000),
        lambda: engine.create_equalizer("1"), lambda: mixer.bus("1"), lambda: mixer.apply({}),
        lambda: player.schedule([0.0]), lambda: player.schedule(np.zeros((2, 4))),
        lambda: player.schedule(np.zeros((2, 4), np.float32), at=0.5),
        lambda: player.schedule(np.zeros((2, 4), np.float32), on_complete=1),
        lambda: player.play_at("now"), lambda: setattr(mixer.bus(0), "muted", 1),
        lambda: setattr(mixer.bus(0), "soloed", None),
        perbus.Mixer, perbus.Player, perbus.Bus,
    ):
        with pytest.raises(TypeError):
            call()


def test_samples_that_do_not_fit_are_refused(engine):
    player = engine.create_player()
    engine.connect(player, engine.main_mixer)
    for shape in ((1, 8), (3, 8), (8,), (2, 2, 2), ()):
        with pytest.raises(perbus.FormatError):
            player.schedule(np.zeros(shape, np.float32))
    nan = np.zeros((2, 8), np.float32)
    nan[1, 3] = np.nan
    for bad in (
        np.zeros((8, 2), np.float32).T, np.zeros((2, 16), np.float32)[:, ::2], nan,
        np.full((2, 8), np.inf, np.float32),
    ):
        with pytest.raises(perbus.InvalidArgumentError):
            player.schedule(bad)
    with pytest.raises(perbus.InvalidArgumentError, match="sample 3 of channel 1 is nan"):
        player.schedule(nan)
    with pytest.raises(perbus.OutOfRangeError):
        player.schedule(np.zeros((2, 8), np.float32), at=2**60)
    with pytest.raises(perbus.NotRunningError):
        player.play()

    def complete():
        pass

    seen = weakref.ref(complete)
    with pytest.raises(perbus.FormatError):
        player.schedule(np.zeros((1, 8), np.float32), on_complete=complete)
    del complete
    gc.collect()
    assert seen() is None


def test_errors_have_status_code_and_message(engine):
    codes = {status: status for status in perbus.Status if status}
    for cls in vars(perbus).values():
        if isinstance(cls, type) and issubclass(cls, perbus.PerbusError):
            codes.pop(cls.status, None)
    assert codes == {}
    with pytest.raises(perbus.OutOfRangeError) as caught:
        engine.disconnect_input(engine.main_mixer, 99)
    error = caught.value
    assert error.status is perbus.Status.OUT_OF_RANGE
    assert (error.os_code, error.message) == (0, str(error))
    assert "99" in error.message


def test_an_engine_is_one_object(engine):
    player = engine.create_player()
    for thing in (engine, player, player.engine.main_mixer.bus(0)):
        with pytest.raises(TypeError):
            copy.deepcopy(thing)
    with pytest.raises(TypeError, match="cannot be copied"):
        copy.copy(engine)
    assert copy.copy(player) == player


def test_a_derived_class_takes_no_place(engine):
    class Desk(perbus.Mixer):
        pass

    assert type(engine.main_mixer) is perbus.Mixer and Desk is not perbus.Mixer


def test_package_and_library_are_of_one_version():
    assert importlib.metadata.version("perbus") == ".".join(map(str, perbus.version()))


def test_samples_live_as_long_as_they_play(mono):
    player = mono.create_player()
    mono.connect(player, mono.main_mixer)
    mono.start()
    for value in range(50):
        player.schedule(np.full(100, value / 64, np.float32))
    gc.collect()
    player.play()
    heard = mono.render(5000)[0]
    assert (heard == np.repeat(np.arange(50) / 64, 100)).all()


def test_a_completion_runs_once_when_the_engine_is_closed(mono):
    player, runs, done = mono.create_player(), [], threading.Event()
    mono.connect(player, mono.main_mixer)

    def ended():
        runs.append(1)
        with pytest.raises(perbus.ClosedError):
            player.schedule(np.zeros(4, np.float32))
        done.set()

    player.schedule(np.zeros(4, np.float32), on_complete=ended)
    mono.close()
    assert done.wait(10) and runs == [1]


@pytest.mark.skipif(not os.path.exists("/proc/self/maps"), reason="asks Linux what is loaded")
def test_the_extension_needs_no_libperbus():
    with open("/proc/self/maps") as maps:
        loaded = {line.split()[-1] for line in maps if "perbus" in line}
    assert [os.path.basename(path) for path in loaded] == ["_native.abi3.so"]
