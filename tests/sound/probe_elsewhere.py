"""Record a call placed elsewhere: both inputs hear the same sink. Prints JSON.

    python probe_elsewhere.py SECONDS

`lags_ms` is by how much the agent's track lies behind the caller's at each burst.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import soundfile

from app.agents.session import CallSession
from app.domain.work import Quiet
from app.services import calls, live_calls
from app.services.workspace import Workspace

RATE_HZ = 48_000
BURST_S = 0.3


def bursts(path: Path, seconds: float) -> None:
    pcm = np.zeros(round(seconds * RATE_HZ), np.float64)
    noise = np.random.default_rng(1).normal(0, 4_000, round(BURST_S * RATE_HZ))
    for at in range(RATE_HZ // 2, len(pcm) - len(noise), RATE_HZ):
        pcm[at : at + len(noise)] = noise
    soundfile.write(path, pcm.astype(np.int16), RATE_HZ)


def play_later(session: CallSession, path: Path) -> None:
    """Play once the call goes on."""

    def play() -> None:
        while not session.captured:
            time.sleep(0.01)
        subprocess.run(["paplay", "--device=null1", str(path)], check=False)

    threading.Thread(target=play, daemon=True).start()


def lags(pcm: np.ndarray) -> list[float]:
    """For each burst of the caller's, where in the agent's track it lies."""
    caller, agent = pcm[:, 0].astype(np.float64), pcm[:, 1].astype(np.float64)
    loud = np.flatnonzero(np.abs(caller) > 2_000)
    starts = loud[np.insert(np.diff(loud) > RATE_HZ // 3, 0, True)]
    found = []
    for start in starts.tolist():
        if start < RATE_HZ // 4 or start + RATE_HZ // 2 > len(caller):
            continue
        part = caller[start : start + RATE_HZ // 4]
        around = agent[start - RATE_HZ // 5 : start + RATE_HZ // 4 + RATE_HZ // 5]
        size = len(around) + len(part)
        product = np.fft.rfft(around, size) * np.conj(np.fft.rfft(part, size))
        at = int(np.fft.irfft(product, size)[: len(around) - len(part)].argmax())
        found.append((at - RATE_HZ // 5) * 1000 / RATE_HZ)
    return found


def main() -> None:
    seconds = float(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bursts.wav"
        bursts(path, seconds)
        ws = Workspace.open(Path(folder) / "ws")
        request = live_calls.LiveRequest(
            record_only=True, device="default", device_out="null1", seconds=seconds
        )
        stored = live_calls.place(
            Quiet(), ws, request, began=lambda session: play_later(session, path)
        )
        call = calls.get_call(ws, stored.call_id)
        track = call.tracks[0]
        pcm, _ = soundfile.read(ws.audio_path(track.audio_sha256, ".flac"), dtype="int16")
        report = {
            "lags_ms": lags(pcm),
            "dropped": stored.dropped,
            "alignment": call.extra["live"]["alignment"],
            "tracks": sorted(call.extra["live"]["tracks"]),
        }
        ws.close()
    print(json.dumps(report))  # noqa: T201


if __name__ == "__main__":
    main()
