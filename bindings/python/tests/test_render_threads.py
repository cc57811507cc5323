"""Rendering on several threads: the samples of one."""

import threading

import numpy as np
import pytest
from conftest import constant
from test_threads import run_all

import perbus


def crowd(threads):
    """Three sub-mixers of 20 sources each, no two of one sound; and the threads they ran on."""
    engine = perbus.Engine.offline(48000, 2, 512)
    engine.set_render_threads(threads)
    ran = set()

    def sine(step):
        def fill(block, time):
            ran.add(threading.get_ident())
            block[:] = np.sin(step * np.arange(time, time + block.shape[1])) / 64
        return fill

    for group in range(3):
        mixer = engine.create_mixer()
        engine.connect(mixer, engine.main_mixer, to_bus=group)
        for bus in range(20):
            source = engine.create_source(sine((1 + group * 20 + bus) / 1000))
            engine.connect(source, mixer, to_bus=bus)
            mixer.bus(bus).pan = (bus - 10) / 10
    engine.start()
    return engine, ran


def test_two_threads_render_the_samples_of_one():
    (alone, ran), (shared, _) = crowd(1), crowd(2)
    with alone, shared:
        for round in range(20):
            if round == 10:
                # The other way round, while it runs.
                assert ran == {threading.get_ident()}
                alone.set_render_threads(4)
                shared.set_render_threads(1)
            expected = alone.render(512)
            assert (shared.render(512) == expected).all() and expected.any()


def test_two_threads_run_functions_at_one_time(mono):
    mono.set_render_threads(2)
    both = threading.Barrier(2, timeout=60)
    sources = []
    for group in range(3):
        mixer = mono.create_mixer()
        mono.connect(mixer, mono.main_mixer, to_bus=group)
        for bus in range(20):
            # One of the first group's and one of the second's wait for each other.
            waits = bus == 0 and group < 2
            sources.append(mono.create_source(lambda block, time, waits=waits: waits and both.wait()))
            mono.connect(sources[-1], mixer, to_bus=bus)
    mono.start()
    mono.render(10)
    assert [source.error for source in sources if source.error] == []


def test_threads_come_and_go_while_others_render_and_set():
    engine, _ = crowd(2)
    with engine:
        def render():
            for _ in range(40):
                assert np.isfinite(engine.render(64)).all()

        def count():
            for number in range(40):
                engine.set_render_threads(1 + number % 3)

        def move():
            for number in range(40):
                engine.set_mixer_volume_for_bus(engine.main_mixer, number % 2, 0)

        run_all(render, count, move)
        assert engine.audit() == []


def test_bad_numbers_of_threads_are_refused(engine):
    assert perbus.MAX_RENDER_THREADS == 64
    for threads in (0, -1, 65, 2**32, 2**64, -(2**64)):
        with pytest.raises(perbus.OutOfRangeError):
            engine.set_render_threads(threads)
    for threads in (None, 2.0, "2", np.zeros(2)):
        with pytest.raises(TypeError):
            engine.set_render_threads(threads)
    engine.set_render_threads(np.int64(perbus.MAX_RENDER_THREADS))


def test_a_function_of_a_source_cannot_set_them(mono):
    def fill(block, time):
        mono.set_render_threads(2)

    source = mono.create_source(fill)
    mono.connect(source, mono.main_mixer)
    mono.connect(constant(mono), mono.main_mixer, to_bus=1)
    mono.start()
    assert (mono.render(10) == 1.0).all()
    assert isinstance(source.error, perbus.WrongKindError)
