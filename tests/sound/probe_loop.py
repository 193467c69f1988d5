"""Play a loop of 250 ms with one click in it for so many rounds; tell when the clicks came.

    python probe_loop.py ROUNDS

The sink's monitor is recorded by a program of PulseAudio's own: over minutes, and on a busy
machine, a recorder in Python would lose more than the player.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from app.audio.player import Player
from tests.sound.probe_heard import RATE, RECORD_RATE, clicks

PERIOD = RECORD_RATE // 4
START = 5 * RATE - 1_000


def main() -> None:
    rounds = int(sys.argv[1])
    player = Player()
    player.load(clicks(), RATE)
    player.loop(START, START + RATE // 4)
    player.play()
    while player.position() == START:
        time.sleep(0.001)
    time.sleep(2.0)  # a null sink takes a while to settle
    with tempfile.TemporaryDirectory() as folder:
        heard = record(Path(folder) / "heard.raw", (rounds + 4) * 0.25)
    player.pause()
    loud = np.flatnonzero(np.abs(heard) > 8_000)
    onsets = loud[np.insert(np.diff(loud) > 2_000, 0, True)]
    errors = np.diff(onsets) - PERIOD
    report = {
        "rounds": len(onsets),
        "wrong_gaps": int((errors != 0).sum()),
        "worst": int(np.abs(errors).max()),
        "drift": int(onsets[-1] - onsets[0] - PERIOD * (len(onsets) - 1)),
        "underruns": player.underruns,
    }
    player.close()
    print(json.dumps(report))  # noqa: T201


def record(path: Path, seconds: float) -> np.ndarray:
    """The left channel of the monitor, int16 at 48 kHz."""
    words = ["parec", "--raw", "--format=s16le", f"--rate={RECORD_RATE}", "--channels=2"]
    with path.open("wb") as file:
        recorder = subprocess.Popen([*words, "--device=null1.monitor"], stdout=file)
        time.sleep(seconds)
        recorder.terminate()
        recorder.wait()
    whole = path.stat().st_size // 4 * 4
    return np.fromfile(path, "<i2", whole // 2).reshape(-1, 2)[:, 0]


if __name__ == "__main__":
    main()
