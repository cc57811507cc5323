"""Taps: their arrays are the samples that are rendered."""

import gc
import subprocess
import sys
import threading
import weakref

import numpy as np
import pytest

import perbus
from perbus import errors


def noise(engine):
    """A source of noise that is the same for every frame."""

    def fill(block, time):
        frames = time + np.arange(block.shape[1], dtype=np.float64)
        block[:] = np.modf(np.sin(frames) * np.array([[12.9898], [78.233]]) * 437.5453)[0]

    return engine.create_source(fill)


class Heard:
    def __init__(self):
        self.arrays, self.times = [], []

    def __call__(self, samples, time):
        self.arrays.append(samples)
        self.times.append(time)

    def whole(self):
        return np.concatenate(self.arrays, axis=1)


def test_arrays_are_what_is_rendered(engine):
    source, mixer = noise(engine), engine.main_mixer
    engine.connect(source, mixer)
    mixer.bus(0).volume = 0.5
    engine.start()
    before, behind = Heard(), Heard()
    with source.tap(4800, before), mixer.tap(frames=4800, function=behind, bus=0) as tap:
        rendered = engine.render(10_000)
        tap.wait()
        assert [array.shape for array in behind.arrays] == [(2, 4800)] * 2
        assert (tap.dropped_frames, tap.error) == (0, None)
    assert behind.times == [0, 4800, 9600]
    assert behind.arrays[0].dtype == np.float32 and behind.arrays[0].flags.owndata
    assert (behind.whole() == rendered).all() and np.abs(rendered).max() > 0.4
    assert np.allclose(before.whole() * np.float32(0.5), rendered, rtol=0, atol=1e-6)
    # The bus is free again.
    with mixer.tap(4800, behind):
        pass


def test_a_tap_goes_on_without_its_object(engine):
    heard = Heard()
    engine.main_mixer.tap(4800, heard)
    gc.collect()
    engine.start()
    engine.render(4800)
    engine.close()
    assert [array.shape for array in heard.arrays] == [(2, 4800)]


def test_what_is_refused(engine):
    mixer, player = engine.main_mixer, engine.create_player()
    for frames in (0, 1048577, -1):
        with pytest.raises(errors.OutOfRangeError):
            mixer.tap(frames, print)
    with pytest.raises(errors.OutOfRangeError):
        mixer.tap(4800, print, bus=1)
    with pytest.raises(TypeError):
        mixer.tap(4800, 5)
    with mixer.tap(4800, print) as tap, pytest.raises(errors.InvalidArgumentError):
        mixer.tap(4800, print)
    tap.close()
    for call in (tap.wait, lambda: tap.dropped_frames, tap.__enter__):
        with pytest.raises(errors.ClosedError):
            call()
    engine.detach(player)
    with pytest.raises(errors.NotAttachedError):
        player.tap(4800, print)
    last = mixer.tap(4800, print)
    engine.close()
    for call in (last.wait, lambda: mixer.tap(4800, print)):
        with pytest.raises(errors.ClosedError):
            call()
    last.close()


def test_a_function_may_wait_for_nothing_but_close_everything(engine):
    raised, closed = [], threading.Event()

    def hear(samples, time):
        try:
            tap.wait()
        except errors.InvalidArgumentError as error:
            raised.append(error)
        tap.close()
        engine.close()
        closed.set()

    tap = engine.main_mixer.tap(4800, hear)
    engine.start()
    with pytest.raises(errors.ClosedError):
        while True:
            engine.render(4800)
    assert closed.wait(10) and len(raised) == 1


def test_a_function_that_fails_is_not_called_again(engine, caplog):
    calls = []

    def hear(samples, time):
        calls.append(time)
        raise ValueError("of the test")

    engine.start()
    with engine.main_mixer.tap(4800, hear) as tap:
        engine.render(48_000)
        tap.wait()
        assert isinstance(tap.error, ValueError)
    assert calls == [0]
    assert [record.getMessage() for record in caplog.records] == ["a tap's function has failed"]


def test_a_tap_that_refers_to_its_engine_is_collected():
    def make():
        engine = perbus.Engine.offline(48000, 2)
        hear = Heard()
        hear.engine, hear.tap = engine, engine.main_mixer.tap(4800, hear)
        return weakref.ref(engine), weakref.ref(hear)

    seen = [reference for _ in range(10) for reference in make()]
    gc.collect()
    assert [reference() for reference in seen] == [None] * 20


