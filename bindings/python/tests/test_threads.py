"""Several threads set buses and change the graph while another one renders."""

import random
import subprocess
import sys
import threading

import numpy as np
import pytest
from conftest import constant, settled

import perbus

ROUNDS = 300


def run_all(*jobs):
    failed = []

    def guarded(job):
        try:
            job()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=guarded, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive(), "a thread hangs"
    assert failed == []


def test_buses_are_set_while_another_thread_renders(engine):
    mixer = engine.main_mixer
    for bus in range(4):
        engine.connect(constant(engine, 0.125), mixer, to_bus=bus)
    engine.start()
    end = threading.Event()

    def render():
        out = np.empty((2, 512), np.float32)
        while not end.is_set():
            engine.render(out=out)
            assert np.isfinite(out).all() and abs(out).max() <= 0.5 + 1e-5

    def setter(bus):
        def work():
            chance = random.Random(bus)
            for _ in range(ROUNDS):
                engine.set_mixer_volume_for_bus(mixer, chance.random(), bus)
                mixer.bus(bus).pan = chance.uniform(-1, 1)
            mixer.bus(bus).pan = 0.0
            mixer.bus(bus).volume = (bus + 1) / 8
        return work

    def work_then_end():
        run_all(*[setter(bus) for bus in range(4)])
        end.set()

    run_all(render, work_then_end)
    assert settled(engine) == pytest.approx([0.125 * (1 + 2 + 3 + 4) / 8] * 2, abs=1e-5)
    assert engine.audit() == []


