"""A session of MOS trials in the real window, recorded at the sink's monitor.

Prints JSON: for each trial of one answer `gain_error_db` (against the app's gain), `residual_db`
(the loudest 10 ms of what is not the stimulus, against the stimulus), `ears_db` (left less right),
`valid`, `underruns`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.audio import clip_build
from app.services.studies import rendering
from app.services.workspace import Workspace
from tests.sound.listen_driver import Driver, Key, make_study

RATE = 48_000
BLOCK = RATE // 100
CANDIDATES = 12
Samples = NDArray[np.float32]


def places(sound: Samples, within: Samples) -> list[int]:
    """Where a sound may begin within a longer one, by correlation; clips resemble each other."""
    size = 1 << (len(within) + len(sound) - 1).bit_length()
    spectrum = np.fft.rfft(within, size) * np.conj(np.fft.rfft(sound, size))
    likeness = np.fft.irfft(spectrum, size)[: len(within)]
    found = []
    for _ in range(CANDIDATES):
        at = int(np.argmax(likeness))
        found.append(at)
        likeness[max(0, at - RATE // 2) : at + RATE // 2] = -np.inf
    return found


def compare(sound: Samples, gain_db: float, recorded: Samples) -> dict[str, Any]:
    """How a recording of both ears holds a stimulus at a gain, at the place where it fits best."""
    found = (_compare_at(at, sound, gain_db, recorded) for at in places(sound, recorded[:, 0]))
    return min(found, key=lambda one: float(one["residual_db"]))


def _compare_at(at: int, sound: Samples, gain_db: float, recorded: Samples) -> dict[str, Any]:
    cut = recorded[at : at + len(sound)]
    wanted = sound[: len(cut)]
    left, right = (max(1e-9, float(cut[:, ear] @ wanted)) for ear in (0, 1))
    rest = cut[:, 0] - wanted * np.float32(10 ** (gain_db / 20))
    blocks = rest[: len(rest) // BLOCK * BLOCK].reshape(-1, BLOCK)
    loudest = float(np.sqrt((blocks**2).mean(axis=1)).max(initial=1e-9))
    own = float(np.sqrt((sound**2).mean())) * 10 ** (gain_db / 20)
    return {
        "whole": len(cut) == len(sound),
        "gain_error_db": 20 * np.log10(left / float(wanted @ wanted)) - gain_db,
        "ears_db": 20 * np.log10(left / right),
        "residual_db": 20 * np.log10(loudest / own),
    }


def sounds(ws: Workspace, driver: Driver) -> list[tuple[Any, Samples]]:
    """Each vote with the stimulus that it is on, at the sink's rate."""
    found = []
    with ws.db.read() as uow:
        for vote in driver.votes():
            stimulus = uow.studies.stimulus(vote.stimulus_id)
            assert stimulus is not None
            samples, rate_hz = rendering.load(ws, stimulus.sha256)
            found.append((vote, clip_build.at_rate(samples, rate_hz, RATE)))
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        ws, _study = make_study(Path(folder), "acr", int(sys.argv[1]))
        raw = Path(folder) / "monitor.raw"
        words = ["parec", "--device=null1.monitor", "--format=float32le", f"--rate={RATE}",
                 "--channels=2", "--raw"]  # fmt: skip
        with raw.open("wb") as out:
            recorder = subprocess.Popen(words, stdout=out)
            driver = Driver(ws)
            driver.set_up()

            def answer(n: int) -> None:
                driver.heard()
                driver.press((Key.Key_5, Key.Key_3, Key.Key_2)[n % 3])

            driver.go_through(answer)
            recorder.terminate()
            recorder.wait()
        recorded = np.fromfile(raw, np.float32).reshape(-1, 2)
        report = [
            {
                **compare(sound, vote.heard.gain_db, recorded),
                "valid": vote.valid,
                "underruns": vote.heard.underruns,
            }
            for vote, sound in sounds(ws, driver)
        ]
        driver.close()
        ws.close()
    print(json.dumps(report))  # noqa: T201


if __name__ == "__main__":
    main()
