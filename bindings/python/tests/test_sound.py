"""Fades, meters, equalizers, matrices, players and sources: what is heard of them."""

import math
import threading

import numpy as np
import pytest
from conftest import constant, near, settled

import perbus
from perbus import Band, Curve, FadeEnd, FilterType, Format


def curve_value(curve, start, end, x):
    if curve is Curve.LINEAR:
        return start + (end - start) * x
    if curve is Curve.EQUAL_POWER:
        return math.sqrt((1 - x) * start**2 + x * end**2)
    return max(start, 1e-4) * (max(end, 1e-4) / max(start, 1e-4)) ** x


@pytest.mark.parametrize("curve", list(Curve))
@pytest.mark.parametrize("start, end", [(1.0, 0.25), (0.25, 1.0)])
def test_every_frame_of_a_fade_is_on_its_curve(mono, curve, start, end):
    bus = mono.main_mixer.bus(0)
    bus.volume = start
    mono.connect(constant(mono), bus.mixer)
    mono.start()
    mono.render(600)
    ends = []
    fade = bus.fade_to(end, 0.2, curve, ends.append)
    heard = mono.render(100)[0]
    wanted = [curve_value(curve, start, end, n / 200) for n in range(1, 101)]
    assert heard.tolist() == pytest.approx(wanted, abs=2e-5)
    assert fade.is_running and ends == []
    assert bus.volume == pytest.approx(wanted[-1], abs=6e-8)  # single precision
    assert mono.render(100)[0, -1] == pytest.approx(end, abs=1e-6)
    assert ends == [FadeEnd.FINISHED] and not fade.is_running
    assert bus.volume == end


def test_a_fade_can_be_cancelled_and_replaced(mono):
    bus = mono.main_mixer.bus(0)
    mono.connect(constant(mono), bus.mixer)
    mono.start()
    ends = []
    fade = bus.fade_to(0.0, 0.4, on_end=ends.append)
    mono.render(100)
    fade.cancel()
    assert ends == [FadeEnd.REPLACED]
    assert bus.volume == pytest.approx(0.75)
    assert mono.render(600)[0, -1] == pytest.approx(0.75, abs=1e-6)
    bus.fade_to(0.0, 0.4, on_end=ends.append)
    bus.volume = 1.0
    assert mono.render(600)[0, -1] == pytest.approx(1.0, abs=1e-6)
    assert ends == [FadeEnd.REPLACED] * 2
    fade.cancel()
    assert bus.volume == 1.0


def test_the_end_of_a_fade_may_close_the_engine(mono):
    bus = mono.main_mixer.bus(0)
    mono.connect(constant(mono), bus.mixer)
    mono.start()
    bus.fade_to(0.0, 0.1, on_end=lambda end: mono.close())
    assert mono.render(100)[0, -1] == 0.0
    with pytest.raises(perbus.ClosedError):
        mono.render(100)


def test_a_fade_on_a_device_ends_with_its_engine():
    engine = perbus.Engine()
    bus = engine.main_mixer.bus(0)
    ends = []
    bus.fade_to(0.0, 0.0, on_end=ends.append)
    assert ends == [FadeEnd.FINISHED] and bus.volume == 0.0
    bus.fade_to(1.0, 1000.0)
    engine.close()
    (thread,) = [t for t in threading.enumerate() if t.name == "perbus fades"] or [None]
    if thread is not None:
        thread.join(10)
        assert not thread.is_alive()


def test_a_fade_goes_on_for_a_new_source_and_under_a_mute(engine):
    bus = engine.main_mixer.bus(0)
    engine.connect(constant(engine), bus.mixer)
    engine.start()
    bus.fade_to(0.0, 1.0)
    engine.render(24000)
    engine.connect(constant(engine), bus.mixer)
    assert engine.render(4800)[0, -1] == pytest.approx(0.4, abs=1e-5)
    bus.muted = True
    assert engine.render(4800)[0, -1] == 0.0
    bus.muted = False
    assert bus.volume == pytest.approx(0.3)
    assert engine.render(4800)[0, -1] == pytest.approx(0.2, abs=1e-5)
    engine.render(9600)
    assert engine.render(512)[0, -1] == 0.0


