"""Output devices: what is refused, and an engine that plays to a real server, if there is one."""

import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import server
from conftest import constant

import perbus
from perbus import EngineEvent, errors

NO_SERVER = "no PulseAudio server answers"


@pytest.fixture
def nowhere(monkeypatch):
    for name, value in server.NOWHERE.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def pulse(monkeypatch):
    with server.running() as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("PERBUS_AUDIO", raising=False)
        yield environment


def test_options_are_checked():
    for options, reason in (
        ({"sample_rate": -1}, "a sample rate of -1 Hz is not in 0 to 768000"),
        ({"block": 15}, "a block of 15 frames is not in 16 to 4096"),
        ({"latency": 3}, "a latency of 3 s is not in 0.001 to 2"),
        ({"latency": -1}, "-1 is not in 0 to 86400 seconds"),
    ):
        with pytest.raises(errors.OutOfRangeError, match=reason):
            perbus.Engine(**options)
    with pytest.raises(errors.StartError, match='"nothing"'):
        perbus.Engine("nothing")
    with pytest.raises(errors.InvalidArgumentError, match="NUL"):
        perbus.Engine("a\0b")
    for wrong in ({"output": 5}, {"block": "many"}, {"what": 1}):
        with pytest.raises(TypeError):
            perbus.Engine(**wrong)


def test_offline_engines_have_no_device(engine):
    for call in (
        engine.device_status,
        lambda: engine.set_output_device(None),
        lambda: engine.on_event(print),
    ):
        with pytest.raises(errors.WrongKindError):
            call()


def test_without_a_server_there_is_a_reason(nowhere):
    for call in (perbus.devices, lambda: perbus.Engine("pulse:first")):
        with pytest.raises(errors.StartError, match=NO_SERVER):
            call()
    # Its device may come later.
    with perbus.Engine(block=256, latency=0.05) as engine:
        engine.on_event(lambda event: None)
        with pytest.raises(errors.StartError, match=NO_SERVER):
            engine.start()
        assert not engine.is_running
        with pytest.raises(errors.NotRunningError):
            engine.device_status()
        with pytest.raises(errors.StartError, match=NO_SERVER):
            engine.set_output_device("pulse:first")
        engine.set_output_device(None)
        with pytest.raises(TypeError):
            engine.on_event(5)
        engine.on_event(None)
    for call in (engine.device_status, lambda: engine.on_event(None)):
        with pytest.raises(errors.ClosedError):
            call()


def test_what_a_sources_function_must_not_do(mono):
    raised = []

    def fill(block, time):
        for call in (perbus.devices, perbus.Engine, lambda: device.on_event(None), device.device_status):
            try:
                call()
            except errors.InRenderError as error:
                raised.append(error)

    with perbus.Engine() as device:
        mono.connect(mono.create_source(fill), mono.main_mixer)
        mono.start()
        mono.render(10)
    assert len(raised) == 4


def test_an_engine_plays_to_a_device_and_survives_its_loss(pulse):
    found = {device.id: device for device in perbus.devices()}
    first = found["pulse:first"]
    assert first.is_default_output and first.host == "PulseAudio"
    assert (first.output_channels, first.sample_rate) == (2, 48000.0)
    assert 0 < first.low_latency <= first.default_latency < 0.2
    assert not found["pulse:second"].is_default_output

    options = {"sample_rate": 48000, "block": 256, "latency": 0.05}
    engine = perbus.Engine("pulse:second", **options)
    samples = perbus.Format(48000, 1)
    engine.connect(engine.create_source(lambda block, time: block.fill(0.5), samples), engine.main_mixer)
    engine.main_mixer.bus(0).volume = 0.25
    events, restarted = [], threading.Event()

    def happened(event):
        events.append(event)
        if event is EngineEvent.CONFIGURATION_CHANGED:
            server.reaches(lambda: starts(engine))
            restarted.set()

    engine.on_event(happened)
    engine.start()
    assert server.hears("second", 0.125)
    status = engine.device_status()
    assert (status.id, status.host, status.sample_rate) == ("pulse:second", "PulseAudio", 48000.0)
    assert status.frames > 4800 and 0 < status.latency < 0.5
    assert 0 < status.mean_load <= status.max_load

    server.kill(pulse)
    assert restarted.wait(4)
    assert [event for event in events if event is not EngineEvent.XRUN] == [
        EngineEvent.DEVICE_LOST, EngineEvent.CONFIGURATION_CHANGED,
    ]
    assert engine.is_running and server.hears("second", 0.125)
    engine.close()
    assert engine.is_closed


