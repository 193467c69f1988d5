"""Play a loop of 250 ms with one click in it for so many rounds; tell when the clicks came.

python probe_loop.py ROUNDS
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np

from app.audio.player import Player
from tests.sound.probe_heard import RATE, RECORD_RATE, Recorder, clicks

PERIOD = RECORD_RATE // 4


def main() -> None:
    rounds = int(sys.argv[1])
    player = Player()
    player.load(clicks(), RATE)
    player.prepare()
    while not player.device_name:
        time.sleep(0.005)
    recorder = Recorder()
    while len(recorder.blocks) < 2 * RECORD_RATE // 240:
        time.sleep(0.01)
    player.loop(5 * RATE - 1_000, 5 * RATE + 3_000)
    player.play()
    while player.position() == 5 * RATE - 1_000:
        time.sleep(0.001)
    time.sleep(0.5)
    recorder.blocks.clear()
    time.sleep((rounds + 4) * 0.25)
    player.pause()
    heard = np.concatenate([block[:, 0] for _, block in recorder.blocks])
    loud = np.flatnonzero(np.abs(heard) > 0.3)
    onsets = loud[np.insert(np.diff(loud) > 2_000, 0, True)]
    errors = np.diff(onsets) - PERIOD
    report = {
        "rounds": len(onsets),
        "wrong_gaps": int((errors != 0).sum()),
        "worst": int(np.abs(errors).max()),
        "drift": int(onsets[-1] - onsets[0] - PERIOD * (len(onsets) - 1)),
        "underruns": player.underruns,
        "overflows": recorder.overflows,
    }
    player.close()
    recorder.close()
    print(json.dumps(report))  # noqa: T201


if __name__ == "__main__":
    main()
