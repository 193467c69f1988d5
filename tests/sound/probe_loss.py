"""Play, let the sink vanish, and tell what became of playback. Prints JSON."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from app.audio.play_types import PlayTrack
from app.audio.player import Player

RATE = 8_000


def until(condition: Callable[[], bool], deadline_s: float = 30.0) -> None:
    stop_by = time.monotonic() + deadline_s
    while not condition():
        if time.monotonic() > stop_by:
            raise TimeoutError
        time.sleep(0.005)


def main() -> None:
    player = Player()
    pcm = np.zeros(120 * RATE, np.int16)
    player.load([PlayTrack(role="mix", pcm=pcm, rate_hz=RATE)], RATE)
    player.play()
    until(lambda: player.position() > RATE)
    first = player.device_name
    subprocess.run(["pactl", "unload-module", "module-null-sink"], check=True)
    before = player.position()
    until(lambda: player.state == "paused")
    kept = player.position()
    messages: list[str] = []
    while not messages:
        messages += [e.message for e in player.poll() if e.kind == "device_lost"]
        time.sleep(0.005)
    silent = player.device_name
    player.play()
    until(lambda: player.position() > kept + RATE // 2)
    player.pause()
    if "come-back" in sys.argv:
        subprocess.run(
            ["pactl", "load-module", "module-null-sink", "sink_name=null3"],
            check=True,
            capture_output=True,
        )
        time.sleep(3.5)  # a silent stand-in is kept for three seconds
        here = player.position()
        player.play()
        until(lambda: player.position() > here + RATE // 2)
    report = {
        "first": first,
        "silent": silent,
        "last": player.device_name,
        "state": player.state,
        "jump_s": (kept - before) / RATE,
        "messages": messages,
    }
    player.close()
    print(json.dumps(report))  # noqa: T201


if __name__ == "__main__":
    main()