def test_a_fade_of_no_length_is_a_new_value(engine):
    engine.connect(constant(engine), engine.main_mixer)
    assert settled(engine) == near(1.0, 1.0)
    bus = engine.main_mixer.bus(0)
    bus.fade_to(0.25, 0.0, perbus.Curve.EQUAL_POWER)
    bus.fade_pan_to(-1.0, 1e-9)
    assert (bus.volume, bus.pan) == (0.25, -1.0)
    assert settled(engine) == near(0.25, 0.0)


def test_a_change_before_the_first_block_leaves_a_fade_its_way(engine):
    bus = engine.main_mixer.bus(0)
    engine.start()
    bus.fade_to(0.0, 1.0)
    engine.render(24000)
    engine.connect(constant(engine), bus.mixer)
    bus.mixer.configure([perbus.BusConfig(0, pan=-1.0)])
    heard = engine.render(4800)
    assert heard[0, 0] == pytest.approx(0.5, abs=1e-4)
    assert heard[0, -1] == pytest.approx(0.4, abs=1e-5)


def test_a_fade_stands_still_while_its_engine_halts(engine):
    bus = engine.main_mixer.bus(0)
    engine.connect(constant(engine), bus.mixer)
    engine.start()
    fade = bus.fade_to(0.0, 1.0)
    engine.render(24000)
    for halt in (engine.pause, engine.stop):
        halt()
        assert bus.volume == pytest.approx(0.5)
    engine.start()
    engine.render(4800)
    assert bus.volume == pytest.approx(0.4)
    fade.cancel()
    assert bus.volume == pytest.approx(0.4)


def test_a_pan_fades(engine):
    bus = engine.main_mixer.bus(0)
    engine.connect(constant(engine), bus.mixer)
    engine.start()
    bus.fade_pan_to(1.0, 480 / 48000)
    left, right = engine.render(480)
    assert (left[239], right[239]) == pytest.approx((0.5, 1.0), abs=1e-5)
    assert (left[479], right[479]) == pytest.approx((0.0, 1.0), abs=1e-5)
    assert bus.pan == 1.0


def test_bad_fades_are_refused(engine):
    bus = engine.main_mixer.bus(0)
    for volume, seconds in ((4.01, 1.0), (0.5, -1.0), (0.5, 1e9), (0.5, float("nan"))):
        with pytest.raises(perbus.OutOfRangeError):
            bus.fade_to(volume, seconds)
    with pytest.raises(ValueError):
        bus.fade_to(0.5, 1.0, 17)
    for seconds, on_end in (("1", None), (None, None), (1.0, 5)):
        with pytest.raises(TypeError):
            bus.fade_to(0.5, seconds, on_end=on_end)
    assert bus.volume == 1.0


def test_meters_show_what_a_bus_adds(engine):
    mixer, bus = engine.main_mixer, engine.main_mixer.bus(1)
    engine.connect(constant(engine, 0.5), mixer, to_bus=1)
    bus.volume, bus.pan = 0.5, 1.0
    mixer.output_volume = 0.5
    assert bus.meter() == perbus.Meter((0.0, 0.0), (0.0, 0.0), 0)
    mixer.meter()
    engine.start()
    engine.render(9600)
    assert bus.meter().peak == pytest.approx((0.0, 0.25), abs=1e-6)
    assert bus.meter().rms == pytest.approx((0.0, 0.25), abs=1e-5)
    assert mixer.meter().peak == pytest.approx((0.0, 0.125), abs=1e-6)
    with pytest.raises(perbus.NotConnectedError):
        mixer.bus(0).meter()


