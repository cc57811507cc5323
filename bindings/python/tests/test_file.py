"""Audio files: what was written is what is read, and failures say which file and why."""

import errno

import numpy as np
import pytest
from conftest import constant

import perbus
from perbus import file

#: The smallest step of 24- and 16-bit samples.
STEPS = {"float32": 0.0, "int24": 2.0**-23, "int16": 2.0**-15}


@pytest.mark.parametrize("encoding", STEPS)
def test_what_was_written_is_read(tmp_path, encoding):
    path = tmp_path / "noise.wav"
    samples = np.random.default_rng(1).uniform(-1, 1, (2, 10_000)).astype(np.float32)
    with file.WavWriter(path, 44100, 2, encoding=encoding) as writer:
        writer.write(samples[:, :4000].copy())
        writer.write(samples[:, 4000:].copy())
        assert not path.exists()
    read = file.load(path, 44100)
    assert read.shape == samples.shape and read.dtype == np.float32
    assert abs(read - samples).max() <= STEPS[encoding]
    decoder = file.Decoder(str(path))
    assert (decoder.sample_rate, decoder.channels, decoder.frames) == (44100.0, 2, 10_000)
    assert (np.concatenate(list(decoder), axis=1) == read).all()


def test_a_file_is_resampled_and_played(tmp_path):
    path = tmp_path / "half.wav"
    with file.WavWriter(path, 24000, 1) as writer:
        writer.write(np.full(24000, 0.5, np.float32))
    samples = file.load(path, 48000)
    assert samples.shape == (1, 48000)
    with perbus.Engine.offline(48000, 1, 512) as engine:
        player = engine.create_player()
        engine.connect(player, engine.main_mixer)
        player.schedule(samples)
        engine.start()
        player.play()
        assert engine.render(24000)[0, -1] == pytest.approx(0.5, abs=1e-4)


def test_a_mix_is_rendered_to_a_file(tmp_path):
    path = tmp_path / "mix.wav"
    with perbus.Engine.offline(1000, 2, 64) as engine:
        engine.connect(constant(engine, 0.25), engine.main_mixer)
        engine.main_mixer.bus(0).pan = 1.0
        with pytest.raises(perbus.NotRunningError):
            engine.render_to_wav(path, 0.1)
        assert not path.exists()
        engine.start()
        engine.render_to_wav(path, 0.1)
        assert engine.sample_time == 100
        read = file.load(path, 1000)
        assert read.shape == (2, 100) and not read[0].any() and (read[1] == 0.25).all()
        for seconds in (-1.0, float("nan"), 1e300):
            with pytest.raises(perbus.OutOfRangeError):
                engine.render_to_wav(path, seconds)


def test_a_file_that_fails_is_not_there(tmp_path):
    path = tmp_path / "broken.wav"
    with pytest.raises(RuntimeError):
        with file.WavWriter(path, 48000, 1) as writer:
            writer.write(np.zeros(4, np.float32))
            raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    writer = file.WavWriter(path, 48000, 1)
    writer.finish()
    for call in (writer.finish, lambda: writer.write(np.zeros(4, np.float32))):
        with pytest.raises(perbus.ClosedError):
            call()


def test_files_that_cannot_be_read_say_why(tmp_path):
    missing, text, cut = tmp_path / "missing.wav", tmp_path / "text.wav", tmp_path / "cut.wav"
    text.write_text("no sound")
    with file.WavWriter(cut, 48000, 1) as writer:
        writer.write(np.zeros(1000, np.float32))
    cut.write_bytes(cut.read_bytes()[:-400])
    for path in (missing, text, cut):
        with pytest.raises(perbus.FileError, match=path.name) as caught:
            file.load(path, 48000)
        assert isinstance(caught.value, OSError)
        assert caught.value.errno == (errno.ENOENT if path == missing else None)
    with pytest.raises(perbus.FileError):
        list(file.Decoder(cut))
    with pytest.raises(perbus.FormatError):
        file.load(cut, 0)


def test_bad_arguments_are_refused(tmp_path):
    path = tmp_path / "out.wav"
    with pytest.raises(ValueError, match="mp3"):
        file.WavWriter(path, 48000, 1, encoding="mp3")
    for rate, channels in ((0, 1), (48000.5, 1), (48000, 0), (48000, 257)):
        with pytest.raises(perbus.FileError):
            file.WavWriter(path, rate, channels)
    for arguments in ((1, 48000, 1), (path, "48000", 1), (path, 48000, 1.0)):
        with pytest.raises(TypeError):
            file.WavWriter(*arguments)
    with file.WavWriter(path, 48000, 2) as writer:
        with pytest.raises(perbus.FileError):
            writer.write(np.zeros((1, 4), np.float32))
        with pytest.raises(TypeError):
            writer.write(np.zeros((2, 4)))
        writer.write(np.ones((2, 4), np.float32))
    assert file.load(path, 48000).tolist() == [[1.0] * 4] * 2
