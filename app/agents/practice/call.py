"""One call with the practice agent: events of the Realtime protocol in, its answers out."""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from app.agents.hearing import WINDOW_MS, Endpointer, StreamDetector, Window
from app.agents.practice import voice
from app.agents.practice.brief import Brief, Course, Line
from app.agents.practice.ears import Ears, Said
from app.agents.practice.faults import Faults
from app.agents.practice.mouth import Mouth
from app.domain.ids import new_id

REPLY_MS = 1_000.0
"""From the end of what the caller said to the first packet of the answer. It is kept whether or
not the recogniser was in time, so that what is measured can be held against it."""
PRE_ROLL_MS = 300.0
CUT_MS = 300.0
"""A line that lacks less than this at its end was heard."""
MS_NS = 1_000_000


class PracticeCall:
    """Answers one connection.

    Args:
        send: sends an event; from several threads.
        brief: what to say.
        faults: what to do wrong.
        truth: told what was done and when.
        recognises: whether words are made out.
    """

    def __init__(
        self,
        send: Callable[[dict[str, Any]], None],
        brief: Brief,
        faults: Faults,
        truth: Callable[..., None],
        *,
        recognises: bool = True,
    ) -> None:
        self._send, self._faults, self._truth = send, faults, truth
        self._course = Course(brief)
        self._mouth = Mouth(send, brief, faults, truth)
        self._ears = Ears(self._recognised) if recognises else None
        self._detector = StreamDetector(voice.RATE_HZ)
        self._ends = Endpointer()
        self._automatic = True
        self._windows: deque[Window] = deque(maxlen=round(30_000 / WINDOW_MS))
        self._loud_at_ns = 0
        self._said = Said("", "")
        self._item = ""
        self._session: dict[str, Any] = {"type": "realtime", "object": "realtime.session"}
        self._session |= {"id": new_id(), "model": "callbench-practice"}
        self._does: dict[str, Callable[[Mapping[str, Any]], None]] = {
            "session.update": self._configure,
            "input_audio_buffer.append": self._append,
            "input_audio_buffer.commit": self._commit,
            "input_audio_buffer.clear": self._clear,
            "conversation.item.truncate": self._truncate,
            "conversation.item.create": self._create_item,
            "response.create": self._respond,
            "response.cancel": lambda _event: self._mouth.hush(),
        }

    def begin(self) -> None:
        """Greet the client, as the protocol has it."""
        self._send({"type": "session.created", "session": self._session})

    def take(self, raw: str | bytes) -> None:
        """One message of the client's. What cannot be used is answered with an error."""
        try:
            event = json.loads(raw)
            does = self._does[event["type"]]
            does(event)
        except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
            told = f"This event cannot be used ({type(error).__name__}: {error})."
            self._send(
                {"type": "error", "error": {"type": "invalid_request_error", "message": told}}
            )

    def close(self) -> None:
        """Hang up."""
        self._mouth.close()
        if self._ears is not None:
            self._ears.close()

    def _configure(self, event: Mapping[str, Any]) -> None:
        session = dict(event["session"])
        heard = session.get("audio", {}).get("input", {})
        if "turn_detection" in heard:
            turns = heard["turn_detection"]
            self._automatic = turns is not None
            given = turns or {}
            self._ends.threshold = float(given.get("threshold") or 0.5)
            self._ends.silence_ms = float(given.get("silence_duration_ms") or 500)
        self._session |= session
        self._send({"type": "session.updated", "session": self._session})

    def _append(self, event: Mapping[str, Any]) -> None:
        raw = base64.b64decode(event["audio"], validate=True)
        pcm = np.frombuffer(raw[: len(raw) // 2 * 2], "<i2").astype(np.int16)
        arrived = time.monotonic_ns()
        for window in self._detector.push(pcm):
            self._windows.append(window)
            if not self._automatic:
                continue
            change = self._ends.push(window)
            if self._ends.end_ms == window.end_ms:
                self._loud_at_ns = arrived
            if change == "began":
                self._began(arrived)
            elif change == "ended":
                self._ended()

    def _began(self, arrived: int) -> None:
        self._item = ""
        if self._faults.deaf and self._mouth.is_heard:
            return
        self._item = new_id()
        self._truth("hears", at_ns=arrived, start_ms=self._ends.start_ms)
        started = {"audio_start_ms": round(self._ends.start_ms), "item_id": self._item}
        self._send({"type": "input_audio_buffer.speech_started", **started})
        self._mouth.hush()
        if self._faults.talk_over_ms is not None:
            wait = self._faults.talk_over_ms
            self._mouth.plan(arrived + round(wait * MS_NS), lambda: self._course.answer(""))

    def _ended(self) -> None:
        if not self._item:  # deaf: what was said into its own speech is lost on it
            return
        stopped = {"audio_end_ms": round(self._ends.end_ms), "item_id": self._item}
        self._send({"type": "input_audio_buffer.speech_stopped", **stopped})
        self._truth("ends", at_ns=self._loud_at_ns, end_ms=self._ends.end_ms)
        said = self._committed()
        if self._faults.talk_over_ms is None:
            wait = REPLY_MS + self._faults.slow_ms
            self._mouth.plan(self._loud_at_ns + round(wait * MS_NS), lambda: self._answer(said))

    def _committed(self) -> Said:
        said = Said(self._item or new_id())
        self._send({"type": "input_audio_buffer.committed", "item_id": said.item_id})
        item: dict[str, Any] = {"id": said.item_id, "type": "message", "role": "user"}
        item |= {"status": "completed", "content": [{"type": "input_audio", "transcript": None}]}
        self._send({"type": "conversation.item.added", "item": item})
        self._send({"type": "conversation.item.done", "item": item})
        since = self._ends.start_ms - PRE_ROLL_MS if self._automatic else -1.0
        parts = [w.samples for w in self._windows if w.end_ms > since]
        said.seconds = len(parts) * WINDOW_MS / 1000
        if parts and self._ears is not None:
            self._ears.hear(said, np.concatenate(parts))
        return said

    def _answer(self, said: Said) -> Line:
        return self._course.answer(said.text or "")

    def _recognised(self, said: Said) -> None:
        kind = "conversation.item.input_audio_transcription.completed"
        told = {"item_id": said.item_id, "content_index": 0, "transcript": said.text}
        used = {"type": "duration", "seconds": round(said.seconds, 3)}
        self._send({"type": kind, **told, "usage": used})

    def _commit(self, _event: Mapping[str, Any]) -> None:
        """Without detection an answer waits until it is asked for."""
        self._said = self._committed()
        self._windows.clear()

    def _clear(self, _event: Mapping[str, Any]) -> None:
        self._windows.clear()
        self._send({"type": "input_audio_buffer.cleared"})

    def _respond(self, _event: Mapping[str, Any]) -> None:
        if self._mouth.is_speaking:
            raise ValueError("a response is in progress")
        said, self._said = self._said, Said("", "")
        self._mouth.plan(time.monotonic_ns(), lambda: self._answer(said))

    def _create_item(self, event: Mapping[str, Any]) -> None:
        item = {**event["item"], "id": event["item"].get("id") or new_id()}
        self._send({"type": "conversation.item.added", "item": item})
        self._send({"type": "conversation.item.done", "item": item})

    def _truncate(self, event: Mapping[str, Any]) -> None:
        line, whole_ms = self._mouth.lines[str(event["item_id"])]
        heard_ms = float(event["audio_end_ms"])
        if heard_ms > whole_ms + 1:
            raise ValueError(f"audio_end_ms is beyond the {whole_ms:.0f} ms of the item")
        self._truth("truncated", at_ns=time.monotonic_ns(), line=line.id, ms=heard_ms)
        if heard_ms < whole_ms - CUT_MS:
            self._course.cut_short(line)
        same = {k: event[k] for k in ("item_id", "content_index", "audio_end_ms") if k in event}
        self._send({"type": "conversation.item.truncated", **same})
