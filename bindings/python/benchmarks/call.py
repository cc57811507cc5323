"""What a call costs: python benchmarks/call.py [--check]

The target is one raw call through the extension at no more than Python's own call overhead (the
same mechanism calling a C function that does nothing) and twice the call in C. The C call is timed
by a loop in C, compiled here. All are measured in turns, round after round; the best round counts,
since whatever else the machine does only adds time. --check fails when the target is missed.
"""

import argparse
import sys
import tempfile
import timeit
from typing import Callable, Dict

from cffi import FFI

import perbus
from perbus._library import ffi, lib

LOOPS = 20_000
ROUNDS = 60

LOOP = """
#include <stdint.h>
#include <time.h>
typedef int (*set_volume)(void *, void *, uint32_t, float, void *);
typedef int (*is_running)(void *, void *, void *);
static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}
static double time_set(uintptr_t call, uintptr_t source, uintptr_t mixer, uintptr_t error, int n) {
    double start = now();
    for (int i = 0; i < n; i++)
        ((set_volume)call)((void *)source, (void *)mixer, 0, (i & 1) ? 0.5f : 0.25f, (void *)error);
    return (now() - start) / n;
}
static double time_get(uintptr_t call, uintptr_t engine, uintptr_t out, uintptr_t error, int n) {
    double start = now();
    for (int i = 0; i < n; i++)
        ((is_running)call)((void *)engine, (void *)out, (void *)error);
    return (now() - start) / n;
}
/* What calling costs: as many arguments, no work, but a call that the compiler leaves in. */
__attribute__((noinline)) static int nothing5(void *a, void *b, uint32_t c, float d, void *e) {
    (void)a, (void)b, (void)c, (void)d, (void)e;
    __asm__ volatile("");
    return 0;
}
__attribute__((noinline)) static int nothing3(void *a, void *b, void *c) {
    (void)a, (void)b, (void)c;
    __asm__ volatile("");
    return 0;
}
"""


def build() -> object:
    builder = FFI()
    builder.cdef(
        """
        double time_set(uintptr_t, uintptr_t, uintptr_t, uintptr_t, int);
        double time_get(uintptr_t, uintptr_t, uintptr_t, uintptr_t, int);
        int nothing5(void *, void *, uint32_t, float, void *);
        int nothing3(void *, void *, void *);
        """
    )
    builder.set_source("_perbus_loop", LOOP, extra_compile_args=["-O2"])
    with tempfile.TemporaryDirectory() as folder:
        builder.compile(tmpdir=folder)
        sys.path.insert(0, folder)
        try:
            import _perbus_loop
        finally:
            sys.path.remove(folder)
    return _perbus_loop.lib


def address(pointer: object) -> int:
    return int(ffi.cast("uintptr_t", pointer))


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--check", action="store_true", help="fail when the target is missed")
    check = arguments.parse_args().check
    loop = build()
    engine = perbus.Engine.offline(48000, 2, 512)
    mixer, player = engine.main_mixer, engine.create_player()
    engine.connect(player, mixer)
    bus = mixer.bus(0)
    error, running = ffi.new("perbus_error *"), ffi.new("bool *")
    source, into, handle = player._raw.pointer, mixer._raw.pointer, engine._pointer
    set_volume, is_running = lib.perbus_connection_set_volume, lib.perbus_engine_is_running
    assert set_volume(source, into, 0, 0.5, error) == 0 and is_running(handle, running, error) == 0
    # Through the library's own address, as a C program calls it.
    set_address = address(ffi.addressof(lib, "perbus_connection_set_volume"))
    get_address = address(ffi.addressof(lib, "perbus_engine_is_running"))

    def per_call(statement: str, **names: object) -> Callable[[], float]:
        timer = timeit.Timer(statement, globals=names)
        # Of two calls, so that each changes the value; without the loop's own cost.
        return lambda: timer.timeit(LOOPS) / (2 * LOOPS)

    def pair(call: str, first: str, second: str, **names: object) -> Callable[[], float]:
        return per_call(f"{call.replace('@', first)}; {call.replace('@', second)}", **names)

    measured: Dict[str, Callable[[], float]] = {
        "a Python function of five arguments": per_call(
            "f(s, m, 0, 0.5, e); f(s, m, 0, 0.25, e)",
            f=lambda a, b, c, d, e: None, s=source, m=into, e=error,
        ),
        "perbus_version()": per_call("f(); f()", f=lib.perbus_version),
        "overhead, three arguments": per_call(
            "f(s, m, e); f(s, m, e)", f=loop.nothing3, s=source, m=running, e=error
        ),
        "overhead, five arguments": pair(
            "f(s, m, 0, @, e)", "0.5", "0.25", f=loop.nothing5, s=source, m=into, e=error
        ),
        "C: is_running": lambda: loop.time_get(
            get_address, address(handle), address(running), address(error), 2 * LOOPS
        ),
        "raw: is_running": per_call(
            "f(h, r, e); f(h, r, e)", f=is_running, h=handle, r=running, e=error
        ),
        "C: set_volume": lambda: loop.time_set(
            set_address, address(source), address(into), address(error), 2 * LOOPS
        ),
        "raw: set_volume": pair(
            "f(s, m, 0, @, e)", "0.5", "0.25", f=set_volume, s=source, m=into, e=error
        ),
        "Bus.volume = ...": pair("b.volume = @", "0.5", "0.25", b=bus),
        "set_mixer_volume_for_bus": pair(
            "f(m, @, 0)", "0.5", "0.25", f=engine.set_mixer_volume_for_bus, m=mixer
        ),
    }
    best = dict.fromkeys(measured, float("inf"))
    for _ in range(ROUNDS):
        for name, measure in measured.items():
            best[name] = min(best[name], measure())
    nanoseconds = {name: time * 1e9 for name, time in best.items()}
    for name, time in nanoseconds.items():
        print(f"{name:38} {time:8.1f} ns")
    missed = False
    for call, overhead in (
        ("set_volume", "overhead, five arguments"),
        ("set_volume", "perbus_version()"),
        ("is_running", "overhead, three arguments"),
        ("is_running", "perbus_version()"),
    ):
        limit = nanoseconds[overhead] + 2 * nanoseconds[f"C: {call}"]
        raw = nanoseconds[f"raw: {call}"]
        verdict = "reached" if raw <= limit else "MISSED"
        missed = missed or raw > limit
        print(f"{call}: {raw:.1f} of {limit:.1f} ns ({overhead} + 2 C calls): {verdict}")
    engine.close()
    return 1 if check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
