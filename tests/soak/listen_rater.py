"""A rater at the real window, with real outputs: goes through a listening session by keys.

    python listen_rater.py FOLDER INSTRUMENT CALLS [STOP_AFTER]

The study is made where the folder has none; a session that was left is gone on with. With
STOP_AFTER the rater stops in the middle of the trial after so many answers and says `waiting`.
The last line on standard output is what was done, as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from app.services import opening
from tests.sound.listen_driver import Driver, Key, make_study


def session(driver: Driver, instrument: str, stop_after: int) -> dict[str, Any]:
    """Set up or go on, then answer."""
    resumes = bool(driver.events())
    began = time.monotonic()
    if resumes:
        driver.resume()
    else:
        driver.set_up()

    def answer(n: int) -> None:
        if instrument == "pairwise":
            driver.hear_pair()
            driver.press(*[(Key.Key_Left, Key.Key_Right)[n % 2]] * (1 + n % 3), Key.Key_Return)
        else:
            driver.heard()
            values = [round(level.value) for level in driver.pages.opinion.answers.levels]
            driver.answer(values[n % len(values)])

    done = driver.go_through(answer, most=stop_after or 10_000)
    if stop_after:
        driver.until(lambda: driver.player.state == "playing", "the next sound")
        print("waiting", flush=True)  # noqa: T201
        time.sleep(600)
    return {"answers": done, "seconds": round(time.monotonic() - began, 1), "resumed": resumes}


def main() -> None:
    folder, instrument, calls, *rest = sys.argv[1:]
    if (Path(folder) / "ws").exists():
        ws = opening.open_workspace(Path(folder) / "ws")
    else:
        ws, _study = make_study(Path(folder), instrument, int(calls))
    driver = Driver(ws)
    report = session(driver, instrument, int(rest[0]) if rest else 0)
    report["platform"] = driver.app.platformName()
    driver.close()
    ws.close()
    print(json.dumps(report))  # noqa: T201


if __name__ == "__main__":
    main()
