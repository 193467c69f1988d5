"""From the key of an answer to the first sample of the next trial handed to the device.

The whole way in the real window: the key, the vote on disk (synchronous FULL), the next step, the
page, the device's callback. Through PortAudio into a null sink of a sound server of its own.

    .venv/bin/python bench/bench_trial_start.py [--trials 60]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

BUDGET_MS = 100.0


def child(instrument: str, trials: int) -> None:
    from tests.sound.listen_driver import Driver, Key, make_study

    with tempfile.TemporaryDirectory() as folder:
        paired = instrument == "pairwise"
        ws, study = make_study(Path(folder), instrument, trials if paired else trials // 2)
        driver = Driver(ws)
        driver.set_up()
        took_ms: list[float] = []
        pressed = 0.0

        def answer(n: int) -> None:
            nonlocal pressed
            if pressed:
                driver.until(lambda: driver.player.began_s > pressed, "the first sample")
                took_ms.append(1000 * (driver.player.began_s - pressed))
            if paired:
                driver.hear_pair()
                driver.press((Key.Key_Left, Key.Key_Right)[n % 2])
            else:
                driver.heard()
            pressed = time.perf_counter()
            driver.press(Key.Key_Return if paired else (Key.Key_5, Key.Key_2)[n % 2])

        def on_part() -> None:
            nonlocal pressed
            pressed = 0.0

        driver.go_through(answer, on_part=on_part)
        torn = sum(v.heard.underruns for v in driver.votes())
        print(json.dumps({"ms": took_ms, "underruns": torn, "stimuli": study.stimuli}))
        driver.close()
        ws.close()


def measure(trials: int) -> bool:
    from bench.common import machine, percentile, verdict
    from tests.sound.pulse import pulse_server

    print(machine())
    met = []
    for instrument, count in (("acr", trials), ("pairwise", max(8, trials // 4))):
        with pulse_server() as server:
            words = [sys.executable, __file__, "--child", instrument, str(count)]
            done = subprocess.run(
                words, env={"QT_QPA_PLATFORM": "offscreen", **server.env}, capture_output=True,
                text=True, check=False, cwd=ROOT,
            )  # fmt: skip
        if done.returncode:
            print(done.stderr[-3000:], file=sys.stderr)
            return False
        report = json.loads(done.stdout.strip().splitlines()[-1])
        p50, p95 = percentile(report["ms"], 50), percentile(report["ms"], 95)
        print(
            f"{instrument}: {len(report['ms'])} starts, median {p50:.1f} ms, 95th {p95:.1f} ms, "
            f"longest {max(report['ms']):.1f} ms, underruns {report['underruns']}"
        )
        met.append(verdict("median", p50, BUDGET_MS, unit=" ms"))
        met.append(verdict("95th", p95, BUDGET_MS, unit=" ms"))
    return all(met)


def main() -> int:
    if "--child" in sys.argv:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        instrument, trials = sys.argv[2:]
        child(instrument, int(trials))
        return 0
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=60)
    return 0 if measure(parser.parse_args().trials) else 1


if __name__ == "__main__":
    sys.exit(main())
