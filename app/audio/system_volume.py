"""The sound server's own volume and sink, where it can be asked: PulseAudio and PipeWire.

A listening level that was set to comfort holds only while nobody turns the system's volume.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache

ASK_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemVolume:
    """Where sound goes by default and how loud."""

    sink: str
    volume: int
    """Of the loudest channel; 65536 is 100 %."""
    muted: bool


@cache
def _tool() -> str | None:
    return shutil.which("pactl") if sys.platform.startswith("linux") else None


def read() -> SystemVolume | None:
    """The volume now; None where it cannot be told. Takes some 10 ms: not for the UI thread."""
    tool = _tool()
    if tool is None:
        return None
    try:
        sink = _ask(tool, "get-default-sink").strip()
        listed = json.loads(_ask(tool, "--format=json", "list", "sinks"))
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    found = next((s for s in listed if s.get("name") == sink), None)
    if found is None:
        return None
    levels = [int(v["value"]) for v in found.get("volume", {}).values()]
    return SystemVolume(sink=sink, volume=max(levels, default=0), muted=bool(found.get("mute")))


def _ask(tool: str, *words: str) -> str:
    done = subprocess.run([tool, *words], capture_output=True, text=True, timeout=ASK_S, check=True)
    return done.stdout