def test_the_graph_changes_while_another_thread_renders(engine):
    mixer, end = engine.main_mixer, threading.Event()
    engine.start()

    def render():
        while not end.is_set():
            engine.render(512)

    def wire(number):
        def work():
            source, player = constant(engine, 0.1), engine.create_player()
            for step in range(ROUNDS // 5):
                engine.connect(source, mixer, to_bus=number)
                engine.add_destination(source, mixer, to_bus=number + 4)
                engine.connect(player, mixer, to_bus=number + 8)
                player.schedule(np.zeros((2, 64), np.float32))
                player.play()
                mixer.configure([perbus.BusConfig(number, volume=step / ROUNDS)])
                engine.disconnect_output(source)
            player.close()
            source.close()
        return work

    def work_then_end():
        run_all(*[wire(number) for number in range(3)])
        end.set()

    run_all(render, work_then_end)
    assert engine.audit() == []


def test_an_engine_may_be_closed_while_it_renders():
    for _ in range(20):
        engine = perbus.Engine.offline(48000, 2, 64)
        engine.connect(constant(engine), engine.main_mixer)
        engine.start()
        started = threading.Event()

        def render(engine=engine, started=started):
            with pytest.raises(perbus.ClosedError):
                while True:
                    engine.render(64)
                    started.set()

        def close(engine=engine, started=started):
            started.wait(10)
            engine.close()

        run_all(render, close)


def test_brackets_of_several_threads_wait_for_one_another(engine):
    mixer = engine.main_mixer
    for bus in range(2):
        engine.connect(constant(engine, 0.5), mixer, to_bus=bus)

    def swap():
        for step in range(100):
            with engine.change():
                mixer.bus(0).volume = (step % 2) / 1
                mixer.bus(1).volume = 1 - mixer.bus(0).volume

    run_all(swap, swap, swap)
    assert settled(engine) == pytest.approx([0.5, 0.5], abs=1e-6)


def test_an_engine_may_be_closed_beside_completions_and_setters():
    for _ in range(20):
        engine = perbus.Engine.offline(48000, 1, 64)
        player, bus = engine.create_player(), engine.main_mixer.bus(0)
        engine.connect(player, engine.main_mixer)
        engine.start()
        started = threading.Event()

        def again(player=player, started=started):
            try:
                player.schedule(np.zeros(16, np.float32), on_complete=again)
                started.set()
            except perbus.ClosedError:
                pass

        def render(engine=engine):
            with pytest.raises(perbus.ClosedError):
                while True:
                    engine.render(64)

        def move(bus=bus):
            with pytest.raises(perbus.ClosedError):
                while True:
                    bus.volume = 0.5
                    bus.mixer.bus(1)

        def close(engine=engine, started=started):
            assert started.wait(10)
            engine.close()

        player.schedule(np.zeros(16, np.float32), on_complete=again)
        player.play()
        run_all(render, move, close)


def test_a_sources_function_calls_no_engine(mono):
    """It would wait for the block that it makes, or for a thread that waits for that block."""
    mixer, player, told = mono.main_mixer, mono.create_player(), []
    mono.connect(player, mixer, to_bus=1)
    calls = [
        mono.stop, mono.close, player.close, mixer.snapshot, mixer.meter, player.play,
        lambda: mono.detach(player), lambda: mono.connect(player, mixer, to_bus=2),
        lambda: mono.render(10), lambda: setattr(mixer.bus(0), "volume", 0.5),
        lambda: mono.sample_time, mono.change().__enter__, mono.create_mixer,
    ]

    def fill(block, time):
        for call in calls:
            with pytest.raises(perbus.WrongKindError) as refused:
                call()
            told.append(refused.value)

    source = mono.create_source(fill)
    mono.connect(source, mixer)
    mono.start()
    mono.render(10)
    assert source.error is None and len(told) == len(calls)
    player.close()
    mono.stop()


def test_a_bracket_does_not_wait_for_who_waits_for_its_end(engine):
    mixer = engine.main_mixer
    sources = [constant(engine, 0.25) for _ in range(2)]
    engine.start()

    end = threading.Event()

    def render():
        while not end.is_set():
            engine.render(64)

    def rewire():
        for round in range(ROUNDS):
            with engine.change():
                engine.connect(sources[round % 2], mixer)
                try:
                    engine.render(8)
                except perbus.WrongKindError:
                    pass  # the other thread is at it
        end.set()

    run_all(render, rewire)
    assert engine.audit() == []


def test_a_setter_that_waits_for_an_edit_lets_the_block_be_made(engine):
    """The edit waits for the block, whose source needs the GIL: whatever waits for the edit must not
    keep it."""
    mixer, end = engine.main_mixer, threading.Event()

    def slow(block, time):
        block.fill(sum(range(2000)) and 0.125)

    for bus in range(4):
        engine.connect(engine.create_source(slow), mixer, to_bus=bus)
    engine.start()

    def render():
        while not end.is_set():
            engine.render(32)

    def edit():
        player = engine.create_player()
        for step in range(ROUNDS):
            engine.connect(player, mixer, to_bus=4 + step % 2)
            engine.set_render_threads(1 + step % 2)
            engine.detach(player)
            engine.attach(player)

    def move(bus):
        def work():
            while not end.is_set():
                mixer.bus(bus).volume = 0.5
                mixer.bus(bus).pan = 0.5
                mixer.bus(bus).muted = not mixer.bus(bus).muted
        return work

    def edit_then_end():
        run_all(edit)
        end.set()

    run_all(render, move(0), move(4), edit_then_end)
    assert engine.audit() == []


def test_completions_and_stops_do_not_wait_for_each_other(mono):
    players = [mono.create_player() for _ in range(4)]
    for bus, player in enumerate(players):
        mono.connect(player, mono.main_mixer, to_bus=bus)
    mono.start()
    done = threading.Semaphore(0)

    def completed():
        try:
            mono.main_mixer.bus(0).volume = 0.5
            mono.main_mixer.snapshot()
        except perbus.ClosedError:
            pass
        done.release()

    def stop(player):
        def work():
            for _ in range(ROUNDS // 5):
                player.schedule(np.zeros(8, np.float32), on_complete=completed)
                player.play()
                mono.render(4)
                player.stop()
                with mono.change():
                    mono.main_mixer.bus(1).pan = 0.5
        return work

    run_all(*[stop(player) for player in players])
    mono.close()
    for _ in range(len(players) * (ROUNDS // 5)):
        assert done.acquire(timeout=10)


def test_a_signal_comes_between_two_blocks(mono):
    """The user's Ctrl-C, during a long render whose sources are not Python's."""
    program = """
import os, signal, threading, time, numpy, perbus
engine = perbus.Engine.offline(48000, 2, 64)
engine.start()
# A shell that starts the tests in the background has the signal ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
try:
    while True:
        engine.render(1 << 20)
except KeyboardInterrupt:
    done = engine.sample_time
    print(done % (1 << 20) != 0 and done % 64 == 0)
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "True\n", "")


@pytest.mark.parametrize("call", [
    "bus.volume = 0.5", "bus.pan = 0.5", "bus.muted = True",
    "engine.set_mixer_volume_for_bus(mixer, 0.5, 0)", "player.stop()",
    "engine.connect(player, mixer, to_bus=1)", "engine.detach(player)", "engine.stop()",
    "bus.fade_to(0.5, 1.0)", "mixer.configure([perbus.BusConfig(0, pan=1.0)])",
])
def test_a_call_that_waits_for_an_edit_releases_the_gil(call):
    """Another thread has a batch open and needs the GIL to close it. Threads switch only where the GIL
    is released: a call that keeps it while it waits ends in the watchdog."""
    program = f"""
import faulthandler, sys, threading, numpy, perbus
faulthandler.dump_traceback_later(30, exit=True)
engine = perbus.Engine.offline(1000, 1, 100)
mixer, player, bus = engine.main_mixer, engine.create_player(), engine.main_mixer.bus(0)
engine.connect(player, mixer)
engine.start()
bus.volume = 0.25
begun, ended = threading.Event(), threading.Event()

def work():
    begun.set()
    {call}
    ended.set()

sys.setswitchinterval(600)
batch = engine.batch()
batch.__enter__()
thread = threading.Thread(target=work)
thread.start()
begun.wait()
assert not ended.is_set()
batch.__exit__(None, None, None)
thread.join()
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_a_completion_and_an_edit_share_the_gil():
    """The completion waits for an edit that is under way, and that for the block of a source which
    wants the GIL."""
    program = """
import faulthandler, sys, threading, numpy, perbus
faulthandler.dump_traceback_later(30, exit=True)
engine = perbus.Engine.offline(1000, 1, 100)
mixer, player, bus = engine.main_mixer, engine.create_player(), engine.main_mixer.bus(0)
engine.connect(player, mixer)
inside, go, completed = threading.Event(), threading.Event(), threading.Event()

def fill(block, time):
    if time >= 100:
        inside.set()
        go.wait()
    block.fill(0.5)

def complete():
    while not edited.is_set():
        bus.volume = 0.25
        bus.muted = False
    completed.set()

engine.connect(engine.create_source(fill), mixer, to_bus=1)
engine.start()
player.schedule(numpy.zeros(8, numpy.float32), on_complete=complete)
player.play()
edited = threading.Event()

def edit():
    engine.set_render_threads(2)
    engine.connect(engine.create_mixer(), mixer, to_bus=2)
    edited.set()

engine.render(100)
renderer = threading.Thread(target=engine.render, args=(100,))
renderer.start()
inside.wait()
editor = threading.Thread(target=edit)
editor.start()
for step in range(1000):
    if step == 500:
        go.set()
    bus.pan = 0.5
for thread in (renderer, editor):
    thread.join()
completed.wait()
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
