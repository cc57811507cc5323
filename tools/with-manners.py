#!/usr/bin/env python3
"""Runs the desk's tests once more, on an engine as unkind as Apple's may be: see docs/platforms.md.

They are the programs that `cargo test --workspace --all-features` has built. `with-manners.py NAME...`
runs these programs alone, with all manners.
"""

import json
import os
import subprocess
import sys
import time

# With all manners that every program meets. Without those that look into what only the portable engine
# does (engine's models), count what an edit costs, or take long.
TESTS = """
automation bus control equalizer fade group matrix meter mixer node pan_law player recorder scene send
sound source tap threads_edits threads_rendering
""".split()

# Each manner by itself over the tests of what it is about: a program, and parts of its tests' names.
ALONE = [
    ("player", "early-completions", ["completions::", "loops::", "playing::"]),
    ("source", "late-pulls", []),
    ("device", "configuration", ["events::", "restarts::"]),
    ("device", "wide-output", ["options::"]),
    ("device", "no-output", ["events::"]),
]

# What is left out, by program and manner, with the reason: it looks into what only the portable engine
# does.
KINDNESS = {
    ("meter", "apple"): {
        # Meters that taps feed are before the mixer's conversions, and late while faders move.
        "a_bus_is_metered_while_its_fader_moves",
        "folded_and_surround_buses_are_metered_as_they_are_heard",
        "stereo_into_a_mono_mixer_is_metered_as_its_sum",
        # The engine's own leave out a whole block.
        "what_is_no_number_counts_for_nothing",
    },
    ("source", "late-pulls"): {
        # A closure is dropped when its node goes, although the block of the engine may still run.
        "closures::a_sources_closure_goes_with_its_node",
        "closures::a_source_that_panics_is_silent_from_then_on",
        "in_render::handles_may_be_dropped_in_a_closure",
    },
    ("device", "configuration"): {
        # The engine has stopped by itself before anybody is notified.
        "events::a_callback_may_panic",
        "restarts::an_engine_starts_again",
    },
}


def programs():
    """The test programs by name."""
    build = [os.environ.get("CARGO", "cargo"), "test", "--workspace", "--all-features", "--no-run"]
    build.append("--message-format=json")
    built = subprocess.run(build, check=True, stdout=subprocess.PIPE, text=True).stdout
    found = {}
    for line in built.splitlines():
        message = json.loads(line)
        if message.get("executable") and message["target"]["kind"] == ["test"]:
            found[message["target"]["name"]] = message["executable"]
    return found


def passes(program, name, manners, filters):
    print(f"with {manners}: {name} {' '.join(filters)}".rstrip(), flush=True)
    begun = time.monotonic()
    kindness = sorted(KINDNESS.get((name, manners), ()))
    skipped = [word for test in kindness for word in ("--skip", test)]
    environment = {**os.environ, "PERBUS_MANNERS": manners}
    done = subprocess.run([program, "--quiet", *filters, *skipped], env=environment)
    print(f"  {time.monotonic() - begun:.1f} s", flush=True)
    return done.returncode == 0


def main() -> int:
    found = programs()
    chosen = sys.argv[1:]
    runs = [(name, "apple", []) for name in chosen or TESTS] + ([] if chosen else ALONE)
    return 0 if all(passes(found[name], name, *rest) for name, *rest in runs) else 1


if __name__ == "__main__":
    sys.exit(main())
