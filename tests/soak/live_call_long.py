"""One long call without network or device; prints JSON of memory, samples and lanes.

    python live_call_long.py FOLDER SECONDS SPEED

The device runs `SPEED` times as fast as a real one. Memory is what is added to that after a short
call, so that models and libraries are loaded: anonymous memory, and all that is resident but for
clean pages of files, which cost nothing to give back.
"""

from __future__ import annotations

import json
import resource
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from app.agents import recorded
from app.agents import session as session_module
from app.agents.link import AgentEvent, Int16, Listener, RawMessage
from app.agents.live_state import LiveState
from app.agents.practice import voice
from app.agents.profiles import CallProfile
from app.agents.pump import Pump
from app.agents.session import CallSession
from app.audio.duplex import BLOCK_MS, DuplexLine
from app.audio.duplex_virtual import VirtualDuplex
from app.domain.work import Quiet
from app.services.assets import asset
from app.services.live_calls import placing, storing
from app.services.live_calls.request import LiveRequest
from app.services.workspace import Workspace

DEVICE_HZ, AGENT_HZ = 48_000, 24_000
EVERY_S = 8.0
PACKET = AGENT_HZ // 50
POLL_HZ = 30
"""How often a window asks."""
MB = 1 << 20
Answer = TypeVar("Answer")


def clip(name: str) -> Int16:
    found = voice.clip(asset("practice", "clips"), name)
    assert found is not None
    return found


