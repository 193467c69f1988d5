"""The practice agent's mouth: says one line at a time, when it is due, and stops when told."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.agents.practice import voice
from app.agents.practice.brief import Brief, Line
from app.agents.practice.faults import Faults
from app.domain.errors import EnvironmentFault
from app.domain.ids import new_id

Send = Callable[[dict[str, Any]], None]
Choose = Callable[[], Line]

CHUNK_MS = 100
AHEAD_S = 0.01
"""Between two chunks: ten times faster than it is heard, as servers of this protocol do."""
NS = 1_000_000_000


class Mouth:
    """Speaks in a thread of its own.

    Args:
        send: sends an event to the client; called from the thread.
        brief: whose clips and voice are used.
        faults: dropping and its real-time pace.
        truth: told what was done, with the monotonic clock.
    """

    def __init__(
        self, send: Send, brief: Brief, faults: Faults, truth: Callable[..., None]
    ) -> None:
        self._send, self._brief, self._faults, self._truth = send, brief, faults, truth
        self._wake = threading.Condition()
        self._due: tuple[int, Choose] | None = None
        self._cancelled = self._closed = False
        self._active = ""
        self.lines: dict[str, tuple[Line, float]] = {}
        """By item: what was said, and how long the whole of it lasts in ms."""
        self.heard_until_ns = 0
        """When the client will have played what it was sent, if nothing stops it."""
        self._thread = threading.Thread(target=self._run, name="callbench-practice-mouth")
        self._thread.start()

    def plan(self, due_ns: int, choose: Choose) -> None:
        """Say at `due_ns` what `choose` then gives, instead of what was planned before."""
        with self._wake:
            self._due = (due_ns, choose)
            self._wake.notify()

    def hush(self) -> None:
        """Say nothing of what is planned, and stop what is being said."""
        with self._wake:
            self._due = None
            self._cancelled = bool(self._active)
            self.heard_until_ns = 0
            self._wake.notify()

    @property
    def is_speaking(self) -> bool:
        """Whether a response is in progress."""
        return bool(self._active)

    @property
    def is_heard(self) -> bool:
        """Whether the client still plays, as far as can be known here."""
        return bool(self._active) or time.monotonic_ns() < self.heard_until_ns

    def close(self) -> None:
        """End the thread."""
        with self._wake:
            self._closed, self._cancelled, self._due = True, True, None
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._closed and not self._is_due():
                    self._wake.wait(self._left_s())
                if self._closed or self._due is None:
                    return
                _, choose = self._due
                self._due, self._cancelled = None, False
                self._active = new_id()
            try:
                self._say(self._active, choose())
            except (OSError, EOFError, ConnectionError):
                return
            finally:
                self._active = ""

    def _is_due(self) -> bool:
        return self._due is not None and time.monotonic_ns() >= self._due[0]

    def _left_s(self) -> float | None:
        if self._due is None:
            return None
        return max(0.0, (self._due[0] - time.monotonic_ns()) / NS)

    def _say(self, response_id: str, line: Line) -> None:
        item_id = new_id()
        at: dict[str, Any] = {
            "response_id": response_id,
            "item_id": item_id,
            "output_index": 0,
            "content_index": 0,
        }
        response = {"id": response_id, "object": "realtime.response"}
        item = {"id": item_id, "type": "message", "role": "assistant", "content": []}
        self._send({"type": "response.created", "response": {**response, "status": "in_progress"}})
        try:
            pcm = self._sound(line)
        except EnvironmentFault as fault:
            self._send({"type": "error", "error": {"type": "server_error", "message": str(fault)}})
            self._send({"type": "response.done", "response": {**response, "status": "failed"}})
            return
        self.lines[item_id] = (line, len(pcm) * 1000 / voice.RATE_HZ)
        where = {"response_id": response_id, "output_index": 0, "item": item}
        self._send({"type": "response.output_item.added", **where})
        self._send({"type": "conversation.item.added", "item": item})
        part = {"type": "audio", "transcript": ""}
        self._send({"type": "response.content_part.added", **at, "part": part})
        self._send({"type": "response.output_audio_transcript.delta", **at, "delta": line.text})
        complete = self._stream(at, pcm, line)
        if complete:
            self._send({"type": "response.output_audio.done", **at})
            done = {"type": "response.output_audio_transcript.done", "transcript": line.text}
            self._send({**done, **at})
        status = {"status": "completed"} if complete else _CANCELLED
        item["status"] = "completed" if complete else "incomplete"
        self._send({"type": "response.output_item.done", **where})
        self._send({"type": "response.done", "response": {**response, **status, "output": [item]}})

    def _sound(self, line: Line) -> NDArray[np.int16]:
        ready = voice.clip(self._brief.clips, line.id)
        return voice.spoken(line.text, **self._brief.voice) if ready is None else ready

    def _stream(self, at: dict[str, Any], pcm: NDArray[np.int16], line: Line) -> bool:
        """Send the sound in chunks; False where it was stopped on the way."""
        chunk = voice.RATE_HZ * CHUNK_MS // 1000
        dropped = self._faults.dropped(-(-len(pcm) // chunk), len(self.lines))
        pace_s = CHUNK_MS / 1000 if self._faults.drop_share else AHEAD_S
        begun = time.monotonic_ns()
        self.heard_until_ns = begun + len(pcm) * NS // voice.RATE_HZ
        self._truth("speaks", at_ns=begun, line=line.id, ms=len(pcm) * 1000 / voice.RATE_HZ)
        for number, first in enumerate(range(0, len(pcm), chunk)):
            with self._wake:
                left_s = (begun - time.monotonic_ns()) / NS + number * pace_s
                self._wake.wait_for(lambda: self._cancelled, max(0.0, left_s))
                if self._cancelled:
                    return False
            if number in dropped:
                self._truth("drops", at_ns=time.monotonic_ns(), line=line.id, ms=CHUNK_MS)
                continue
            delta = base64.b64encode(pcm[first : first + chunk].tobytes()).decode()
            self._send({"type": "response.output_audio.delta", **at, "delta": delta})
        return True


_CANCELLED = {
    "status": "cancelled",
    "status_details": {"type": "cancelled", "reason": "turn_detected"},
}
