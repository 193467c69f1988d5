"""DNSMOS by our runner against the speechmos package, whose models both run: per CPU second.

Exact: the package's own windows, and its numbers to 0.01. Hop 9: a window each 9 s, other numbers.
Both in one process, alternating, on real callers and agents; what is counted is processor time of
the whole process, so that threads that spin or wait are not forgotten.

    .venv/bin/python bench/bench_dnsmos.py [--seconds 60] [--rounds 3]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from bench.bench_vad import speech  # noqa: E402
from bench.common import alternate, machine, ratio, verdict  # noqa: E402

EXACT_GOAL = 1.2
HOP_9_GOAL = 3.0
DIFFERENCE_GOAL = 0.01


def cpu_s(work: Callable[[], object]) -> float:
    """Processor seconds of this process, all threads."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> int:
    """Run it; 1 where a goal is missed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=int, default=60)
    arguments.add_argument("--rounds", type=int, default=3)
    chosen = arguments.parse_args()
    print(machine())

    from speechmos import dnsmos as package

    from app.models import dnsmos

    x = np.clip(speech(chosen.seconds), -1, 1)
    theirs = package.run(x, 16_000)
    found = dnsmos.score(x)
    keys = ("sig_mos", "bak_mos", "ovrl_mos", "p808_mos")
    apart = np.abs(found.scores.mean(axis=0) - [float(theirs[k]) for k in keys]).max()
    figures = alternate(
        {
            "speechmos": lambda: cpu_s(lambda: package.run(x, 16_000)),
            "exact": lambda: cpu_s(lambda: dnsmos.score(x)),
            "hop 9": lambda: cpu_s(lambda: dnsmos.score(x, hop_s=9.0)),
        },
        chosen.rounds,
    )
    for name, times in figures.items():
        print(f"{name}: {chosen.seconds / median(times):.1f}x real time per CPU second")
    print(f"{len(found.starts)} windows in the exact mode")
    base = figures["speechmos"]
    met = verdict("difference", float(apart), DIFFERENCE_GOAL)
    met &= verdict("exact", ratio(base, figures["exact"]), EXACT_GOAL, at_most=False, unit="x")
    met &= verdict("hop 9", ratio(base, figures["hop 9"]), HOP_9_GOAL, at_most=False, unit="x")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
