"""What the benches share: alternating pairs, percentiles, the machine in one line.

On a shared machine only ratios of runs that alternate mean anything.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
SCRATCH = Path(__file__).resolve().parent / ".scratch"


def machine() -> str:
    """Processor, cores, memory, system, Python."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [x for x in info.read_text().splitlines() if x.startswith("model name")]
        cpu = names[0].partition(":")[2].strip() if names else cpu
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return (
        f"{cpu}, {os.cpu_count()} cores, {pages:.0f} GiB, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}"
    )


def percentile(values: Sequence[float], percent: float) -> float:
    """Nearest rank: a value that did occur."""
    return float(np.percentile(np.asarray(values), percent, method="inverted_cdf"))


def process_s(arguments: Sequence[str], env: Mapping[str, str] | None = None) -> float:
    """Wall seconds of a Python process of its own, from start to exit; raises if it fails."""
    command = [sys.executable, *arguments]
    began = time.perf_counter()
    subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, **(env or {})})
    return time.perf_counter() - began


def alternate(runs: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Every run once unmeasured (caches warm), then each in turn, `rounds` times."""
    for run in runs.values():
        run()
    figures: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            figures[name].append(run())
    return figures


def ratio(of: Sequence[float], to: Sequence[float]) -> float:
    """Median of the ratios of runs that were neighbours."""
    return median(a / b for a, b in zip(of, to, strict=True))


def verdict(
    name: str, value: float, target: float, *, at_most: bool = True, unit: str = ""
) -> bool:
    """Print one figure beside its target; whether it is met."""
    met = value <= target if at_most else value >= target
    sign = "<=" if at_most else ">="
    print(f"{name}: {value:.2f}{unit} (goal {sign} {target:g}{unit}) {'ok' if met else 'MISSED'}")
    return met
