"""Recorders: their files are what is rendered."""

import numpy as np
import pytest
from conftest import constant
from test_taps import noise

import perbus
from perbus import RecorderState, errors


def test_a_mixers_file_is_what_is_rendered(engine, tmp_path):
    engine.connect(noise(engine), engine.main_mixer)
    engine.main_mixer.bus(0).volume = 0.5
    engine.start()
    recorder = engine.main_mixer.record(tmp_path / "mix.wav")
    assert recorder.status.state is RecorderState.WAITING
    rendered = engine.render(10_000)
    recorder.wait()
    assert recorder.status.state is RecorderState.RECORDING and recorder.status.reason is None
    recording = recorder.stop()
    assert recording == perbus.Recording(tmp_path / "mix.wav", 10_000, 0, 0, None)
    with perbus.File.open(recording.path) as file:
        assert (file.read() == rendered).all()
    for call in (recorder.stop, recorder.wait, lambda: recorder.stop_at(0), lambda: recorder.status):
        with pytest.raises(errors.ClosedError):
            call()


def test_a_buss_file_is_its_part_of_the_sum(engine, tmp_path):
    engine.connect(constant(engine, 0.5), engine.main_mixer)
    engine.connect(constant(engine, 0.25), engine.main_mixer, to_bus=1)
    engine.main_mixer.bus(0).volume = 0.5
    engine.start()
    engine.render(480)
    with engine.main_mixer.bus(0).record(tmp_path / "bus.flac", at=1000, type="flac") as recorder:
        recorder.stop_at(3000)
        engine.render(4000)
    with perbus.File.open(tmp_path / "bus.flac") as file:
        assert file.info().container == "FLAC" and file.frames == 2000
        assert np.allclose(file.read(), 0.25, rtol=0, atol=1e-6)


def test_an_engine_that_is_closed_completes_its_files(engine, tmp_path):
    engine.start()
    engine.main_mixer.record(tmp_path / "mix.wav")
    engine.render(5000)
    engine.close()
    with perbus.File.open(tmp_path / "mix.wav") as file:
        assert file.frames == 5000


def test_what_is_refused(engine, tmp_path):
    mixer = engine.main_mixer
    engine.start()
    engine.render(100)
    with pytest.raises(errors.OutOfRangeError):
        mixer.record(tmp_path / "mix.wav", at=99)
    with pytest.raises(errors.FileError):
        mixer.record(tmp_path / "nowhere" / "mix.wav")
    with pytest.raises(ValueError):
        mixer.record(tmp_path / "mix.mp3", type="mp3")
    with mixer.record(tmp_path / "mix.wav", at=500) as recorder:
        with pytest.raises(errors.InvalidArgumentError):
            mixer.record(tmp_path / "again.wav")
        with pytest.raises(errors.OutOfRangeError):
            recorder.stop_at(50)