def test_an_equalizer_filters_and_leaves_the_strip_in_charge(engine):
    mixer, equalizer = engine.main_mixer, engine.create_equalizer(2)

    def sine(block, time):
        block[:] = np.sin(2 * np.pi * 1000 * (time + np.arange(block.shape[1])) / 48000)

    source = engine.create_source(sine)
    engine.connect(source, equalizer)
    engine.connect(equalizer, mixer, to_bus=3)
    assert engine.set_mixer_volume_for_bus(mixer, 0.5, 3) is perbus.Control.CONNECTION
    assert engine.connection_volume(source, mixer, 3) == 0.5
    with pytest.raises(perbus.NotMixingError):
        engine.set_connection_volume(equalizer, mixer, 3, 1.0)
    equalizer.set_band(0, Band(FilterType.PARAMETRIC, 1000, gain=-6.0))
    assert (equalizer.band(0).gain, equalizer.band(1).bypass, equalizer.band_count) == (-6, True, 2)
    engine.start()
    engine.render(9600)
    gain = 10 ** (-6 / 20)
    assert abs(engine.render(4800)).max() == pytest.approx(0.5 * gain, abs=2e-3)
    equalizer.global_gain = 6.0
    assert equalizer.global_gain == 6.0
    engine.render(9600)
    assert abs(engine.render(4800)).max() == pytest.approx(0.5, abs=2e-3)
    equalizer.bypassed = True
    assert equalizer.bypassed
    engine.render(9600)
    assert abs(engine.render(4800)).max() == pytest.approx(0.5, abs=2e-3)
    for index, band in (
        (2, Band()), (-1, Band()), (0, Band(frequency=24000)), (0, Band(gain=25)),
        (0, Band(gain=float("nan"))), (0, Band(gain=10**400)), (0, Band(gain=1e300)), (0, Band(bandwidth=0)),
    ):
        with pytest.raises(perbus.OutOfRangeError):
            equalizer.set_band(index, band)
    for band in (Band(filter=99), None, Band(gain="x")):
        with pytest.raises((TypeError, ValueError)):
            equalizer.set_band(0, band)
    for bands in (0, perbus.MAX_BANDS + 1):
        with pytest.raises(perbus.OutOfRangeError):
            engine.create_equalizer(bands)


def test_a_matrix_mixes_channel_by_channel(engine):
    mixer, matrix = engine.main_mixer, engine.create_matrix(2, 1)
    one = Format(48000, 1)
    for bus, value in ((0, 0.5), (1, 0.25)):
        source = engine.create_source(lambda block, time, value=value: block.fill(value), one)
        engine.connect(source, matrix, to_bus=bus)
    engine.connect(matrix, mixer, to_bus=1, format=Format(48000, 2))
    assert matrix.dimensions == (2, 2)
    assert not matrix.levels().any()
    matrix.master = 1.0
    for channel in range(2):
        matrix.set_input(channel, 1.0)
        matrix.set_output(channel, 1.0)
    matrix.set_crosspoint(0, 0, 1.0)
    matrix.set_crosspoint(1, 1, -0.5)
    assert settled(engine) == near(0.5, -0.125)
    assert (matrix.crosspoint(1, 1), matrix.input(0), matrix.output(1), matrix.master) == (
        -0.5, 1.0, 1.0, 1.0,
    )
    matrix.invert()
    assert settled(engine) == near(-0.5, 0.125)
    matrix.clear()
    assert settled(engine) == near(0.0, 0.0)
    matrix.set_identity()
    assert settled(engine) == near(0.5, 0.25)
    matrix.enable_input(1, False)
    assert settled(engine) == near(0.5, 0.0)
    matrix.enable_input(1, True)
    matrix.enable_output(0, True)
    levels = np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0.5]], np.float32)
    matrix.set_levels(levels)
    assert (matrix.levels() == levels).all()
    assert settled(engine) == near(0.125, 0.25)
    # Behind a matrix the mixer's own parameters are the bus's strip.
    mixer.bus(1).volume = 0.5
    assert settled(engine) == near(0.0625, 0.125)
    assert engine.connection_volume(matrix, mixer, 1) == 0.5
    with pytest.raises(perbus.NotMixingError):
        mixer.bus(1).meter()
    engine.stop()
    assert settled(engine) == near(0.0625, 0.125)


def test_bad_levels_change_nothing(engine):
    matrix = engine.create_matrix(1, 1)
    before = matrix.levels()
    loud, nan = before.copy(), before.copy()
    loud[0, 0], nan[0, 0] = 2.0, np.nan
    for levels in (loud, nan):
        with pytest.raises(perbus.OutOfRangeError):
            matrix.set_levels(levels)
    for levels in (before[:-1], before[0], np.zeros((0, 3), np.float32), before.T[:, ::2]):
        with pytest.raises(perbus.InvalidArgumentError):
            matrix.set_levels(levels)
    for levels in (before.astype(float), before.tolist(), None):
        with pytest.raises(TypeError):
            matrix.set_levels(levels)
    for input, output, gain in ((9, 0, 1.0), (0, 9, 1.0), (0, 0, 1.5), (0, 0, np.nan)):
        with pytest.raises(perbus.OutOfRangeError):
            matrix.set_crosspoint(input, output, gain)
    assert (matrix.levels() == before).all()