class FastDevice(VirtualDuplex):
    """A caller who says hello every 8 s of the call, at `speed` times the pace."""

    def __init__(self, speed: float) -> None:
        super().__init__(DEVICE_HZ)
        hello = np.repeat(clip("caller_hello"), DEVICE_HZ // voice.RATE_HZ)
        self._speed = speed
        self._mic = np.zeros(round(EVERY_S * DEVICE_HZ), np.int16)
        self._mic[: len(hello)] = hello
        self.line: DuplexLine | None = None

    def _run(self, line: DuplexLine) -> None:
        self.line = line
        out = np.zeros(line.block, np.int16)
        due = time.monotonic()
        while not self._halt.wait(max(0.0, due - time.monotonic())):
            at = line.captured % len(self._mic)
            line.on_block(self._mic[at : at + line.block], out, BLOCK_MS / 1000, 0.0, 0)
            due += BLOCK_MS / 1000 / self._speed


class TalkingLink:
    """An agent that answers each hello, all at once, with the messages that a server sends."""

    input_rate_hz = output_rate_hz = AGENT_HZ

    def __init__(self) -> None:
        self._speech = clip("opening")
        self._sent = self._answers = 0

    def connect(self, listener: Listener) -> None:
        self._listener = listener

    def send_audio(self, pcm: Int16, until: int) -> None:
        self._sent += len(pcm)
        self._listener.sent(until, time.monotonic_ns())
        if self._sent > (self._answers * EVERY_S + EVERY_S / 2) * AGENT_HZ:
            self._answers += 1
            self._answer(f"item_{self._answers}")

    def _answer(self, item: str) -> None:
        event, raw = self._listener.event, self._listener.raw
        for first in range(0, len(self._speech), PACKET):
            now = time.monotonic_ns()
            pcm = self._speech[first : first + PACKET]
            event(AgentEvent(kind="audio", at_ns=now, item_id=item, pcm=pcm))
            raw(RawMessage(at_ns=now, way="in", text=json.dumps({"type": "delta", "item": item})))
        now = time.monotonic_ns()
        event(AgentEvent(kind="agent_text", at_ns=now, item_id=item, text="Hello.", whole=True))
        event(AgentEvent(kind="audio_done", at_ns=now, item_id=item))

    def interrupted(self, item_id: str, played_ms: int) -> None: ...

    def send_tool_result(self, call_id: str, result: str) -> None: ...

    def close(self) -> None: ...


class Memory(threading.Thread):
    """The highest of this process's memory, by phase."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.phase, self.peaks = "warm", dict[str, tuple[int, int]]()

    def run(self) -> None:
        while True:
            now, before = self.now(), self.peaks.get(self.phase, (0, 0))
            self.peaks[self.phase] = max(now[0], before[0]), max(now[1], before[1])
            time.sleep(0.1)

    @staticmethod
    def now() -> tuple[int, int]:
        """(resident but for clean pages of files, what of it no file backs), in bytes."""
        lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
        kb = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.endswith("kB")}
        held = kb["Rss"] - kb["Private_Clean"] - kb["Shared_Clean"]
        return held * 1024, kb["Anonymous"] * 1024


def call(ws: Workspace, seconds: float, speed: float, memory: Memory, phase: str) -> dict[str, Any]:
    device, live, lags = FastDevice(speed), LiveState(), list[float]()
    pumps: list[Pump] = []
    asked = defaultdict[str, list[float]](list)
    session_module.Pump = lambda *parts: pumps.append(Pump(*parts)) or pumps[-1]
    placing._opener = lambda _request: lambda _rate_hz, _attempt: device
    placing.link_of = lambda _profile: TalkingLink()
    kept: dict[str, Any] = {}

    def store(ctx: Any, workspace: Workspace, folder: Path) -> Any:
        memory.phase = f"{phase} storing"
        tracks = [recorded.samples(folder / f"{t}.wav") for t in ("mic", "sent", "heard")]
        kept["frames"] = [len(t) for t in tracks]
        kept["lost_blocks"] = live.snapshot().health.lost_blocks
        return storing.store_call(ctx, workspace, folder)

    placing.store_call = store

    def began(_session: CallSession) -> None:
        memory.phase = f"{phase} call"

    def watch() -> None:
        while memory.phase != f"{phase} storing":
            line = device.line
            shown = timed("lane", lambda: live.lane("caller", 0))
            if pumps and line is not None and len(shown.peaks):
                until = shown.first_frame + len(shown.peaks) * shown.block_frames
                behind = line.captured - pumps[0].base * line.block - until
                lags.append(behind / DEVICE_HZ / speed)
            timed("snapshot", live.snapshot)
            time.sleep(1 / POLL_HZ)

    def timed(name: str, ask: Callable[[], Answer]) -> Answer:
        began, worked = time.perf_counter(), time.thread_time()
        found = ask()
        asked[name].append(time.perf_counter() - began)
        asked[f"{name}_work"].append(time.thread_time() - worked)
        return found

    watcher = threading.Thread(target=watch)
    profile = CallProfile(name="long", url="ws://127.0.0.1:9")
    request = LiveRequest(profile=profile, device="fast", seconds=seconds)
    watcher.start()
    stored = placing.place(Quiet(), ws, request, began=began, live=live)
    watcher.join()
    return kept | {
        "stored_frames": round(stored.duration_s * DEVICE_HZ),
        "turns": len(stored.measures.turns),
        "lag_ms_p50": float(np.percentile(lags, 50)) * 1e3,
        "lag_ms_p99": float(np.percentile(lags, 99)) * 1e3,
        "lag_ms_max": max(lags) * 1e3,
        **{f"{name}_ms_p99": float(np.percentile(s, 99)) * 1e3 for name, s in asked.items()},
        **{f"{name}_ms_max": max(s) * 1e3 for name, s in asked.items()},
    }


def most_mb() -> float:
    """The most that this process ever had resident, clean pages of files and all."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MB


def main() -> None:
    folder, seconds, speed = Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    ws = Workspace.open(folder)
    memory = Memory()
    memory.start()
    call(ws, 20.0, speed, memory, "warm")
    memory.phase = "idle"
    time.sleep(1.0)
    before, peak_before = memory.now(), most_mb()
    report = call(ws, seconds, speed, memory, "long")
    ws.close()
    report["most_resident_added_mb"] = round(most_mb() - peak_before, 1)
    for phase in ("call", "storing"):
        peak = memory.peaks[f"long {phase}"]
        report[f"{phase}_added_mb"] = round((peak[0] - before[0]) / MB, 1)
        report[f"{phase}_added_anonymous_mb"] = round((peak[1] - before[1]) / MB, 1)
    print(json.dumps(report))  # noqa: T201


if __name__ == "__main__":
    main()
