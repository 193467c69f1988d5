"""A cascaded agent as an `AgentLink`: a thread that listens, and one with the event loop."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from app.agents.cascade import setup
from app.agents.cascade.conversation import Conversation
from app.agents.cascade.ears import Ears, Utterance
from app.agents.cascade.floor import Floor
from app.agents.cascade.sound import RATE_HZ
from app.agents.cascade.stages import Teller
from app.agents.link import Int16, Listener
from app.agents.profiles import CallProfile
from app.domain.ids import new_id

CLOSE_S = 5.0


class CascadeLink:
    """See `AgentLink`, `CommitsInput` and `TakesText`."""

    input_rate_hz = output_rate_hz = RATE_HZ

    def __init__(self, profile: CallProfile) -> None:
        self._profile = profile
        self._floor = Floor()
        self._tell: Teller | None = None
        self._ears: Ears | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._conversation: Conversation | None = None
        self._thread: threading.Thread | None = None
        self._closing = asyncio.Event()

    def connect(self, listener: Listener) -> None:
        """See `AgentLink`; a model on this machine is read before the call begins."""
        how = setup.end_pointing(self._profile)
        self._tell = Teller(listener)
        opened: Future[None] = Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._run(opened)), name="callbench-cascade", daemon=True
        )
        self._thread.start()
        opened.result()
        self._ears = Ears(
            RATE_HZ,
            how,
            began=lambda item, ms: self._began(item, {"audio_start_ms": round(ms)}),
            ended=self._ended,
            taken=lambda until: listener.sent(until, time.monotonic_ns()),
        )
        self._tell.event("ready")

    def send_audio(self, pcm: Int16, until: int) -> None:
        """See `AgentLink`."""
        if self._ears is not None:
            self._ears.hear(pcm, until)

    def interrupted(self, item_id: str, played_ms: int) -> None:
        """See `AgentLink`: what was not heard leaves the history; also at an interruption by hand.

        Called while the engine holds its queue: nothing is waited for.
        """
        conversation = self._conversation
        if conversation is not None and conversation.history.played(item_id, played_ms):
            self._soon(self._cut)

    def send_tool_result(self, call_id: str, result: str) -> None:
        """See `AgentLink`."""
        self._soon(lambda talk: talk.tool(call_id, result))

    def commit_input(self) -> None:
        """See `CommitsInput`."""
        if self._ears is not None and not setup.end_pointing(self._profile).automatic:
            self._ears.commit()

    def send_text(self, text: str) -> None:
        """See `TakesText`."""
        if text.strip() and self._ears is not None:
            item = new_id()
            self._began(item, {})
            said = Utterance(item_id=item, ended_ns=time.monotonic_ns(), text=text.strip())
            self._soon(lambda talk: talk.take(said))

    def close(self) -> None:
        """See `AgentLink`."""
        if self._ears is not None:
            self._ears.close()
        self._soon(lambda _talk: self._closing.set())
        if self._thread is not None:
            self._thread.join(CLOSE_S)
        self._ears = self._thread = None

    # --- the loop's thread

    async def _run(self, opened: Future[None]) -> None:
        assert self._tell is not None
        self._loop = asyncio.get_running_loop()
        talk: Conversation | None = None
        try:
            talk = self._conversation = Conversation(self._profile, self._tell, self._floor)
            await talk.open()
        except Exception as error:  # noqa: BLE001 - raised again by `connect`
            opened.set_exception(error)
        else:
            opened.set_result(None)
            await self._closing.wait()
        if talk is not None:
            await talk.close()

    def _cut(self, talk: Conversation) -> None:
        """Interrupted, perhaps by hand; where the caller began, this was done already."""
        if self._floor.is_free:
            self._floor.cut()
            talk.stop()

    def _soon(self, act: Callable[[Any], None]) -> None:
        """In the loop's thread, as soon as may be; nothing once it has ended."""
        loop, talk = self._loop, self._conversation
        if loop is not None and talk is not None:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(act, talk)

    # --- the caller, from the listening thread or from whoever types

    def _began(self, item_id: str, facts: dict[str, int]) -> None:
        """Silence first, then everything else."""
        assert self._tell is not None
        self._floor.taken()
        self._tell.event("caller_started", item_id, data=facts)
        self._soon(lambda talk: talk.stop())

    def _ended(self, utterance: Utterance) -> None:
        assert self._tell is not None
        data = {"audio_end_ms": round(utterance.end_ms)}
        self._tell.event("caller_stopped", utterance.item_id, data=data)
        self._soon(lambda talk: talk.take(utterance))
