"""A bare event loop beside the window: what the machine alone does to a timer."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import bench_lateness
from bench.common import percentile


@contextmanager
def bare_loop(folder: Path) -> Iterator[dict[str, float]]:
    """Runs meanwhile; its latenesses in ms are there afterwards."""
    late: dict[str, float] = {}
    stop, out = folder / "stop", folder / "bare.json"
    words = [sys.executable, bench_lateness.__file__, "--child", "bare", str(stop), str(out)]
    control = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield late
    finally:
        stop.touch()
        control.wait(timeout=60)
    found = json.loads(out.read_text())
    late |= {"ticks": float(len(found)), "worst": round(max(found), 1)}
    late |= {f"p{p:g}": round(percentile(found, p), 1) for p in (50, 99, 99.9)}
