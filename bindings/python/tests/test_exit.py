"""Programs end without closing their engines, and forked children have closed ones."""

import os
import subprocess
import sys

import pytest


def test_a_program_may_end_without_closing():
    program = """
import numpy, perbus
engine = perbus.Engine.offline(48000, 1)
source = engine.create_source(lambda block, time: block.fill(1))
engine.connect(source, engine.main_mixer)
player = engine.create_player()
engine.connect(player, engine.main_mixer, to_bus=1)
player.schedule(numpy.zeros(9, numpy.float32), on_complete=lambda: None)
engine.start()
engine.render(100)
print("rendered")
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "rendered\n", "")


def test_a_program_may_end_while_its_threads_work():
    program = """
import threading, time, perbus
engine = perbus.Engine.offline(48000, 2)
for bus in range(40):
    engine.connect(engine.create_player(), engine.main_mixer, to_bus=bus)
engine.connect(engine.create_source(lambda block, time: block.fill(1)), engine.main_mixer)
engine.start()

def again(work):
    try:
        while True:
            work()
    except perbus.ClosedError:
        pass

def detached():
    mixer = engine.create_mixer()
    engine.detach(mixer)
    mixer.output_volume = 0.5

for work in (lambda: engine.render(512), lambda: engine.main_mixer.snapshot(), detached):
    threading.Thread(target=again, args=(work,), daemon=True).start()
time.sleep(0.02)
"""
    for _ in range(5):
        ended = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60)
        assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_a_forked_child_has_closed_engines():
    program = """
import gc, os, signal, threading, numpy, perbus
engine = perbus.Engine.offline(48000, 1)
player, detached = engine.create_player(), engine.create_mixer()
engine.connect(player, engine.main_mixer)
engine.detach(detached)
done = threading.Event()
player.schedule(numpy.zeros(9, numpy.float32), on_complete=done.set)
engine.start()
player.play()
engine.render(100)
done.wait(10)
held, end = threading.Event(), threading.Event()

def hold():
    with engine.change():
        held.set()
        end.wait(60)

holder = threading.Thread(target=hold)
holder.start()
held.wait(10)
child = os.fork()
if child == 0:
    signal.alarm(30)
    for call in (engine.start, lambda: engine.render(9), player.play, engine.audit):
        try:
            call()
            os._exit(1)
        except perbus.ClosedError:
            pass
    detached.close()
    engine.close()
    del engine, player, detached
    gc.collect()
    with perbus.Engine.offline(48000, 1) as other:
        other.start()
        other.render(100)
    os._exit(0)
_, status = os.waitpid(child, 0)
end.set()
holder.join()
engine.render(100)
engine.close()
print(status)
"""
    ended = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", program],
        capture_output=True, text=True,
    )
    assert (ended.stdout, ended.stderr) == ("0\n", "")
