"""Players that play files: what is heard is the file, sample for sample."""

import threading

import numpy as np
import pytest

import perbus
from perbus import BufferEnd, File, Format, Position, file


def write(path, channels=1, frames=10_000, rate=48000):
    noise = np.random.default_rng(5).uniform(-0.9, 0.9, (channels, frames)).astype(np.float32)
    with File.create(path, Format(rate, channels)) as made:
        made.write(noise)
    return path


@pytest.fixture
def song(tmp_path):
    with File.open(write(tmp_path / "song.wav", 2)) as opened:
        yield opened


@pytest.fixture
def player(engine, song):
    made = engine.create_player_for_file(song)
    engine.connect(made, engine.main_mixer)
    engine.start()
    return made


class Ends:
    def __init__(self):
        self.told, self.ends = threading.Semaphore(0), []

    def note(self, end=None):
        self.ends.append(end)
        self.told.release()

    def wait(self, count):
        for _ in range(count):
            assert self.told.acquire(timeout=10)
        return self.ends


def test_a_file_is_heard_as_it_is(engine, song, player):
    whole, ends = song.read(), Ends()
    song.seek(123)
    assert player.position == Position(0, None, None, 0)
    player.schedule_file(song, at=100, on_complete=ends.note, on_end=ends.note)
    assert song.position == 123 and (song.read(5) == whole[:, 123:128]).all()
    song.close()
    player.play()
    heard = engine.render(10_200)
    assert not heard[:, :100].any() and not heard[:, 10_100:].any()
    assert (heard[:, 100:10_100] == whole).all()
    assert ends.wait(2) == [None, BufferEnd.PLAYED]


def test_segments_join_loop_and_interrupt(engine, song, player):
    whole, ends = song.read(), Ends()
    player.schedule_segment(song, 2000, 1500)
    player.schedule_segment(song, 3500, 500, on_end=ends.note)
    player.schedule_segment(song, 10, 300, loops=True, on_end=ends.note)
    player.play()
    assert (engine.render(2000) == whole[:, 2000:4000]).all()
    assert (engine.render(900) == np.tile(whole[:, 10:310], 3)).all()
    engine.render(100)
    assert player.position == Position(3000, 110, 10_000, 0)
    player.schedule_file(song, interrupts_at_loop=True)
    assert (engine.render(300) == np.concatenate([whole[:, 110:310], whole[:, :100]], axis=1)).all()
    player.schedule_segment(song, 9_999, 1, interrupts=True, on_end=ends.note)
    assert (engine.render(1) == whole[:, 9_999:]).all()
    engine.render(1)
    assert ends.wait(3) == [BufferEnd.PLAYED, BufferEnd.INTERRUPTED, BufferEnd.PLAYED]


def test_a_player_seeks(engine, song, player):
    whole = song.read()
    with pytest.raises(perbus.InvalidArgumentError):
        player.seek(0)
    player.schedule_segment(song, 1000, 8000)
    player.play()
    engine.render(700)
    player.seek(7777)
    assert (engine.render(700) == whole[:, 7777:8477]).all()
    assert player.position == Position(1400, 8477, 10_000, 0)
    player.seek(1000)
    assert (engine.render(100) == whole[:, 1000:1100]).all()
    for frame in (999, 9000, -1, 2**63):
        with pytest.raises(perbus.OutOfRangeError):
            player.seek(frame)
    assert (engine.render(100) == whole[:, 1100:1200]).all()


def test_another_rate_is_converted(engine, tmp_path):
    path = tmp_path / "slow.wav"
    slope = np.linspace(-0.5, 0.5, 6000, dtype=np.float32)[None]
    with File.create(path, Format(24_000, 1)) as made:
        made.write(slope)
    with File.open(path) as slow:
        player = engine.create_player_for_file(slow)
        engine.connect(player, engine.main_mixer)
        player.schedule_file(slow)
        player.schedule_segment(slow, 0, 2345)
        player.schedule_segment(slow, 2345, 3655)
    engine.start()
    player.play()
    whole, parts = engine.render(12_000), engine.render(12_000)
    assert abs(whole[0, 200:-200:2] - slope[0, 100:-100]).max() < 1e-4
    # What sounded before reaches into the first frames.
    assert (parts[:, 200:] == whole[:, 200:]).all()


def test_a_file_that_is_cut_short_fails(engine, tmp_path):
    path, ends = write(tmp_path / "cut.wav"), Ends()
    with File.open(path) as opened:
        whole = opened.read()
    path.write_bytes(path.read_bytes()[:-4000])
    with File.open(path) as cut:
        player = engine.create_player_for_file(cut)
        engine.connect(player, engine.main_mixer)
        player.schedule_file(cut, on_end=ends.note)
    engine.start()
    player.play()
    heard = engine.render(10_000)
    assert (heard[:, :9000] == whole[:, :9000]).all() and not heard[:, 9000:].any()
    assert ends.wait(1) == [BufferEnd.FAILED]


def test_what_cannot_be_played_is_refused(engine, song, player, tmp_path):
    def never(*_):
        raise AssertionError

    for start, frames in ((0, 0), (0, 10_001), (9_999, 2), (10_000, 1), (-1, 2), (1, -1), (2**64 - 1, 5)):
        with pytest.raises(perbus.OutOfRangeError):
            player.schedule_segment(song, start, frames, on_end=never)
    with pytest.raises(perbus.OutOfRangeError):
        player.schedule_file(song, at=2**53 + 1)
    with pytest.raises(TypeError):
        player.schedule_file(song, on_end=1)
    with pytest.raises(TypeError):
        player.schedule_file(str(tmp_path / "song.wav"))
    with File.open(write(tmp_path / "mono.wav")) as mono:
        with pytest.raises(perbus.FormatError, match="1 channel"):
            player.schedule_file(mono, on_complete=never)
        with pytest.raises(perbus.NotConnectedError):
            engine.create_player_for_file(mono).schedule_file(mono)
    for call in (player.schedule_file, engine.create_player_for_file):
        with pytest.raises(perbus.ClosedError, match="file"):
            call(mono)
    with File.create(tmp_path / "made.wav", Format(48000, 2)) as made:
        with pytest.raises(perbus.WrongKindError):
            player.schedule_file(made)
    player.play()
    assert not engine.render(100).any()
    player.close()
    for call in (lambda: player.schedule_file(song), lambda: player.seek(0), lambda: player.position):
        with pytest.raises(perbus.ClosedError, match="player"):
            call()
