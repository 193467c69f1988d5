"""Sinks for a call with both sides on one clock, and an outside recorder of both.

What is played into `mouth` is the left channel of the sink `both`, and is what `mic` hears; what
is played into `ear` is its right channel. One recorder of the sink's monitor hears both sides.

A null sink works in blocks as long as the shortest latency that anybody asks of it, and what it
says of its delay leaves out up to one block, which no real device does. The recorder therefore
asks for 2 ms: with 10, a whole call was off by up to 8 ms, with 2 by less than 1.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np

from tests.sound.pulse import PulseServer

RECORD_HZ = 48_000


def add_sinks(server: PulseServer) -> None:
    server.pactl(
        "load-module", "module-null-sink", "sink_name=both", f"rate={RECORD_HZ}", "channels=2"
    )
    one = ["channels=1", "channel_map=mono", "remix=no"]
    for name, side in (("mouth", "front-left"), ("ear", "front-right")):
        words = [f"sink_name={name}", "master=both", f"master_channel_map={side}", *one]
        server.pactl("load-module", "module-remap-sink", *words)
    words = ["source_name=mic", "master=both.monitor", "master_channel_map=front-left", *one]
    server.pactl("load-module", "module-remap-source", *words)
    server.pactl("set-default-sink", "ear")
    server.pactl("set-default-source", "mic")


class Outside:
    """Records both sides, from another process."""

    def __init__(self, path: Path, *, latency_ms: int = 2) -> None:
        self._path = path
        words = ["parec", "--raw", "--format=s16le", f"--rate={RECORD_HZ}", "--channels=2"]
        words += [f"--latency-msec={latency_ms}", "--device=both.monitor"]
        self._file = path.open("wb")
        self._process = subprocess.Popen(words, stdout=self._file)

    def stop(self) -> np.ndarray:
        """(frames, 2): caller, agent."""
        self._process.terminate()
        self._process.wait()
        self._file.close()
        whole = self._path.stat().st_size // 4 * 4
        return np.fromfile(self._path, "<i2", whole // 2).reshape(-1, 2)


def say(path: Path) -> subprocess.Popen[bytes]:
    """Speak a recording into the mouth."""
    return subprocess.Popen(["paplay", "--device=mouth", "--latency-msec=40", str(path)])
