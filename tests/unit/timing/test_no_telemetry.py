"""Speech detection leaves no trace outside: no device id, no queue of usage events."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CHILD = """
import numpy as np
from app.models import vad
vad.detect(np.zeros(16_000, np.int16), 16_000)
vad.session()
"""


def test_the_detector_writes_nothing_into_the_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    env = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    env.pop("ORT_DISABLE_TELEMETRY", None)
    ran = subprocess.run(
        [sys.executable, "-B", "-c", CHILD],
        cwd=Path(__file__).resolve().parents[3],
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert [p for p in home.rglob("*") if p.is_file()] == []
