"""The agent's events where they arrive, in the link's threads: a barge-in is flushed first."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.agents import ending
from app.agents.ending import Ending
from app.agents.link import AgentEvent, AgentLink, Listener, RawMessage, TellsClear
from app.agents.live_state import LiveState
from app.agents.playing import Playing
from app.agents.recording import CallRecorder, Packet, Sent
from app.agents.tools import ToolDesk
from app.audio.duplex import BlockRow
from app.audio.play_queue import PlayQueue

Job = Callable[[CallRecorder], None]
"""Something for the recorder, run in the call's thread."""


class AgentSide:
    """One call's listener.

    Args:
        link: to the agent.
        play: what the device takes from.
        tools: answers what the agent asks for.
        live: the live view.
        job: takes what is to be written.
        note: takes what happened.
        end: ends the call.
    """

    def __init__(
        self,
        link: AgentLink,
        play: PlayQueue,
        tools: ToolDesk,
        live: LiveState,
        *,
        job: Callable[[Job], None],
        note: Callable[..., None],
        end: Callable[[Ending], None],
    ) -> None:
        self._playing = Playing(play, link, note, self._packet)
        self._tools, self._live = tools, live
        self._job, self._note, self._end = job, note, end
        self._cuts = ("clear",) if isinstance(link, TellsClear) else ("clear", "caller_started")
        self.listener = Listener(
            event=self._event,
            raw=self._raw,
            sent=self._sent,
            when_played=self._playing.when_played,
        )

    def given(self, rows: Sequence[BlockRow]) -> None:
        """Blocks that went to the device; call it every few ms, also without any."""
        self._playing.watch.blocks(rows, time.monotonic_ns())

    def interrupt(self, at_ns: int) -> None:
        """The person interrupts by hand: silence at once."""
        self._playing.flush(AgentEvent(kind="clear", at_ns=at_ns))

    def _event(self, event: AgentEvent) -> None:
        if event.kind in self._cuts:
            self._playing.flush(event)
        if event.kind == "audio" and event.pcm is not None:
            pcm = event.pcm
            self._playing.queue(event, pcm)
            self._job(lambda recorder: recorder.received(pcm))
            return
        if event.kind in ("audio_done", "response_done"):
            self._playing.end()
        elif event.kind == "closed":
            has_failed = "stage" in event.data
            self._end((ending.of_stage if has_failed else ending.of_agent)(event.text))
        self._live.event(event)
        if event.kind != "other":
            self._told(event)
        if event.kind == "tool":
            self._tools.asked(event)

    def _told(self, event: AgentEvent) -> None:
        facts: Mapping[str, Any] = {
            "item_id": event.item_id,
            "text": event.text,
            "whole": event.whole,
        }
        kept = {k: v for k, v in facts.items() if v}
        self._note(event.kind, event.at_ns, **kept, **event.data)

    def _raw(self, message: RawMessage) -> None:
        self._job(lambda recorder: recorder.raw(message))

    def _sent(self, until: int, at_ns: int) -> None:
        self._job(lambda recorder: recorder.sent(Sent(until, at_ns)))

    def _packet(self, packet: Packet) -> None:
        self._live.packet(packet)
        self._job(lambda recorder: recorder.packet(packet))
