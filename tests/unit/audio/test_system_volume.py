"""The sound server's volume as its own tool tells it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.audio import system_volume
from app.audio.system_volume import SystemVolume

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks PulseAudio's own tool")

SINKS = [
    {"name": "speakers", "mute": False, "volume": {"front-left": {"value": 1}}},
    {"name": "headset", "mute": True,
     "volume": {"front-left": {"value": 40_000}, "front-right": {"value": 41_000}}},
]  # fmt: skip


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    system_volume._tool.cache_clear()
    yield
    system_volume._tool.cache_clear()


def tool(folder: Path, listed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    script = folder / "pactl"
    script.write_text(
        f"#!/bin/sh\nif [ \"$1\" = get-default-sink ]; then echo headset\nelse cat <<'END'\n"
        f"{listed}\nEND\nfi\n"
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


def test_it_is_that_of_the_default_sink_s_loudest_channel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool(tmp_path, json.dumps(SINKS), monkeypatch)
    assert system_volume.read() == SystemVolume(sink="headset", volume=41_000, muted=True)


@pytest.mark.parametrize("listed", ["not json", "[]"])
def test_what_cannot_be_told_is_not_guessed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listed: str
) -> None:
    tool(tmp_path, listed, monkeypatch)
    assert system_volume.read() is None


def test_without_the_tool_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert system_volume.read() is None
