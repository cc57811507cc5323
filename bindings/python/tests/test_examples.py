"""The examples do what they say."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import server

import perbus

ROOT = Path(__file__).parents[3]
LIVE = Path(__file__).parent.parent / "examples/live.py"


@pytest.fixture
def stems(tmp_path):
    paths = []
    for number in range(2):
        paths.append(str(tmp_path / f"{number}.wav"))
        with perbus.File.create(paths[-1], perbus.Format(48000, 1)) as file:
            file.write(np.full(48000, 0.25, np.float32))
    return paths


def test_live_without_a_server_says_so(stems):
    words = [sys.executable, str(LIVE), *stems]
    ended = subprocess.run(
        words, env={**os.environ, **server.NOWHERE}, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 1 and ended.stdout == ""
    assert ended.stderr.startswith("live: ") and "no PulseAudio server answers" in ended.stderr


def test_live_plays_and_survives_the_loss_of_its_server(stems):
    words = ["sh", str(server.SCRIPT), "sh", str(ROOT / "tests/examples/live.sh")]
    words += [sys.executable, str(LIVE), "--seconds", "3", *stems]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=60)
    if "skipped" in ended.stdout:
        print(ended.stdout)
        pytest.skip(ended.stdout)
    assert (ended.returncode, ended.stderr) == (0, "")
