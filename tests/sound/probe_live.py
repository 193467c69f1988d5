"""Place a call through real devices and record both sides from outside. Prints JSON.

    python probe_live.py CALLS

The caller says hello, interrupts the agent's answer, and is answered again. `calls` holds, for
each call, what the app measured and what the outside recording shows of the same turns.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from app.agents.onsets import AUDIBLE
from app.agents.practice import voice
from app.agents.practice.server import PracticeServer
from app.agents.session import CallSession
from app.agents.speech_found import caller_speech
from app.domain.work import Quiet
from app.services import live_calls
from app.services.assets import asset
from app.services.workspace import Workspace
from tests.sound.live_rig import RECORD_HZ, Outside, say

LINES = (("caller_hello", 1.0), ("caller_birth", 6.5))
SECONDS = 14.0
ANSWER_GAP_MS = 600


def caller_file(path: Path) -> None:
    """What the caller says, at the seconds of `LINES`."""
    pcm = np.zeros(round(10.0 * voice.RATE_HZ), np.int16)
    for line, at_s in LINES:
        clip = voice.clip(asset("practice", "clips"), line)
        assert clip is not None
        first = round(at_s * voice.RATE_HZ)
        pcm[first : first + len(clip)] = clip
    soundfile.write(path, pcm, voice.RATE_HZ)


def runs(pcm: np.ndarray) -> list[tuple[int, int]]:
    """Where the agent is audible, pauses under `ANSWER_GAP_MS` closed. Frames."""
    loud = np.flatnonzero(np.abs(pcm.astype(np.int32)) >= AUDIBLE)
    cuts = np.flatnonzero(np.diff(loud) > ANSWER_GAP_MS * RECORD_HZ // 1000)
    return [(int(p[0]), int(p[-1]) + 1) for p in np.split(loud, cuts + 1) if len(p)]


def outside(heard: np.ndarray) -> dict[str, list[float]]:
    """Responses and stops as the outside recording shows them, in ms."""
    caller, agent = caller_speech(heard[:, 0], RECORD_HZ), runs(heard[:, 1])
    responses, stops = [], []
    for onset, end in agent:
        said = [c for c in caller if c.end <= onset]
        if said:
            responses.append((onset - said[-1].end) * 1000 / RECORD_HZ)
        stops += [(end - c.start) * 1000 / RECORD_HZ for c in caller if onset < c.start < end]
    return {"responses": responses, "stops": stops}


def one(ws: Workspace, folder: Path) -> dict[str, Any]:
    words, recording = folder / "caller.wav", folder / "both.raw"
    caller_file(words)
    brief = live_calls.practice_brief()
    recorder = Outside(recording)

    def speak(session: CallSession) -> None:
        def wait_and_say() -> None:
            while not session.captured:
                time.sleep(0.01)
            say(words).wait()

        threading.Thread(target=wait_and_say, daemon=True).start()

    with PracticeServer(brief) as server:
        request = live_calls.LiveRequest(
            profile=live_calls.practice_profile(server.url, brief),
            device="default",
            seconds=SECONDS,
        )
        stored = live_calls.place(Quiet(), ws, request, began=speak)
    found = stored.measures
    return {
        "responses": [t.mouth_to_ear_ms for t in found.turns],
        "degraded": [t.degraded for t in found.turns] + [b.degraded for b in found.barge_ins],
        "stops": [b.stop_ms for b in found.barge_ins],
        "delay_ms": found.stream.delay_ms,
        "underruns": found.stream.underruns,
        "outside": outside(recorder.stop()),
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        ws = Workspace.open(Path(folder) / "ws")
        calls = [one(ws, Path(folder)) for _ in range(int(sys.argv[1]))]
        ws.close()
    print(json.dumps({"calls": calls}))  # noqa: T201


if __name__ == "__main__":
    main()
