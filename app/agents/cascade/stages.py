"""Stages of an answer: when each was done, what is told of it, and what happens when one fails."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from app.agents.cascade.setup import Stage
from app.agents.link import AgentEvent, EventKind, Listener, RawMessage
from app.models.chat_wire import Failed

Stamp = Literal[
    "vad_end", "stt_done", "llm_first_token", "tools_done", "llm_first_sentence", "tts_first_byte"
]
WORDS: Mapping[Stage, str] = {
    "stt": "Speech recognition",
    "llm": "The chat model",
    "tts": "Speech synthesis",
}
PAUSE_S = 0.3
"""Before a request is sent again."""


class StageFailed(Exception):
    """A stage cannot do its work, and the call cannot go on."""

    def __init__(self, stage: Stage, reason: str) -> None:
        super().__init__(f"{WORDS[stage]} failed: {reason}")
        self.stage = stage


@dataclass(slots=True)
class Stamps:
    """When the stages of one answer were done, `time.monotonic_ns`."""

    at_ns: dict[str, int] = field(default_factory=dict)

    def mark(self, stamp: Stamp, at_ns: int | None = None) -> None:
        """It is done, now or then; what was marked before stays."""
        self.at_ns.setdefault(stamp, time.monotonic_ns() if at_ns is None else at_ns)


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells the engine; any thread."""

    listener: Listener

    def event(self, kind: EventKind, item_id: str = "", **values: Any) -> None:
        """Something that happens now."""
        told = AgentEvent(kind=kind, at_ns=time.monotonic_ns(), item_id=item_id, **values)
        self.listener.event(told)

    def asked(self, what: str, body: Mapping[str, Any]) -> None:
        """A request as it goes out, for the log."""
        self._raw("out", what, body)

    def answered(self, what: str, body: Mapping[str, Any]) -> None:
        """An answer or a piece of it, for the log."""
        self._raw("in", what, body)

    def _raw(self, way: Literal["in", "out"], what: str, body: Mapping[str, Any]) -> None:
        text = json.dumps({"type": what, **body}, ensure_ascii=False)
        self.listener.raw(RawMessage(at_ns=time.monotonic_ns(), way=way, text=text))


async def done(
    stage: Stage,
    attempt: Callable[[], Awaitable[None]],
    tell: Teller,
    *,
    may_repeat: Callable[[], bool] = lambda: True,
) -> bool:
    """Do a stage's work, a second time where that may help.

    Args:
        stage: whose work.
        attempt: does it from the beginning.
        tell: told of each failure.
        may_repeat: False once something of it was heard: it stays as it is then.

    Returns:
        False where it broke off after something of it was heard.

    Raises:
        StageFailed.
    """
    for is_last in (False, True):
        try:
            await attempt()
        except Failed as failed:
            fault = failed.fault
        else:
            return True
        if fault.again and not may_repeat():
            tell.event("error", text=f"{WORDS[stage]} broke off: {fault.reason}")
            return False
        if is_last or not fault.again:
            raise StageFailed(stage, fault.reason)
        tell.event("error", text=f"{WORDS[stage]} failed and is asked again: {fault.reason}")
        await asyncio.sleep(min(fault.pause_s or PAUSE_S, 2.0))
    raise AssertionError  # the second round returns or raises
