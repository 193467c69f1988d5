"""A call through real devices, whose program somebody stops for a while. Prints JSON.

    python probe_stopped.py SECONDS

Says `in a call` once it is; the last line is what the recording shows.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from app.agents import recorded
from app.agents.link import Int16, Listener
from app.agents.live_state import LiveState
from app.agents.plan import Plan
from app.agents.profiles import CallProfile
from app.agents.session import CallSession
from app.audio.duplex_portaudio import PortAudioDuplex

BEGUN_S = 2.0


class Quiet:
    """An agent that says nothing and takes everything."""

    input_rate_hz = output_rate_hz = 24_000

    def connect(self, listener: Listener) -> None: ...

    def send_audio(self, pcm: Int16, until: int) -> None: ...

    def interrupted(self, item_id: str, played_ms: int) -> None: ...

    def send_tool_result(self, call_id: str, result: str) -> None: ...

    def close(self) -> None: ...


def report(folder: Path, live: LiveState) -> dict[str, object]:
    call = recorded.load(folder)
    ways_ms = np.array([(b.adc_s + b.dac_s) * 1000 for b in call.blocks])
    late = np.diff([b.at_ns for b in call.blocks]) > 1e9
    stopped = int(late.argmax()) + 1 if late.any() else len(call.blocks)
    before = slice(stopped - 25, stopped)
    zeros_s = np.array([b.at_ns / 1e9 - b.adc_s - b.index / call.rate_hz for b in call.blocks])
    return {
        "frames": [len(recorded.samples(folder / f"{t}.wav")) for t in ("mic", "sent", "heard")],
        "first_ms": float(np.median(ways_ms[before])),
        "most_ms": float(ways_ms.max()),
        "last_ms": float(np.median(ways_ms[-50:])),
        "moved_ms": 1e3 * float(np.median(zeros_s[-50:]) - np.median(zeros_s[before])),
        "gaps_s": [n["blocks"] * 0.02 for n in call.noted("gap")],
        "told": [n["words"] for n in call.noted("restarted")],
        "warnings": live.snapshot().warnings,
        "ways_ms": ways_ms[::25].round().tolist(),
    }


def main() -> None:
    live = LiveState()
    with tempfile.TemporaryDirectory() as name:
        plan = Plan(
            folder=Path(name) / "c",
            head={"profile": CallProfile(name="a", url="ws://127.0.0.1:1").to_json()},
            open_device=lambda rate_hz, attempt: PortAudioDuplex(rate_hz, "default", attempt),
            live=live,
        )
        session = CallSession(Quiet(), plan)
        thread = threading.Thread(target=session.run)
        thread.start()
        while live.snapshot().captured_s < BEGUN_S and thread.is_alive():
            time.sleep(0.01)
        print("in a call", flush=True)  # noqa: T201
        time.sleep(float(sys.argv[1]))
        session.hang_up()
        thread.join()
        print(json.dumps(report(plan.folder, live)))  # noqa: T201


if __name__ == "__main__":
    main()
