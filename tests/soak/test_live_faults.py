"""Real faults at the real window: a sink that goes, a disk of 48 MB, a server that dies."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.soak.real_window import at_work, finished, window_env

DISK_MB = 48


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def sitting(workspace: Path, pictures: Path, fault: str) -> dict[str, Any]:
    with window_env() as env:
        report = finished(
            at_work(env, "live_faults_window.py", str(workspace), str(pictures), fault)
        )
    print(f"\n{fault}: {report}")  # noqa: T201
    return report


def ended(report: dict[str, Any]) -> list[str]:
    assert all(c["seconds"] > 1 for c in report["calls"])
    reasons = [c["reason"] for c in report["calls"]]
    assert [("dropped" in c["tags"]) for c in report["calls"]] == [r != "hung_up" for r in reasons]
    return reasons


def test_a_sink_that_goes_ends_the_call_and_the_next_is_placed_once_there_is_one(
    tmp_path: Path,
) -> None:
    report = sitting(tmp_path / "ws", tmp_path, "device")
    assert ended(report) == ["device_lost", "hung_up"]
    assert "is gone" in report["told"]["ended"]
    assert "could not be opened" in report["told"]["refused"]


def test_a_sink_that_goes_ends_the_recording_of_a_call_placed_elsewhere(tmp_path: Path) -> None:
    report = sitting(tmp_path / "ws", tmp_path, "elsewhere")
    assert ended(report) == ["device_lost"]
    assert "is gone" in report["told"]["ended"]


def test_a_sink_of_another_rate_is_taken_between_calls_and_during_one(tmp_path: Path) -> None:
    report = sitting(tmp_path / "ws", tmp_path, "rate")
    first, second = ended(report)
    assert first == "hung_up"
    assert second in ("hung_up", "rate_changed")  # the server converts, or it takes too long
    assert "started anew" in report["told"]["changed"] or second == "rate_changed"


def test_a_full_disk_loses_no_call(small_disk: Path, tmp_path: Path) -> None:
    report = sitting(small_disk / "ws", tmp_path, "disk")
    assert ended(report) == ["disk_full", "disk_full"]
    told = report["told"]
    assert "nearly full" in told["nearly-full"]
    assert "There is no room" in told["no-room"]
    assert "not in the library yet" in told["full"]
    assert "not in the library yet" in told["still-full"]
    assert "what was recorded is kept" in told["stored"]


def test_a_server_that_dies_ends_the_call_with_words(tmp_path: Path) -> None:
    report = sitting(tmp_path / "ws", tmp_path, "server")
    assert ended(report) == ["server_lost"]
    assert "call again" in report["told"]["ended"]


def test_without_any_device_the_page_says_what_to_do(tmp_path: Path) -> None:
    report = sitting(tmp_path / "ws", tmp_path, "nothing-there")
    assert report["calls"] == []
    assert "look again" in report["told"]["setup"]
    assert "look again" in report["told"]["refused"]
