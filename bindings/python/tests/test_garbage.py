"""What is no longer referred to is collected, and what is collected is not called."""

import gc
import logging
import subprocess
import sys
import threading
import time
import weakref

import numpy as np

import perbus


def test_handles_go_with_their_last_reference():
    def fill(block, time):
        block.fill(1.0)

    engine = perbus.Engine.offline(48000, 2)
    source = engine.create_source(fill)
    engine.connect(source, engine.main_mixer)
    seen, function = weakref.ref(engine), weakref.ref(fill)
    del engine, fill
    assert seen() is not None  # the source keeps it
    del source
    # The engine's end has ended the node, and that the function.
    assert (seen(), function()) == (None, None)


def test_engines_that_their_functions_refer_to_are_collected():
    def make():
        engine = perbus.Engine.offline(48000, 2)
        player, detached = engine.create_player(), engine.create_player()
        sources = []

        def fill(block, time):
            sources[0].engine.format

        def ended(*how):
            engine.format

        sources.append(engine.create_source(fill))
        engine.connect(player, engine.main_mixer)
        player.schedule(np.zeros((2, 4), np.float32), on_complete=ended)
        detached.schedule(np.zeros((2, 4), np.float32), on_complete=ended)
        engine.detach(detached)
        engine.main_mixer.bus(0).fade_to(0.0, 1.0, on_end=ended)
        return [weakref.ref(thing) for thing in (engine, fill, ended)]

    seen = [reference for _ in range(10) for reference in make()]
    # A call of the function that ends with the detached player may still be running on another
    # thread, which keeps what it refers to until it returns.
    deadline = time.monotonic() + 10
    gc.collect()
    while any(reference() is not None for reference in seen) and time.monotonic() < deadline:
        gc.collect()
    assert [reference() for reference in seen] == [None] * 30


def test_functions_that_the_collector_clears_are_not_called():
    program = """
import gc, numpy, perbus

class Ended:
    __slots__ = "garbage"

    def __call__(self, end):
        self.garbage.append(end)

def make():
    garbage, slotted = {}, Ended()

    def ended(end):
        garbage["end"] = end

    # What is older is cleared earlier: first the functions, then what keeps the engine.
    garbage["ended"], garbage["slotted"] = ended, slotted
    garbage["late"] = slotted.garbage = late = [garbage]
    engine = perbus.Engine.offline(48000, 1)
    player = engine.create_player()
    engine.connect(player, engine.main_mixer)
    for on_end in (ended, slotted) * 5:
        player.schedule(numpy.zeros(9, numpy.float32), on_end=on_end)
    late.append(player)

gc.disable()
for _ in range(20):
    make()
    gc.collect()
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_functions_without_weak_references_are_called(mono):
    class Ended:
        __slots__ = "ends"

        def __call__(self, end):
            self.ends.append(end)

    function = Ended()
    function.ends = ends = []
    mono.main_mixer.bus(0).fade_to(0.5, 1.0, on_end=function)
    mono.main_mixer.bus(0).fade_to(0.5, 1.0, on_end=ends.append)
    mono.main_mixer.bus(0).volume = 1.0
    assert ends == [perbus.FadeEnd.REPLACED, perbus.FadeEnd.REPLACED]


def test_what_a_source_failed_with_is_collected(monkeypatch):
    monkeypatch.setattr(logging.getLogger("perbus"), "disabled", True)

    def make():
        engine = perbus.Engine.offline(1000, 1)

        class Failure(Exception):
            pass

        def fails(block, time):
            raise Failure(engine)

        source = engine.create_source(fails)
        engine.connect(source, engine.main_mixer)
        engine.start()
        engine.render(10)
        assert source.error.args == (engine,) and source.error.__traceback__ is not None
        return weakref.ref(engine), weakref.ref(source.error)

    seen = make()
    gc.collect()
    assert [reference() for reference in seen] == [None, None]


def test_handles_that_go_in_a_sources_function_end_elsewhere(mono):
    ended, threads = threading.Event(), []

    def complete():
        threads.append(threading.get_ident())
        ended.set()

    doomed = [perbus.Engine.offline(48000, 1), mono.create_mixer()]
    player = doomed[0].create_player()
    doomed[0].connect(player, doomed[0].main_mixer)
    player.schedule(np.zeros(9, np.float32), on_complete=complete)
    del player
    mono.detach(doomed[1])
    mono.connect(mono.create_source(lambda block, time: doomed.clear()), mono.main_mixer)
    mono.start()
    mono.render(10)
    # The end of the engine has ended what was queued.
    assert ended.wait(10) and threads != [threading.get_ident()]
