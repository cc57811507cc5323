"""Audio files: what was written is what is read, and failures say which file and why."""

import errno

import numpy as np
import pytest
from conftest import constant

import perbus
from perbus import ChannelLayout, File, Format, file

#: The smallest step of 24- and 16-bit samples.
STEPS = {"float32": 0.0, "int24": 2.0**-23, "int16": 2.0**-15}


def write(path, samples, sample_rate=48000, **options):
    with File.create(path, Format(sample_rate, samples.shape[0]), **options) as made:
        made.write(samples)


@pytest.mark.parametrize("type", ["wav", "flac"])
@pytest.mark.parametrize("kind", STEPS)
def test_what_was_written_is_read(tmp_path, type, kind):
    path = tmp_path / "noise"
    noise = np.random.default_rng(1).uniform(-0.9, 0.9, (2, 10_000)).astype(np.float32)
    create = dict(type=type, samples=kind)
    if (type, kind) == ("flac", "float32"):
        with pytest.raises(perbus.InvalidArgumentError, match="floats"):
            File.create(path, Format(44100, 2), **create)
        return
    for dither in (False, True):
        with File.create(path, Format(44100, 2), dither=dither, **create) as made:
            made.write(noise[:, :4000].copy())
            assert made.frames == made.position == 4000
            made.write(noise[:, 4000:].copy())
            assert path.exists() == dither
        read = file.load(path, 44100)
        assert read.shape == noise.shape and read.dtype == np.float32
        assert abs(read - noise).max() <= STEPS[kind] * (1.5 if dither else 0.5)
    decoder = file.Decoder(str(path))
    assert (decoder.sample_rate, decoder.channels, decoder.frames) == (44100.0, 2, 10_000)
    assert (np.concatenate(list(decoder), axis=1) == read).all()
    with File.open(path) as opened:
        info = opened.info()
        assert info.format == opened.format == Format(44100, 2) and info.frames == opened.frames == 10_000
        assert info.container == type.upper() and info.codec.endswith("bit") and info.invalid == 0
        pieces = [opened.read(frames) for frames in (0, 1, 7000, 10**15, 5)]
        assert [piece.shape for piece in pieces] == [(2, n) for n in (0, 1, 7000, 2999, 0)]
        assert (np.concatenate(pieces, axis=1) == read).all()
        opened.seek(9_000)
        assert opened.position == 9_000 and (opened.read() == read[:, 9_000:]).all()


def test_vorbis_is_written(tmp_path):
    path, sizes = tmp_path / "tone.ogg", []
    tone = 0.5 * np.sin(np.arange(20_000, dtype=np.float32)[None] * 0.1)
    for quality in (0.1, 0.9):
        write(path, tone, type="ogg", quality=quality)
        sizes.append(path.stat().st_size)
        assert abs(file.load(path, 48000) - tone).max() < 0.1
    assert sizes[0] < sizes[1]


def test_a_layout_is_kept(tmp_path):
    path = tmp_path / "stems.wav"
    for layout in (ChannelLayout.SURROUND_5_1, ChannelLayout.DISCRETE):
        form = Format(48000, 6, layout)
        with File.create(path, form) as made:
            made.write(np.zeros((6, 4), np.float32))
        with File.open(path) as opened:
            assert opened.format == form


def test_a_file_is_resampled_and_played(tmp_path):
    path = tmp_path / "half.wav"
    write(path, np.full((1, 24000), 0.5, np.float32), 24000)
    samples = file.load(path, 48000)
    assert samples.shape == (1, 48000)
    with pytest.raises(perbus.FileError, match="192000 bytes when decoded, and the limit is 191999"):
        file.load(path, 48000, limit=191_999)
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
    path, silence = tmp_path / "broken.wav", np.zeros((1, 4), np.float32)
    with pytest.raises(RuntimeError):
        with File.create(path, Format(48000, 1)) as made:
            made.write(silence)
            raise RuntimeError
    made = File.create(path, Format(48000, 1))
    made.write(silence)
    made.close()
    made.close()
    assert list(tmp_path.iterdir()) == []
    made = File.create(path, Format(48000, 1))
    made.finish()
    for call in (made.finish, made.info, made.read, lambda: made.write(silence), lambda: made.frames):
        with pytest.raises(perbus.ClosedError):
            call()
    assert [found.name for found in tmp_path.iterdir()] == ["broken.wav"]


def test_samples_that_are_no_numbers_are_counted(tmp_path):
    path = tmp_path / "hole.wav"
    with File.create(path, Format(48000, 1)) as made:
        made.write(np.array([0.5, np.nan, -np.inf], np.float32))
        assert made.info().invalid == 2
    assert file.load(path, 48000).tolist() == [[0.5, 0.0, 0.0]]


def test_files_that_cannot_be_read_say_why(tmp_path):
    missing, text, cut = tmp_path / "missing.wav", tmp_path / "text.wav", tmp_path / "cut.wav"
    text.write_text("no sound")
    write(cut, np.zeros((1, 1000), np.float32))
    cut.write_bytes(cut.read_bytes()[:-400])
    for path in (missing, text, cut):
        with pytest.raises(perbus.FileError, match=path.name) as caught:
            file.load(path, 48000)
        assert isinstance(caught.value, OSError)
        assert caught.value.errno == (errno.ENOENT if path == missing else None)
    with pytest.raises(perbus.FileError):
        list(file.Decoder(cut))
    with File.open(cut) as opened:
        assert opened.frames == 1000 and opened.read().shape == (1, 900)
        with pytest.raises(perbus.FileError, match="900 of 1000"):
            opened.read()
    with pytest.raises(perbus.FormatError):
        file.load(cut, 0)


def test_bad_arguments_are_refused(tmp_path):
    path, mono = tmp_path / "out.wav", Format(48000, 1)
    for options in (dict(type="mp3"), dict(samples="int8")):
        with pytest.raises(ValueError, match="mp3|int8"):
            File.create(path, mono, **options)
    for wrong in (Format(48000.5, 1), Format(48000, 9)):
        with pytest.raises(perbus.FileError, match="48000.5 Hz|9 channels"):
            File.create(path, wrong, type="flac")
    with pytest.raises(perbus.OutOfRangeError):
        File.create(path, mono, type="ogg", quality=1.5)
    for arguments in ((1, mono), (path, 48000), (path, mono, "wav")):
        with pytest.raises(TypeError):
            File.create(*arguments)
    with pytest.raises(perbus.FileError) as caught:
        File.create(tmp_path / "nowhere" / "out.wav", mono)
    assert caught.value.errno == errno.ENOENT
    with File.create(path, Format(48000, 2)) as made:
        with pytest.raises(perbus.InvalidArgumentError):
            made.write(np.zeros((1, 4), np.float32))
        with pytest.raises(TypeError):
            made.write(np.zeros((2, 4)))
        for call in (made.read, lambda: made.seek(0)):
            with pytest.raises(perbus.WrongKindError):
                call()
        made.write(np.ones((2, 4), np.float32))
    assert file.load(path, 48000).tolist() == [[1.0] * 4] * 2
    with File.open(path) as opened:
        for frame in (5, -1, 2**70):
            with pytest.raises(perbus.OutOfRangeError):
                opened.seek(frame)
        for call in (lambda: opened.write(np.ones((2, 4), np.float32)), opened.finish):
            with pytest.raises(perbus.WrongKindError):
                call()
        assert opened.frames == 4
