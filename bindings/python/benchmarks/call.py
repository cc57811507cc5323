"""What a call costs: python benchmarks/call.py FLOOR [--check]

The floor is an empty setter of an extension class: a property whose setter converts its value and
does nothing. A fader's move may cost twice as much, and a mute as much with 1,024 strips as with one.
All are measured in turns, round after round; the best round counts, since whatever else the machine
does only adds time. --check fails when a bound is missed.
"""

import argparse
import importlib.machinery
import importlib.util
import sys
import timeit
from typing import Any, Callable, Dict

import numpy

import perbus

LOOPS = 20_000
ROUNDS = 60


def per_call(first: str, second: str, **names: object) -> Callable[[], float]:
    """Of two calls in turns, so that each changes the value."""
    loops = names.pop("loops", LOOPS)
    timer = timeit.Timer(f"{first}; {second}", globals=names)
    return lambda: timer.timeit(loops) / (2 * loops)


def load_floor(path: str) -> Any:
    loader = importlib.machinery.ExtensionFileLoader("perbus_floor", path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def desk(strips: int) -> perbus.Engine:
    engine = perbus.Engine.offline(48000, 2, 512)
    player = engine.create_player()
    engine.connect(player, engine.main_mixer)
    for bus in range(strips):
        engine.main_mixer.bus(bus)
    engine.start()
    return engine


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("floor", help="the library of benchmarks/floor")
    arguments.add_argument("--check", action="store_true", help="fail when a bound is missed")
    given = arguments.parse_args()
    small, large = desk(1), desk(1024)
    mixer = small.main_mixer
    bus, wide = mixer.bus(0), large.main_mixer.bus(0)
    samples = numpy.zeros((2, 64), numpy.float32)
    measured: Dict[str, Callable[[], float]] = {
        "an empty setter": per_call("e.value = 0.5", "e.value = 0.25", e=load_floor(given.floor).Empty()),
        "Bus.volume = ...": per_call("b.volume = 0.5", "b.volume = 0.25", b=bus),
        "Bus.pan = ...": per_call("b.pan = 0.5", "b.pan = 0.25", b=bus),
        "Bus.volume": per_call("b.volume", "b.volume", b=bus),
        "Bus.muted = ..., 1 strip": per_call("b.muted = True", "b.muted = False", b=bus),
        "Bus.muted = ..., 1,024 strips": per_call("b.muted = True", "b.muted = False", b=wide),
        "Bus.label = ..., 1,024 strips": per_call("b.label = 'a'", "b.label = 'b'", b=wide),
        "set_mixer_volume_for_bus": per_call("f(m, 0.5, 0)", "f(m, 0.25, 0)",
                                             f=small.set_mixer_volume_for_bus, m=mixer),
        "render(out=...), 64 frames": per_call("f(out=o)", "f(out=o)", loops=LOOPS // 10,
                                               f=small.render, o=samples),
    }
    best = dict.fromkeys(measured, float("inf"))
    for _ in range(ROUNDS):
        for name, measure in measured.items():
            best[name] = min(best[name], measure())
    nanoseconds = {name: time * 1e9 for name, time in best.items()}
    for name, time in nanoseconds.items():
        print(f"{name:32} {time:8.1f} ns")
    missed = False
    for name, limit in (
        ("Bus.volume = ...", 2 * nanoseconds["an empty setter"]),
        ("Bus.muted = ..., 1,024 strips", 1.25 * nanoseconds["Bus.muted = ..., 1 strip"]),
    ):
        missed |= nanoseconds[name] > limit
        print(f"{name}: {nanoseconds[name]:.1f} ns, at most {limit:.1f}")
    return 1 if given.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
