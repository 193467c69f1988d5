"""Ten minutes of playback while every core evaluates."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.sound.pulse import pulse_server

SECONDS = int(os.environ.get("CALLBENCH_PLAY_S", "600"))


@pytest.mark.timeout(3_600)
def test_playback_beside_evaluation_on_all_cores_has_no_underrun(tmp_path: Path) -> None:
    with pulse_server() as server:
        words = (str(SECONDS), str(tmp_path / "ws"))
        report = server.probe("probe_busy", *words, timeout_s=SECONDS + 300)
    print(  # noqa: T201
        f"{report['seconds']:.0f} s played beside {report['steps']} steps: "
        f"{report['underruns']} underruns"
    )
    assert report["steps"] > 0
    assert report["failed"] == 0
    assert report["playing"]
    assert report["underruns"] == 0
