#!/usr/bin/env python3
"""Runs the desk's tests once more, on an engine as unkind as Apple's may be: see docs/platforms.md.

They are the programs that `cargo test --workspace --all-features` has built.
"""

import json
import os
import subprocess
import sys

# Without those that look into what only the portable engine does (engine's models), count what an
# edit costs, or take long.
TESTS = """
automation bus control equalizer fade group matrix meter mixer node pan_law player recorder scene send
sound source tap threads_edits threads_rendering
""".split()


def main() -> int:
    build = [os.environ.get("CARGO", "cargo"), "test", "--workspace", "--all-features", "--no-run"]
    build.append("--message-format=json")
    built = subprocess.run(build, check=True, stdout=subprocess.PIPE, text=True).stdout
    programs = {}
    for line in built.splitlines():
        message = json.loads(line)
        if message.get("executable") and message["target"]["kind"] == ["test"]:
            programs[message["target"]["name"]] = message["executable"]
    environment = {**os.environ, "PERBUS_MANNERS": "apple"}
    for name in TESTS:
        print(f"with manners: {name}", flush=True)
        if subprocess.run([programs[name], "--quiet"], env=environment).returncode != 0:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