def test_a_program_may_end_with_a_tap():
    program = """
import threading, perbus
engine = perbus.Engine.offline(48000, 2)
engine.start()
engine.main_mixer.tap(4800, lambda samples, time: samples.sum())

def render():
    try:
        while True:
            engine.render(512)
    except perbus.ClosedError:
        pass

engine.create_mixer().tap(4800, lambda samples, time: None)
threading.Thread(target=render, daemon=True).start()
engine.render(48000)
"""
    for _ in range(3):
        ended = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60)
        assert (ended.returncode, ended.stderr) == (0, b"")


def test_taps_feed_the_meters_of_an_engine_without(monkeypatch):
    monkeypatch.setenv("PERBUS_MANNERS", "no-meters")
    engine = perbus.Engine.offline(48000, 1, 480)
    source = engine.create_source(lambda block, time: block.fill(0.5))
    bus = engine.main_mixer.connect_next(source)
    assert engine.meter_taps is False
    with pytest.raises(errors.UnsupportedError):
        bus.meter()
    engine.meter_taps = True
    assert engine.meter_taps is True
    bus.volume = 0.5
    bus.meter(), engine.main_mixer.meter()
    engine.start()
    engine.render(4800)
    assert bus.meter().peak == (0.25, 0.0) and engine.main_mixer.meter().rms == (0.25, 0.0)
    with source.tap(4800, lambda samples, time: None):
        with pytest.raises(errors.InvalidArgumentError):
            bus.meter()
    bus.meter()
    engine.meter_taps = False
    with pytest.raises(errors.UnsupportedError):
        engine.main_mixer.meter()


def test_a_function_closes_the_engine_that_is_read(monkeypatch):
    monkeypatch.setenv("PERBUS_MANNERS", "no-meters")
    for _ in range(10):
        engine, reads = perbus.Engine.offline(48000, 1, 480), threading.Event()
        bus = engine.main_mixer.connect_next(engine.create_source(lambda block, time: None))
        engine.meter_taps = True
        bus.meter()

        def hear(samples, time, engine=engine, reads=reads):
            reads.wait()
            engine.close()

        engine.main_mixer.tap(4800, hear)
        engine.start()
        engine.render(9600)
        reads.set()
        try:
            bus.meter()
        except errors.ClosedError:
            pass
        engine.close()


def test_a_file_is_used_in_a_batch_beside_a_call_that_waits_for_it(tmp_path):
    engine, path = perbus.Engine.offline(48000, 1, 480), tmp_path / "one.wav"
    with perbus.File.create(path, perbus.Format(48000, 1)) as file:
        file.write(np.ones((1, 480), np.float32))
    for _ in range(20):
        file, begun = perbus.File.open(path), threading.Event()
        players = [engine.create_player_for_file(file) for _ in range(2)]
        for bus, player in enumerate(players):
            engine.connect(player, engine.main_mixer, to_bus=bus)

        def schedule(player=players[0], file=file, begun=begun):
            begun.set()
            player.schedule_file(file)

        thread = threading.Thread(target=schedule)
        with engine.batch():
            thread.start()
            begun.wait()
            players[1].schedule_file(file)
            file.info()
        thread.join()
        file.close()
        for player in players:
            engine.detach(player)


def test_a_batch_does_not_wait_for_ever(tmp_path):
    """A function may be waiting for the end of the batch."""
    engine = perbus.Engine.offline(48000, 1, 480)
    bus = engine.main_mixer.connect_next(engine.create_source(lambda block, time: block.fill(0.5)))
    hears, batched = threading.Event(), threading.Event()

    def hear(samples, time):
        hears.set()
        batched.wait()
        bus.volume = 0.5

    tap = engine.main_mixer.tap(4800, hear)
    recorder = bus.record(tmp_path / "bus.wav")
    engine.start()
    engine.render(9600)
    hears.wait()
    with engine.batch():
        batched.set()
        for wait in tap.wait, recorder.wait, recorder.stop:
            with pytest.raises(errors.InvalidArgumentError):
                wait()
        tap.close()
        with pytest.raises(errors.WrongKindError):
            engine.close()
    while bus.volume != 0.5:
        pass
    engine.close()
