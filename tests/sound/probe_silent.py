"""Play where there is no sound device. Prints JSON."""

from __future__ import annotations

import json
import time

import numpy as np

from app.audio.play_types import PlayTrack
from app.audio.player import Player


def main() -> None:
    player = Player()
    pcm = np.zeros(80_000, np.int16)
    player.load([PlayTrack(role="mix", pcm=pcm, rate_hz=8_000)], 8_000)
    player.play()
    stop_by = time.monotonic() + 30.0
    while player.position() < 4_000 and time.monotonic() < stop_by:
        time.sleep(0.01)
    report = {"moved": player.position() >= 4_000, "silent": "silent" in player.device_name}
    player.close()
    print(json.dumps(report))  # noqa: T201


if __name__ == "__main__":
    main()