def test_players_queue_and_interrupt(mono):
    player, done = mono.create_player(), threading.Event()
    mono.connect(player, mono.main_mixer)
    mono.start()
    ones = np.ones(10, np.float32)
    player.schedule(ones, on_complete=done.set)
    player.schedule(ones * 0.5, at=20)
    ones[:] = 9.0  # it has been copied
    player.play()
    assert player.is_playing
    heard = mono.render(40)[0]
    assert heard.tolist() == [1.0] * 10 + [0.0] * 10 + [0.5] * 10 + [0.0] * 10
    assert done.wait(10)
    player.schedule(np.full(10, 0.25, np.float32), loops=True)
    assert mono.render(40)[0].tolist() == [0.25] * 40
    player.pause()
    assert mono.render(10)[0].tolist() == [0.0] * 10
    player.play()
    player.schedule(np.full(10, 0.125, np.float32), interrupts=True)
    assert mono.render(20)[0].tolist() == [0.125] * 10 + [0.0] * 10
    player.stop()
    assert not player.is_playing
    player.schedule(np.ones(5, np.float32))
    player.play_at(mono.sample_time + 5)
    assert mono.render(15)[0].tolist() == [0.0] * 5 + [1.0] * 5 + [0.0] * 5


def test_a_completion_may_schedule_more(mono):
    player, ended = mono.create_player(), threading.Event()
    mono.connect(player, mono.main_mixer)
    mono.start()

    def more():
        player.schedule(np.full(10, 0.5, np.float32))
        ended.set()

    player.schedule(np.ones(10, np.float32), on_complete=more)
    player.play()
    assert mono.render(10)[0].tolist() == [1.0] * 10
    assert ended.wait(10)
    assert 0.5 in mono.render(20)[0]


def test_a_source_that_fails_is_silent_and_says_why(mono, caplog):
    def fails(block, time):
        block.fill(1.0)
        if time >= 100:
            raise RuntimeError("no more")

    source = mono.create_source(fails)
    mono.connect(source, mono.main_mixer)
    mono.start()
    assert mono.render(200)[0].tolist() == [1.0] * 100 + [0.0] * 100
    assert isinstance(source.error, RuntimeError) and "no more" in caplog.text


def test_a_source_keeps_no_hold_of_the_engine(mono):
    kept = []
    source = mono.create_source(lambda block, time: kept.append(block))
    mono.connect(source, mono.main_mixer)
    mono.start()
    mono.render(10)
    mono.close()
    kept[0][:] = 1.0


def test_a_source_cannot_use_the_engine_that_calls_it(mono):
    caught = []

    def meddle(block, time):
        for call in (mono.close, lambda: mono.render(1)):
            try:
                call()
            except perbus.WrongKindError as error:
                caught.append(str(error))

    mono.connect(mono.create_source(meddle), mono.main_mixer)
    mono.start()
    mono.render(1)
    assert caught == [
        "a source's function cannot close an engine", "a source's function cannot render",
    ]


def test_pan_laws_and_decibels():
    assert perbus.level.pan_linear(0) == (0.5, 0.5)
    assert perbus.level.pan_constant_power(1) == pytest.approx((0.0, 1.0), abs=1e-7)
    assert perbus.level.to_db(perbus.level.from_db(-20)) == pytest.approx(-20)
    assert perbus.level.to_db(0) == -math.inf
    for bad in (2.0, math.nan):
        with pytest.raises(perbus.OutOfRangeError):
            perbus.level.pan_linear(bad)


def test_levels_hold_when_a_send_changes_the_format(engine):
    """The matrix is made anew for it, and gets its levels again."""
    matrix, other = engine.create_matrix(1, 1), engine.create_mixer()
    mono, stereo = Format(48000, 1), Format(48000, 2)
    source = engine.create_source(lambda block, time: block.fill(0.5), mono)
    engine.connect(source, matrix, format=mono)
    engine.connect(matrix, engine.main_mixer, format=stereo)
    levels = np.array([[1, 0.5, 1], [1, 1, 1]], np.float32)
    matrix.set_levels(levels)
    for call in (
        lambda: engine.connect_many(matrix, [(engine.main_mixer, 0), (other, 0)], format=mono),
        lambda: engine.connect_many(matrix, [(engine.main_mixer, 0), (other, 0)], format=stereo),
        lambda: engine.remove_destination(matrix, other),
        lambda: engine.add_destination(matrix, other, to_bus=1),
    ):
        call()
        found = matrix.levels()
        assert (found == levels[:, [0, 1, 2] if found.shape[1] == 3 else [0, 2]]).all()
    assert settled(engine) == near(0.5, 0.25)
