"""Chat completions of any OpenAI-compatible endpoint, many at a time and within its limits.

A client is made and used inside one event loop. Trying again is done here and not by the openai
package: attempts are counted, all requests wait together when the server is too busy, and a cancel
ends every wait at once.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from app.domain.endpoints import Capabilities, ChatFailed, ChatReply, ChatRequest, EndpointProfile
from app.domain.judging import AskFailure
from app.models.chat_audio import has_audio, kept
from app.models.chat_body import Manner, tokens_of
from app.models.chat_errors import Fault, back_off_s
from app.models.chat_pace import Pace
from app.models.chat_reply import message_of, usage_of
from app.models.chat_wire import Failed, Wire

log = logging.getLogger("callbench.chat")

PAUSE_S = 0.5
"""Before the first retry; it doubles, unless the server says how long."""
NO_AUDIO = ("audio", "modal")
"""In a refusal of a request with sound: it is the sound that is refused."""


@dataclass(slots=True, kw_only=True)
class _Asking:
    """A request on its way, over all its attempts."""

    request: ChatRequest
    manner: Manner
    body: dict[str, Any] = field(default_factory=dict)
    tokens: int = 0
    """Guessed."""
    attempts: int = 0
    retries: int = 0
    left_s: float = 0.0
    """When the last attempt left, on the pace's clock."""
    latency_ms: int = 0
    """Of the last attempt."""

    def failure(self, kind: AskFailure, reason: str, request_id: str = "") -> ChatFailed:
        return ChatFailed(
            kind,
            reason,
            http_attempts=self.attempts,
            request=kept(self.body),
            latency_ms=self.latency_ms,
            request_id=request_id,
        )


class ChatClient:
    """A client of one endpoint; use it as an asynchronous context, or close it.

    Args:
        profile: where, how many at a time, how patient.
        capabilities: what a probe found; without it, the best is tried and refusals are learnt.
        key: the key itself, instead of the one that the profile names.
        pause_s: before the first retry.

    Raises:
        BadInput, EnvironmentFault: the address is none, or the key cannot be had.
    """

    def __init__(
        self,
        profile: EndpointProfile,
        capabilities: Capabilities | None = None,
        *,
        key: str | None = None,
        pause_s: float = PAUSE_S,
    ) -> None:
        self._profile, self._capabilities, self._pause_s = profile, capabilities, pause_s
        self._wire = Wire(profile, key)
        self._slots = asyncio.Semaphore(max(profile.concurrency, 1))
        self._pace = Pace(profile.rpm, profile.tpm)
        self._manners: dict[str, Manner] = {}

    async def __aenter__(self) -> ChatClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._wire.close()

    def manner(self, model: str) -> Manner:
        """How a model is asked by now."""
        return self._manners.setdefault(model, Manner.of(self._known(model)))

    async def models(self) -> tuple[str, ...]:
        """Names of the models that the endpoint lists, sorted.

        Raises:
            ChatFailed: it lists none, or cannot be asked.
        """
        try:
            return await self._wire.models()
        except Failed as failed:
            fault = failed.fault
            raise ChatFailed(fault.kind, fault.reason, request_id=fault.request_id) from None

    async def ask(self, request: ChatRequest) -> ChatReply:
        """Ask for a completion, again where that may help.

        Raises:
            ChatFailed: no answer was had; its kind is one of `AskFailure`.
        """
        asking = _Asking(
            request=request, manner=self.manner(request.model), tokens=tokens_of(request)
        )
        self._check_audio(asking)
        while True:
            asking.manner = self.manner(request.model)
            asking.body = asking.manner.body(request)
            try:
                return await self._attempt(asking)
            except Failed as failed:
                fault = failed.fault
            if self._gives_way(asking, fault):
                continue
            pause_s = fault.pause_s or back_off_s(self._pause_s, asking.retries)
            if fault.kind == "rate_limit":  # everybody waits, also if this one gives up
                self._pace.slow(pause_s, asking.left_s, self._profile.concurrency)
                pause_s = 0.0
            if not fault.again or asking.retries >= self._profile.retries:
                raise asking.failure(fault.kind, fault.reason, fault.request_id)
            await asyncio.sleep(pause_s)
            asking.retries += 1

    async def _attempt(self, asking: _Asking) -> ChatReply:
        """One HTTP request, at its turn.

        Raises:
            Failed.
        """
        async with self._slots:
            asking.left_s = await self._pace.leave(asking.tokens)
            asking.attempts += 1
            started_s = time.perf_counter()
            try:
                answer, request_id = await self._wire.complete(asking.body, asking.request.key)
            except Failed as failed:
                if failed.fault.status:  # refused, so nothing was used
                    self._pace.used(asking.tokens, 0)
                raise
            finally:
                asking.latency_ms = round((time.perf_counter() - started_s) * 1000)
        self._pace.ease()
        return self._reply(asking, answer, request_id)

    def _reply(self, asking: _Asking, answer: dict[str, Any], request_id: str) -> ChatReply:
        usage = usage_of(answer)
        if usage.total is not None:
            self._pace.used(asking.tokens, usage.total)
        text, refusal, finish = message_of(answer)
        return ChatReply(
            text=text,
            usage=usage,
            finish=finish,
            refusal=refusal,
            latency_ms=asking.latency_ms,
            http_attempts=asking.attempts,
            request_id=request_id,
            model=str(answer.get("model") or asking.request.model),
            rung=asking.manner.rung,
            request=kept(asking.body),
            reply=answer,
        )

    def _gives_way(self, asking: _Asking, fault: Fault) -> bool:
        """Whether the request may be asked in another manner; that is remembered.

        Raises:
            ChatFailed: it is the sound that was refused.
        """
        if not fault.is_refusal:
            return False
        if has_audio(asking.request.messages) and any(w in fault.said.lower() for w in NO_AUDIO):
            raise asking.failure("no_audio", fault.reason, fault.request_id)
        other = asking.manner.after(asking.body, fault.said, fault.parameter)
        if other is None:
            return False
        model = asking.request.model
        # Requests under way together are refused together: the first to come back has learnt it.
        if self._manners[model] == asking.manner:
            self._manners[model] = other
            log.info("%s: %s is asked otherwise now: %s", self._wire.host, model, other)
        return True

    def _check_audio(self, asking: _Asking) -> None:
        known = self._known(asking.request.model)
        if known is None or known.audio or not has_audio(asking.request.messages):
            return
        asking.body = asking.manner.body(asking.request)
        raise asking.failure(
            "no_audio",
            f"{asking.request.model} at {self._wire.host} took no sound when it was tested. "
            "Choose a model that hears, or test the endpoint again.",
        )

    def _known(self, model: str) -> Capabilities | None:
        known = self._capabilities
        return known if known is not None and known.model == model else None
