"""How samples end, players that fade out, batches, formats and layouts of their own."""

import threading

import numpy as np
import pytest
from conftest import near, settled

import perbus
from perbus import BufferEnd, ChannelLayout, Format

ONES = np.ones(100, np.float32)


def test_ends_say_why(mono):
    player, ends, told = mono.create_player(), [], threading.Semaphore(0)

    def note(name):
        def ended(end):
            ends.append((name, end))
            told.release()
        return ended

    mono.connect(player, mono.main_mixer)
    mono.start()
    plain = threading.Event()
    player.schedule(ONES[:10], on_end=note("first"), on_complete=plain.set)
    player.schedule(ONES, on_end=note("second"))
    player.play()
    mono.render(20)
    player.schedule(ONES, interrupts=True, on_end=note("third"))
    mono.render(10)
    player.stop()
    player.schedule(ONES, on_end=note("fourth"))
    mono.detach(player)
    for _ in range(4):
        assert told.acquire(timeout=10)
    assert plain.wait(10)
    assert dict(ends) == {
        "first": BufferEnd.PLAYED, "second": BufferEnd.INTERRUPTED, "third": BufferEnd.STOPPED,
        "fourth": BufferEnd.DETACHED,
    }
    with pytest.raises(TypeError):
        player.schedule(ONES, on_end=1)


def test_a_player_fades_out_and_stops_or_pauses(mono):
    player = mono.create_player()
    mono.connect(player, mono.main_mixer)
    mono.start()
    for fade, playing in ((player.stop_after, False), (player.pause_after, False)):
        player.schedule(np.ones(1000, np.float32))
        player.play()
        assert (mono.render(100) == 1).all()
        fade(0.05)
        heard = mono.render(100)[0]
        assert [heard[0], heard[25], heard[50]] == pytest.approx([1.0, 0.5, 0.0], abs=1e-6)
        assert player.is_playing is playing
    player.play()
    assert (mono.render(100) == 1).all()
    for seconds in (-1.0, float("nan"), 1e9):
        with pytest.raises(perbus.OutOfRangeError):
            player.stop_after(seconds)


def test_players_of_a_batch_start_together(mono):
    mono.start()
    with mono.batch():
        players = [mono.create_player() for _ in range(4)]
        for bus, player in enumerate(players):
            mono.connect(player, mono.main_mixer, to_bus=bus)
            player.schedule(ONES * 0.25)
            player.play()
            assert not mono.render(10).any()
    assert (mono.render(100) == 1).all()


def test_a_batch_ends_on_its_thread(mono):
    batch, refused = mono.batch(), []
    batch.__enter__()

    def leave():
        with pytest.raises(perbus.WrongKindError) as caught:
            batch.__exit__(None, None, None)
        refused.append(caught.value)

    thread = threading.Thread(target=leave)
    thread.start()
    thread.join(10)
    batch.__exit__(None, None, None)
    assert len(refused) == 1
    # One that nobody leaves ends when it goes.
    mono.batch().__enter__()
    mono.close()


def test_a_mono_file_plays_on_a_stereo_engine(engine):
    player = engine.create_player(Format(24000, 1))
    engine.connect(player, engine.main_mixer)
    engine.start()
    player.schedule(np.full(24000, 0.5, np.float32))
    player.play()
    assert settled(engine) == pytest.approx([0.5, 0.5], abs=1e-4)


def test_a_sound_is_played_once(engine):
    mixer = engine.main_mixer
    with pytest.raises(perbus.NotRunningError):
        engine.play_once(ONES, mixer, 0)
    engine.start()
    player = engine.play_once(ONES, mixer, 0)
    assert player.is_playing and engine.source_of(mixer, 0) == (player, 0)
    assert (engine.render(100) == 1).all()
    for _ in range(1000):
        engine.render(16)
        if not player.is_attached:
            break
        threading.Event().wait(0.01)
    assert engine.source_of(mixer, 0) is None
    # Many of them leave nothing behind.
    for _ in range(100):
        engine.play_once(ONES[:4], mixer, 1)
    engine.render(64)
    assert engine.audit() == []


def test_formats_have_layouts():
    assert Format(48000, 6).layout is ChannelLayout.SURROUND_5_1
    stems = Format(48000, 6, ChannelLayout.DISCRETE)
    assert stems.layout is ChannelLayout.DISCRETE and stems != Format(48000, 6)
    for channels, layout in ((5, ChannelLayout.QUAD), (6, ChannelLayout.STEREO)):
        with pytest.raises(perbus.FormatError):
            Format(48000, channels, layout)
    with pytest.raises(ValueError):
        Format(48000, 6, "no layout")
    for layout in ChannelLayout:
        count = {"discrete": 7, "mono": 1, "stereo": 2, "3.0": 3, "quad": 4, "5.0": 5, "5.1": 6}
        assert Format(48000, count.get(layout.value, 8), layout).layout is layout


def test_a_surround_is_folded_by_its_layout(engine):
    six = Format(48000, 6)
    centre = engine.create_source(lambda block, time: block[2].fill(1), six)
    engine.connect(centre, engine.main_mixer)
    assert settled(engine) == near(0.5**0.5, 0.5**0.5)
    assert engine.inspect(engine.main_mixer).inputs[0] == six
