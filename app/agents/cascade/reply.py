"""One answer of the agent: written by the chat model, spoken sentence by sentence, tools between.

Each sentence is an item of its own: the engine then knows to the word what was heard of it.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from app.agents.cascade import stages
from app.agents.cascade.deltas import Deltas
from app.agents.cascade.floor import Floor
from app.agents.cascade.history import History, Said, Sentence
from app.agents.cascade.sentences import Sentences
from app.agents.cascade.sound import RATE_HZ, BadSound, SoundReader
from app.agents.cascade.stages import Stamps, Teller
from app.agents.link import AgentEvent, Int16
from app.agents.profiles import CallProfile
from app.domain.ids import new_id
from app.models.chat_errors import Fault
from app.models.chat_wire import Failed
from app.models.voice_wire import VoiceWire

MOST_ROUNDS = 8
"""Of tools in one answer."""
PIECE_FRAMES = RATE_HZ // 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What an answer is made with."""

    profile: CallProfile
    chat: VoiceWire
    speech: VoiceWire
    history: History
    floor: Floor
    tell: Teller


class Reply:
    """Made for one turn of the caller's, or to greet; `run` once, in a task.

    Args:
        means: what it is made with.
        stamps: of the stages so far.
    """

    def __init__(self, means: Means, stamps: Stamps) -> None:
        self._means, self._stamps = means, stamps
        self._number = means.floor.number
        self._id = new_id()
        self._said = Said()
        self._sentences = 0
        self._usage: Counter[str] = Counter()
        self._answered = asyncio.Event()
        self._has_told_stages = False

    def tool_answered(self) -> None:
        """A tool's result is in the history."""
        self._answered.set()

    async def run(self) -> None:
        """Write and speak it; raises StageFailed."""
        tell, status = self._means.tell, "failed"
        tell.event("response_started", self._id)
        try:
            for _ in range(MOST_ROUNDS):
                said = self._said = self._means.history.agent()
                await self._round(said)
                if not said.tools:
                    break
                await self._tools(said)
            else:
                tell.event("error", text=f"The agent asked for tools {MOST_ROUNDS} times in a row.")
            status = "completed"
        except asyncio.CancelledError:
            status = "cancelled"
            self._tell_unspoken()
            raise
        finally:
            told = {"status": status} | ({"usage": self._counted()} if self._usage else {})
            tell.event("response_done", self._id, data=told)

    async def _round(self, said: Said) -> None:
        """One completion, spoken while it is written."""
        lines: asyncio.Queue[Sentence | None] = asyncio.Queue()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._write(said, lines))
                group.create_task(self._speak(lines))
        except ExceptionGroup as found:
            raise found.exceptions[0] from None

    async def _tools(self, said: Said) -> None:
        """Ask for the tools, and wait for every result."""
        for tool in said.tools:
            facts = {"name": tool.name, "call_id": tool.call_id, "arguments": tool.arguments}
            self._means.tell.event("tool", self._id, data=facts)
        while any(tool.result is None for tool in said.tools):
            await self._answered.wait()
            self._answered.clear()
        self._stamps.mark("tools_done")

    # --- writing

    async def _write(self, said: Said, lines: asyncio.Queue[Sentence | None]) -> None:
        async def attempt() -> None:
            await self._stream(said, lines)

        await stages.done("llm", attempt, self._means.tell, may_repeat=lambda: not said.sentences)
        lines.put_nowait(None)

    async def _stream(self, said: Said, lines: asyncio.Queue[Sentence | None]) -> None:
        tell, body = self._means.tell, self._request()
        deltas, cutter = Deltas(), Sentences()

        def put(texts: list[str]) -> None:
            for text in texts:
                self._stamps.mark("llm_first_sentence")
                self._sentences += 1
                said.sentences.append(Sentence(f"{self._id}.{self._sentences}", text))
                lines.put_nowait(said.sentences[-1])

        tell.asked("llm.request", {"request": body})
        async with aclosing(self._means.chat.chunks(body)) as chunks:
            async for chunk in chunks:
                text = deltas.push(chunk)
                if text or deltas.tools:
                    self._stamps.mark("llm_first_token")
                tell.answered("llm.chunk", {"chunk": chunk})
                put(cutter.push(text))
        put(cutter.finish())
        said.tools = list(deltas.tools)
        self._usage.update(deltas.usage)

    def _request(self) -> dict[str, Any]:
        profile = self._means.profile
        body: dict[str, Any] = {"model": profile.model, "messages": self._means.history.messages()}
        if profile.tools:
            body["tools"] = [
                dict(t)
                if "function" in t
                else {"type": "function", "function": {k: v for k, v in t.items() if k != "type"}}
                for t in profile.tools
            ]
        return body

    def _counted(self) -> dict[str, Any]:
        """As the Realtime protocol writes it."""
        found: dict[str, Any] = dict(self._usage)
        cached = found.pop("cached_tokens", 0)
        return found | ({"input_token_details": {"cached_tokens": cached}} if cached else {})

    # --- speaking

    async def _speak(self, lines: asyncio.Queue[Sentence | None]) -> None:
        while (sentence := await lines.get()) is not None:
            await self._say(sentence)

    async def _say(self, sentence: Sentence) -> None:
        means = self._means

        async def attempt() -> None:
            await self._voice(sentence)

        sentence.is_whole = await stages.done(
            "tts", attempt, means.tell, may_repeat=lambda: not sentence.received
        )
        means.tell.event("audio_done", sentence.item_id)

    async def _voice(self, sentence: Sentence) -> None:
        profile, wire, tell = self._means.profile, self._means.speech, self._means.tell
        body = {
            "model": profile.tts_model,
            "input": sentence.text,
            "voice": profile.voice,
            "response_format": profile.tts_format,
        }
        reader, size = SoundReader(), 0
        tell.asked("tts.request", {"item_id": sentence.item_id, "request": body})
        try:
            async with aclosing(wire.sound(body)) as pieces:
                async for data in pieces:
                    at_ns = time.monotonic_ns()  # before anything is read from it
                    size += len(data)
                    self._play(sentence, reader.push(data), at_ns)
            self._play(sentence, reader.finish(), time.monotonic_ns())
        except BadSound as error:
            reason = f"{wire.host} sent {error}. Try another tts_format, or another server."
            raise Failed(Fault(kind="server", reason=reason, again=True)) from error
        tell.answered("tts.reply", {"item_id": sentence.item_id, "bytes": size})

    def _play(self, sentence: Sentence, pcm: Int16, at_ns: int) -> None:
        """Sound on its way to the ear, in pieces short enough to be stopped between two."""
        if not len(pcm):
            return
        self._stamps.mark("tts_first_byte", at_ns)
        listener, item_id = self._means.tell.listener, sentence.item_id
        if not sentence.received:
            self._tell_text(sentence, at_ns)
        for first in range(0, len(pcm), PIECE_FRAMES):
            piece = pcm[first : first + PIECE_FRAMES]
            event = AgentEvent(kind="audio", at_ns=at_ns, item_id=item_id, pcm=piece)
            if not self._means.floor.say(self._number, lambda event=event: listener.event(event)):  # type: ignore[misc]
                return  # the caller has begun; this task is about to be cancelled
            sentence.received += len(piece)
        if not self._has_told_stages:
            self._has_told_stages = True
            listener.event(
                AgentEvent(
                    kind="stages", at_ns=at_ns, item_id=item_id, data=dict(self._stamps.at_ns)
                )
            )

    def _tell_text(self, sentence: Sentence, at_ns: int) -> None:
        told = AgentEvent(
            kind="agent_text",
            at_ns=at_ns,
            item_id=sentence.item_id,
            text=sentence.text,
            whole=True,
        )
        self._means.floor.say(self._number, lambda: self._means.tell.listener.event(told))

    def _tell_unspoken(self) -> None:
        """What was written and is not spoken any more."""
        for sentence in self._said.sentences:
            if not sentence.received:
                facts = {"text": sentence.text, "whole": True, "data": {"unheard": True}}
                self._means.tell.event("agent_text", sentence.item_id, **facts)