def test_an_engine_restarts_by_itself_and_its_players_go_on(pulse):
    engine, events = perbus.Engine("pulse:second", restarts=True), []
    engine.on_event(events.append)
    player = engine.create_player()
    engine.connect(player, engine.main_mixer)
    player.schedule(np.full((2, 4800), 0.125, np.float32), loops=True)
    engine.start()
    player.play()
    assert server.hears("second", 0.125)
    server.kill(pulse)
    assert server.reaches(lambda: EngineEvent.RESTARTED in events)
    assert engine.is_running and player.is_playing and server.hears("second", 0.125)
    engine.close()


def test_a_player_is_heard_at_a_time(pulse, mono):
    mono.start()
    assert mono.render_time() == perbus.RenderTime(0, 1000.0, None)
    still = mono.create_player()
    mono.connect(still, mono.main_mixer)
    with pytest.raises(errors.WrongKindError):
        still.play_at_time(time.monotonic())
    with pytest.raises(errors.WrongKindError):
        still.schedule(np.zeros(8, np.float32), at_time=time.monotonic())
    with perbus.Engine(latency=0.05) as engine:
        player = engine.create_player()
        engine.connect(player, engine.main_mixer)
        player.schedule(np.full((2, 4800), 0.125, np.float32), loops=True)
        with pytest.raises(errors.NotRunningError):
            engine.render_time()
        engine.start()
        assert server.reaches(lambda: engine.render_time().time is not None)
        assert -0.1 < engine.render_time().time - time.monotonic() < 1
        beginning = time.monotonic() + 0.3
        player.play_at_time(beginning)
        assert player.position.player_frame <= 0
        assert server.hears("first", 0.125) and time.monotonic() > beginning
        with pytest.raises(errors.OutOfRangeError):
            player.play_at_time(-1)
        louder = time.monotonic() + 0.3
        samples = np.full((2, 4800), 0.5, np.float32)
        player.schedule(samples, at_time=louder, loops=True, interrupts=True)
        assert server.hears("first", 0.5) and time.monotonic() > louder
        with pytest.raises(errors.OutOfRangeError):
            player.schedule(samples, at_time=-1)
        with pytest.raises(errors.InvalidArgumentError):
            player.schedule(samples, 0, at_time=louder)


def starts(engine):
    try:
        engine.start()
    except errors.StartError:
        return False
    return True


def test_what_an_events_function_may_do(pulse, caplog):
    """It raises, and closes its engine."""
    engine, events = perbus.Engine(latency=0.05), []
    engine.connect(constant(engine), engine.main_mixer)

    def happened(event):
        if event is EngineEvent.XRUN:
            return
        events.append(event)
        if event is EngineEvent.CONFIGURATION_CHANGED:
            engine.close()
            events.append(engine.is_closed)
        raise ValueError("of the test")

    engine.on_event(happened)
    engine.start()
    server.kill(pulse)
    assert server.reaches(lambda: len(events) == 3)
    assert events == [EngineEvent.DEVICE_LOST, EngineEvent.CONFIGURATION_CHANGED, True]
    assert server.reaches(lambda: len(caplog.records) == 2)
    assert {record.getMessage() for record in caplog.records} == {"an event's function has failed"}


def test_a_program_may_end_while_it_plays(pulse):
    program = """
import time, perbus
engine = perbus.Engine()
engine.connect(engine.create_source(lambda block, time: block.fill(1)), engine.main_mixer)
engine.main_mixer.tap(4800, lambda samples, at: time.sleep(0.05))
engine.on_event(lambda event: time.sleep(0.05))
engine.start()
time.sleep(0.2)
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, b"")
