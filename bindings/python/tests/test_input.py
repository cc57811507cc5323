"""The input: what the program pushes into an offline engine, and what a device records."""

import gc
import weakref

import numpy as np
import pytest
from conftest import constant
import server

import perbus
from perbus import errors


def test_what_the_program_pushes_is_heard(mono):
    recorded, times = np.linspace(-1, 1, 200, dtype=np.float32), []

    def fill(block, time):
        times.append(time)
        block[0] = recorded[time : time + block.shape[1]]

    mono.set_input(fill)
    assert mono.input() == mono.input() and mono.input().is_attached
    mono.connect(mono.input(), mono.main_mixer)
    mono.main_mixer.bus(0).volume = 0.5
    mono.start()
    assert np.allclose(mono.render(200)[0], recorded / 2, rtol=0, atol=1e-6)
    assert times == [0, 100] and mono.input().error is None
    mono.stop()
    mono.set_input(None)
    mono.start()
    assert not mono.render(100).any()


def test_what_is_refused(mono):
    mono.start()
    with pytest.raises(errors.StartError):
        mono.set_input(lambda block, time: None)
    mono.stop()
    with pytest.raises(TypeError):
        mono.set_input(5)
    for call in (mono.input().close, lambda: mono.detach(mono.input())):
        with pytest.raises(errors.WrongKindError):
            call()
    with pytest.raises(errors.WrongKindError):
        mono.set_input_device(None)
    with perbus.Engine() as device, pytest.raises(errors.WrongKindError):
        device.set_input(None)
    mono.close()
    for call in (mono.input, lambda: mono.set_input(None), lambda: mono.set_input_device(None)):
        with pytest.raises(errors.ClosedError):
            call()


def test_a_function_that_fails_is_silent_until_another_is_set(mono, caplog):
    def fails(block, time):
        raise ValueError("of the test")

    mono.set_input(fails)
    mono.connect(mono.input(), mono.main_mixer)
    mono.start()
    assert not mono.render(200).any()
    assert isinstance(mono.input().error, ValueError)
    assert len(caplog.records) == 1
    mono.stop()
    mono.set_input(lambda block, time: block.fill(0.25))
    mono.start()
    assert mono.input().error is None and mono.render(100)[0, 99] == 0.25


def test_an_input_that_refers_to_its_engine_is_collected():
    def make():
        engine = perbus.Engine.offline(48000, 2)

        def fill(block, time):
            engine.format

        engine.set_input(fill)
        engine.connect(engine.input(), engine.main_mixer)
        return weakref.ref(engine), weakref.ref(fill)

    seen = make()
    gc.collect()
    assert [reference() for reference in seen] == [None, None]


def test_without_a_server_there_is_no_input(monkeypatch):
    for name, value in server.NOWHERE.items():
        monkeypatch.setenv(name, value)
    with perbus.Engine() as engine, pytest.raises(errors.StartError):
        engine.input()
    with pytest.raises(errors.StartError, match="no PulseAudio server answers"):
        perbus.Engine(input="pulse:first.monitor")


def test_a_device_records(monkeypatch):
    with server.running() as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("PERBUS_AUDIO", raising=False)
        with perbus.Engine("pulse:first") as sounds, perbus.Engine(
            "pulse:second", input="pulse:first.monitor"
        ) as engine:
            sounds.connect(constant(sounds, 0.125), sounds.main_mixer)
            sounds.start()
            engine.connect(engine.input(), engine.main_mixer)
            engine.start()
            assert server.hears("second", 0.125, tolerance=1e-3)
            status = engine.device_status()
            assert status.input_id == "pulse:first.monitor"
            assert 0 <= status.input_latency <= status.monitoring_latency < 1
            engine.set_input_device("pulse:second.monitor")
            with pytest.raises(errors.StartError):
                engine.set_input_device("pulse:nothing")
