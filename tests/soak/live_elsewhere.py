"""A call placed elsewhere, recorded at the real window by keys alone: two tracks of one clock.

    python live_elsewhere.py FOLDER SECONDS

A stereo file is played into the loudspeaker's sink: the microphone hears its left side, the other
track both. The last line on standard output is what was done, as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import soundfile

from app.ui.live.setup import ELSEWHERE
from tests.soak.live_driver import CONTROL, Driver, Key, run
from tests.soak.live_sight import words
from tests.sound.live_rig import RECORD_HZ
from tests.sound.pulse import PulseServer

SINK, MIC = "null1", "left"
APART_S, EVERY_S, CLICK_S = 0.25, 1.0, 0.02
"""So much after a click of the left side comes one of the right side."""


def add_mic(server: PulseServer) -> None:
    """A microphone that hears the left side of the loudspeaker alone."""
    words = [f"source_name={MIC}", f"master={SINK}.monitor", "master_channel_map=front-left"]
    words += ["channels=1", "channel_map=mono", "remix=no"]
    server.pactl("load-module", "module-remap-source", *words)
    server.pactl("set-default-source", MIC)
    server.pactl("set-default-sink", SINK)


def clicks(seed: int) -> np.ndarray:
    """A click of noise that is like no other seed's; (frames,)."""
    rng = np.random.default_rng(seed)
    return rng.normal(0, 6_000, round(CLICK_S * RECORD_HZ)).astype(np.int16)


def make_sound(path: Path, seconds: float) -> None:
    """Clicks of both sides, in turn."""
    pcm = np.zeros((round(seconds * RECORD_HZ), 2), np.int16)
    left, right, apart = clicks(1), clicks(2), round(APART_S * RECORD_HZ)
    step = round(EVERY_S * RECORD_HZ)
    for at in range(step // 2, len(pcm) - apart - len(right), step):
        pcm[at : at + len(left), 0] = left
        pcm[at + apart : at + apart + len(right), 1] = right
    soundfile.write(path, pcm, RECORD_HZ)


def main() -> None:
    folder, seconds = Path(sys.argv[1]), float(sys.argv[2])
    sound = folder / "clicks.wav"
    make_sound(sound, seconds)
    driver = Driver(folder / "ws")
    driver.open_live()
    page = driver.live.setup_page
    row = next(r for r in page.agents.rows if r.key == ELSEWHERE)
    driver.tab_to(page.agents.rows[0])
    driver.press(*[Key.Key_Down] * page.agents.rows.index(row))
    assert page.setup.profile == ELSEWHERE, driver.where()
    offered = [page.sound.loudspeaker.itemText(i) for i in range(page.sound.loudspeaker.count())]
    driver.shot("elsewhere_set_up")
    driver.press((Key.Key_Return, CONTROL))
    driver.connected()
    played = subprocess.Popen(["paplay", f"--device={SINK}", str(sound)])
    driver.until(lambda: played.poll() is not None, "the clicks")
    driver.press(Key.Key_F8)
    shown = words(driver.live.call_page)
    driver.shot("elsewhere")
    driver.press((Key.Key_Period, CONTROL))
    done = driver.rate()
    driver.shot("elsewhere_summary")
    report = {
        "platform": driver.app.platformName(), "call": done.call_id, "dropped": done.dropped,
        "offered": offered, "says_for_me": any("Say now" in w for w in shown),
        "failures": driver.failures,
    }  # fmt: skip
    driver.close()
    print(json.dumps(report))  # noqa: T201


if __name__ == "__main__":
    run(main)
