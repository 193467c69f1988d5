"""What becomes of what the caller says: words, a turn, an answer. All of it in one event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from app.agents.cascade import setup, stages
from app.agents.cascade.ears import Utterance
from app.agents.cascade.floor import Floor
from app.agents.cascade.history import History
from app.agents.cascade.recognising import EndpointEar, Recogniser, WhisperEar
from app.agents.cascade.reply import Means, Reply
from app.agents.cascade.setup import Stage
from app.agents.cascade.stages import StageFailed, Stamps, Teller
from app.agents.profiles import CallProfile
from app.domain.errors import EnvironmentFault
from app.models.asr import RATE_HZ, Float32
from app.models.chat_wire import Failed
from app.models.endpoint_words import Endpoint
from app.models.voice_wire import VoiceWire

log = logging.getLogger("callbench.calls")


class Conversation:
    """One call's. Make, use and close it in one event loop.

    Args:
        profile: the agent.
        tell: tells the engine.
        floor: who may be heard.

    Raises:
        BadInput, NotFound, EnvironmentFault: a key or the model of a stage is not to be had.
    """

    def __init__(self, profile: CallProfile, tell: Teller, floor: Floor) -> None:
        self._tell, self._floor = tell, floor
        self._wires: dict[Endpoint, VoiceWire] = {}
        self._users: dict[Endpoint, Stage] = {}
        chat, speech = self._wire(profile, "llm"), self._wire(profile, "tts")
        self._ear = self._recogniser(profile)
        self.history = History(profile.brief)
        self._means = Means(
            profile=profile,
            chat=chat,
            speech=speech,
            history=self.history,
            floor=floor,
            tell=tell,
        )
        self._heard: asyncio.Queue[Utterance] = asyncio.Queue()
        self._reply: Reply | None = None
        self._answering: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """See that everyone is there, and greet where the agent speaks first.

        Raises:
            BadInput, EnvironmentFault: a server is not, or refuses the key; the model on this
                machine does not run.
        """
        asked = [self._check(endpoint) for endpoint in self._wires]
        if isinstance(self._ear, WhisperEar):
            asked.append(self._ear.warm())
        await asyncio.gather(*asked)
        self._listening = asyncio.create_task(self._guarded(self._listen()))
        if self._means.profile.agent_first:
            self._answer(Stamps())

    async def close(self) -> None:
        """Give up whatever goes on."""
        if self._ear is not None:
            self._ear.close()
        going = [t for t in (self._listening, self._answering) if t is not None]
        for task in going:
            task.cancel()
        await asyncio.gather(*going, return_exceptions=True)
        for wire in self._wires.values():
            await wire.close()

    def take(self, utterance: Utterance) -> None:
        """The caller has said something; without a recogniser only what they type is a turn."""
        if utterance.text or self._ear is not None:
            self._heard.put_nowait(utterance)
        else:
            self._floor.recognised()

    def stop(self) -> None:
        """The caller has begun: answer no more."""
        if self._answering is not None:
            self._answering.cancel()

    def tool(self, call_id: str, result: str) -> None:
        """A tool's result."""
        self.history.tool(call_id, result)
        if self._reply is not None:
            self._reply.tool_answered()

    # --- turns

    async def _listen(self) -> None:
        """Utterances one after the other, so that the history has them in order."""
        while True:
            utterance = await self._heard.get()
            stamps = Stamps()
            stamps.mark("vad_end", utterance.ended_ns)
            text = utterance.text or await self._words(utterance.samples)
            stamps.mark("stt_done")
            if text:
                self.history.caller(text)
                self._tell.event("caller_text", utterance.item_id, text=text, whole=True)
            self._floor.recognised()
            if self._floor.is_free and self.history.is_open:
                self._answer(stamps)

    async def _words(self, samples: Float32 | None) -> str:
        ear, found = self._ear, [""]
        if ear is None or samples is None or not len(samples):
            return ""

        async def attempt() -> None:
            self._tell.asked("stt.request", {"seconds": round(len(samples) / RATE_HZ, 3)})
            found[0] = (await ear.words(samples)).strip()
            self._tell.answered("stt.reply", {"text": found[0]})

        await stages.done("stt", attempt, self._tell)
        return found[0]

    def _answer(self, stamps: Stamps) -> None:
        self.stop()
        self._reply = Reply(self._means, stamps)
        self._answering = asyncio.create_task(self._guarded(self._reply.run()))

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        """Run it; what it cannot do ends the call, in words."""
        try:
            await work
        except StageFailed as failed:
            self._tell.event("closed", text=str(failed), data={"stage": failed.stage})
        except Exception as error:  # the call ends in words, and its recording is kept
            log.exception("a cascaded agent failed")
            words = f"The cascaded agent failed ({type(error).__name__}). See the log."
            self._tell.event("closed", text=words, data={"stage": "none"})

    # --- servers

    def _wire(self, profile: CallProfile, stage: Stage) -> VoiceWire:
        endpoint = setup.endpoint(profile, stage)
        if endpoint not in self._wires:
            self._wires[endpoint], self._users[endpoint] = VoiceWire(endpoint), stage
        return self._wires[endpoint]

    def _recogniser(self, profile: CallProfile) -> Recogniser | None:
        if not setup.hears(profile):
            return None
        if setup.hears_here(profile):
            return WhisperEar(setup.model_folder(profile), profile.language)
        wire = self._wire(profile, "stt")
        return EndpointEar(wire, profile.stt_model.strip(), profile.language)

    async def _check(self, endpoint: Endpoint) -> None:
        try:
            await self._wires[endpoint].check()
        except Failed as failed:
            words = stages.WORDS[self._users[endpoint]]
            reason = failed.fault.reason
        else:
            return
        raise EnvironmentFault(f"{words} cannot be had: {reason}")
