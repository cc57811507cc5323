"""Rendering to arrays, starting and stopping."""

import numpy as np
import pytest
from conftest import constant, near, settled

import perbus


def counting(engine):
    def count(block, time):
        block[0] = np.arange(time, time + block.shape[1])

    engine.connect(engine.create_source(count), engine.main_mixer)
    engine.start()


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_in_a_sources_function_comes_out_of_render(mono, kind):
    calls = []

    def fill(block, time):
        calls.append(time)
        if len(calls) == 1:
            raise kind
        block.fill(0.5)

    source = mono.create_source(fill)
    mono.connect(source, mono.main_mixer)
    mono.start()
    with pytest.raises(kind):
        mono.render(1000)
    assert len(calls) == 1 and source.error is None
    assert (mono.render(10) == 0.5).all()


def test_long_renders_go_block_by_block(mono):
    counting(mono)
    heard = mono.render(250)
    assert heard.shape == (1, 250) and heard.dtype == np.float32
    assert heard[0].tolist() == list(range(250))
    assert mono.sample_time == 250
    assert mono.render(0).shape == (1, 0)
    assert mono.sample_time == 250


def test_an_empty_array_is_fine(engine):
    player = engine.create_player()
    engine.connect(player, engine.main_mixer)
    engine.start()
    player.schedule(np.zeros((2, 0), np.float32))
    player.schedule(np.ones((2, 4), np.float32))
    player.play()
    assert engine.render(out=np.zeros((2, 0), np.float32)).shape == (2, 0)
    assert engine.render(8)[1].tolist() == [1.0] * 4 + [0.0] * 4


def test_an_array_is_written_in_place(engine):
    engine.connect(constant(engine, 0.5), engine.main_mixer)
    engine.main_mixer.bus(0).pan = 1.0
    engine.start()
    out = np.full((2, 1000), 9.0, np.float32)
    assert engine.render(out=out) is out
    assert (out[0] == 0.0).all() and (out[1] == 0.5).all()


def test_one_channel_needs_no_second_dimension(mono):
    counting(mono)
    out = np.empty(30, np.float32)
    mono.render(30, out=out)
    assert out.tolist() == list(range(30))


def test_arrays_that_do_not_fit_are_refused(engine):
    engine.start()
    read_only = np.zeros((2, 64), np.float32)
    read_only.flags.writeable = False
    odd = np.zeros(2 * 64 * 4 + 1, np.uint8)[1:].view(np.float32).reshape(2, 64)
    bad = {
        perbus.InvalidArgumentError: [
            np.zeros((2, 128), np.float32)[:, ::2],
            np.zeros((64, 2), np.float32).T,
            np.zeros((2, 64), np.float32)[:, ::-1],
            read_only,
            odd,
        ],
        perbus.FormatError: [
            np.zeros((1, 64), np.float32),
            np.zeros((3, 64), np.float32),
            np.zeros(64, np.float32),
            np.zeros((2, 2, 64), np.float32),
            np.zeros((), np.float32),
        ],
        TypeError: [
            np.zeros((2, 64)),
            np.zeros((2, 64), np.int32),
            np.zeros((2, 64), np.dtype(np.float32).newbyteorder()),
            [[0.0], [0.0]],
            bytearray(512),
        ],
    }
    for error, arrays in bad.items():
        for array in arrays:
            with pytest.raises(error):
                engine.render(out=array)
    with pytest.raises(perbus.InvalidArgumentError, match="out holds 64 frames, not 65"):
        engine.render(65, out=np.zeros((2, 64), np.float32))
    for frames in (None, 1.5, "64"):
        with pytest.raises(TypeError):
            engine.render(frames)
    with pytest.raises(perbus.OutOfRangeError):
        engine.render(-1)
    assert engine.sample_time == 0


def test_rendering_needs_a_start(engine):
    with pytest.raises(perbus.NotRunningError) as caught:
        engine.render(64)
    assert caught.value.status is perbus.Status.NOT_RUNNING
    engine.start()
    engine.pause()
    assert not engine.is_running
    with pytest.raises(perbus.NotRunningError):
        engine.render(64)
    engine.start()
    assert engine.is_running
    engine.render(64)


def test_strips_are_there_after_a_stop_and_a_reset(engine):
    engine.connect(constant(engine), engine.main_mixer)
    engine.main_mixer.bus(0).volume = 0.5
    assert settled(engine) == near(0.5, 0.5)
    engine.stop()
    engine.prepare()
    assert settled(engine) == near(0.5, 0.5)
    engine.reset()
    assert engine.sample_time == 0
    assert settled(engine) == near(0.5, 0.5)


def test_a_fade_outlasts_a_reset(mono):
    bus = mono.main_mixer.bus(0)
    mono.connect(constant(mono), bus.mixer)
    mono.start()
    fade = bus.fade_to(0.0, 0.4)
    mono.render(100)
    mono.reset()
    assert fade.is_running and bus.volume == pytest.approx(0.75)


def test_bad_engines_are_refused():
    for rate, channels in ((0, 2), (-1, 2), (1e9, 2), (float("nan"), 2), (48000, 0), (48000, 65)):
        with pytest.raises(perbus.FormatError):
            perbus.Engine.offline(rate, channels)
    for frames in (0, 2**20 + 1, 2**40):
        with pytest.raises(perbus.OutOfRangeError):
            perbus.Engine.offline(48000, 2, frames)
    for arguments in (("48000", 2), (48000, 2.0), (48000, None), (48000, 2, "1")):
        with pytest.raises(TypeError):
            perbus.Engine.offline(*arguments)


def test_a_device_renders_to_nobody_else():
    with perbus.Engine() as engine:
        assert engine.max_frames is None
        with pytest.raises(perbus.PerbusError) as caught:
            engine.render(64)
        assert caught.value.status in (perbus.Status.WRONG_KIND, perbus.Status.NOT_RUNNING)
        try:
            engine.start()
        except perbus.StartError as error:
            assert str(error)
