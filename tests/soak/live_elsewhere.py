"""A call placed elsewhere, recorded at the real window by keys alone: two tracks of one clock.

    python live_elsewhere.py FOLDER SECONDS

The microphone hears what the loudspeaker plays, as one before it would. A source that the sound
server makes of another, such as one side of it, tells a delay that is 10 ms off. The last line on
standard output is what was done, as JSON.
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

SINK = "null1"
APART_S, EVERY_S, CLICK_S = 0.25, 1.0, 0.02
"""So much after a click comes another, of another sound."""


def clicks(seed: int) -> np.ndarray:
    """A click of noise that is like no other seed's; (frames,)."""
    rng = np.random.default_rng(seed)
    return rng.normal(0, 6_000, round(CLICK_S * RECORD_HZ)).astype(np.int16)


def make_sound(path: Path, seconds: float) -> None:
    """Clicks of both kinds, in turn."""
    pcm = np.zeros(round(seconds * RECORD_HZ), np.int16)
    step, apart = round(EVERY_S * RECORD_HZ), round(APART_S * RECORD_HZ)
    for at in range(step // 2, len(pcm) - 2 * apart, step):
        for first, sound in ((at, clicks(1)), (at + apart, clicks(2))):
            pcm[first : first + len(sound)] = sound
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
