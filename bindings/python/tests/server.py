"""A PulseAudio server of the tests' own."""

import os
import signal
import subprocess
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Dict, Iterator

import numpy as np
import pytest

SCRIPT = Path(__file__).parents[3] / "tools/with-pulse.sh"
#: A server that is not there.
NOWHERE = {"PERBUS_AUDIO": "pulse", "PULSE_SERVER": "unix:/nonexistent/socket"}


@contextmanager
def running() -> Iterator[Dict[str, str]]:
    """The environment in which the server is found: it has the sinks "first" and "second"."""
    names = ("XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "PULSE_SERVER")
    ready = "; ".join(f"echo ${name}" for name in names) + "; cat"
    words = ["sh", str(SCRIPT), "sh", "-c", ready]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None and server.stdout is not None
        lines = [server.stdout.readline().strip()]
        if not lines[0].startswith("/"):
            print(lines[0])
            pytest.skip(lines[0])
        lines += [server.stdout.readline().strip() for _ in names[1:]]
        try:
            yield dict(zip(names, lines))
        finally:
            server.stdin.close()


def kill(environment: Dict[str, str]) -> None:
    """As a crash ends it; it starts again by itself."""
    os.kill(int((Path(environment["XDG_RUNTIME_DIR"]) / "pid").read_text()), signal.SIGKILL)


def hears(sink: str, value: float, tolerance: float = 0.0) -> bool:
    """Whether a sink plays this value on the left for 0.1 s, within two seconds of its sound."""
    words = ["parec", f"--device={sink}.monitor", "--rate=48000", "--channels=2"]
    words += ["--format=float32le", "--raw", "--latency-msec=20"]
    silent, found = subprocess.DEVNULL, 0
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=silent) as monitor:
        assert monitor.stdout is not None
        for _ in range(2 * 48000 // 480):
            block = np.frombuffer(monitor.stdout.read(8 * 480), np.float32)[::2]
            near = (np.abs(block - np.float32(value)) <= tolerance).all()
            found = found + len(block) if near else 0
            if found >= 4800 or len(block) == 0:
                break
        monitor.kill()
    return found >= 4800


def reaches(condition: Callable[[], bool], seconds: float = 4.0) -> bool:
    """Whether something comes true in time."""
    pause, end = threading.Event(), time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        pause.wait(0.01)
    return condition()
