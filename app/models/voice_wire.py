"""The three requests of a cascaded agent, each to any server that speaks OpenAI's protocol.

Answers are streamed as they come. A request that is cancelled closes its connection, and nothing
is tried again here: who waits for a voice decides that.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import suppress
from typing import Any

from app.domain.errors import UserError
from app.models import secrets
from app.models.asr import RATE_HZ, Float32, primary
from app.models.chat_errors import Fault, fault_of
from app.models.chat_reply import storable
from app.models.chat_wire import Failed
from app.models.endpoint_calls import NO_KEY
from app.models.endpoint_words import Endpoint
from app.models.first_import import load_openai
from app.models.transcription import wav
from app.models.transcription_reply import Malformed, read

CONNECT_S = 5.0
KEPT_S = 300.0
"""A connection that nobody uses: no turn pays for a new one because the caller spoke for long."""
DRAIN_S = 0.05
NOT_LISTED = (400, 404, 405, 500, 501)
"""Answers of a server that is there and has no list of models."""
DATA, DONE = "data:", "[DONE]"


class VoiceWire:
    """A connection pool to one server. Make, use and close it inside one event loop.

    Every method raises `Failed`, whose fault says in words what happened and what to do.

    Raises:
        BadInput, EnvironmentFault: the key cannot be had.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._secret = secrets.resolve(endpoint.key_ref)
        load_openai()
        import openai

        timeout = openai.Timeout(endpoint.timeout_s, connect=min(CONNECT_S, endpoint.timeout_s))
        limits = type(openai.DEFAULT_CONNECTION_LIMITS)(keepalive_expiry=KEPT_S)
        self._client = openai.AsyncOpenAI(
            base_url=endpoint.base_url,
            api_key=self._secret.reveal() or NO_KEY,
            timeout=timeout,
            max_retries=0,
            http_client=openai.DefaultAsyncHttpxClient(timeout=timeout, limits=limits),
        )
        # Taken from the environment; they are OpenAI's affair and no other server's.
        self._client.organization = self._client.project = None
        self._client._custom_headers = {}
        # Looked up here, since the package imports them then: not in the middle of a turn.
        self._chat: Any = self._client.chat.completions.with_streaming_response
        self._speech: Any = self._client.audio.speech.with_streaming_response
        self._hearing: Any = self._client.audio.transcriptions.with_raw_response
        self._counts_tokens = True

    @property
    def host(self) -> str:
        """As named in messages."""
        return self._endpoint.host

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def check(self) -> None:
        """Whether anybody is there and takes the key."""
        try:
            async with asyncio.timeout(self._endpoint.timeout_s):
                await self._client.models.with_raw_response.list()
        except Exception as error:  # noqa: BLE001 - of the package and of what lies beneath it
            fault = self._fault(error, "")
        else:
            return
        if fault.status not in NOT_LISTED:
            raise Failed(fault)

    async def words(self, samples_16k: Float32, model: str, language: str) -> str:
        """What was said in (n,) samples in -1..1; empty for nothing."""
        given: dict[str, Any] = {"language": primary(language)} if language else {}
        try:
            async with asyncio.timeout(self._endpoint.timeout_s):
                raw = await self._hearing.create(
                    model=model,
                    file=("speech.wav", wav(samples_16k), "audio/wav"),
                    response_format="json",
                    **given,
                )
            return storable(read(raw.http_response.content, len(samples_16k) / RATE_HZ).text)
        except Malformed as error:
            fault = self._unusable(f"an answer that is no transcription: {error}")
        except Exception as error:  # noqa: BLE001 - as above
            fault = self._fault(error, model)
        raise Failed(fault)

    async def chunks(self, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any]]:
        """The chunks of a streamed chat completion, as they come.

        Args:
            body: of the request, without what makes it a stream.
        """
        while True:
            try:
                async for chunk in self._chunks(body):
                    yield chunk
            except Exception as error:  # noqa: BLE001 - as above
                fault = self._fault(error, str(body["model"]))
            else:
                return
            if not (self._counts_tokens and fault.is_refusal and "stream_options" in fault.said):
                raise Failed(fault)
            self._counts_tokens = False

    async def sound(self, body: Mapping[str, Any]) -> AsyncGenerator[bytes]:
        """The bytes of spoken text, as they come."""
        rest = {k: body[k] for k in body if k not in ("model", "input", "voice")}
        import openai

        try:
            async with self._speech.create(
                model=body["model"],
                input=body["input"],
                voice=body.get("voice") or openai.omit,
                extra_body=rest,
            ) as answer:
                async for data in answer.iter_bytes():
                    yield data
        except Exception as error:  # noqa: BLE001 - as above
            fault = self._fault(error, str(body["model"]))
        else:
            return
        raise Failed(fault)

    async def _chunks(self, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any]]:
        rest = {k: body[k] for k in body if k not in ("model", "messages")} | {"stream": True}
        if self._counts_tokens:
            rest["stream_options"] = {"include_usage": True}
        has_begun = has_finished = False
        async with self._chat.create(
            model=body["model"], messages=body["messages"], extra_body=rest
        ) as answer:
            lines = answer.iter_lines()
            async for line in lines:
                if not line.startswith(DATA):
                    continue  # comments, names of events, blank lines
                data = line[len(DATA) :].strip()
                has_begun = True
                if data == DONE:
                    await _drained(lines)
                    return
                chunk = self._chunk(data)
                has_finished = has_finished or _finishes(chunk)
                yield chunk
        if not has_begun:
            raise Failed(self._unusable("an answer that is no stream of a chat completion"))
        if not has_finished:  # not every server sends the last line, but each says why it ends
            raise Failed(self._unusable("a stream that ends in the middle"))

    def _chunk(self, data: str) -> dict[str, Any]:
        found: Any = None
        with suppress(ValueError, RecursionError):
            found = json.loads(data)
        if not isinstance(found, dict):
            raise Failed(self._unusable("a chunk that is no JSON object"))
        if found.get("error"):
            error = found["error"]
            said = error.get("message") if isinstance(error, dict) else error
            told = storable(self._secret.redact(" ".join(str(said).split())[:200]))
            raise Failed(self._unusable(f"an error in place of a chunk: {told}"))
        return found

    def _unusable(self, what: str) -> Fault:
        remedy = "Check the base URL and the model."
        return Fault(kind="server", reason=f"{self.host} sent {what}. {remedy}", again=True)

    def _fault(self, error: Exception, model: str) -> Fault:
        if isinstance(error, Failed):
            return error.fault
        if isinstance(error, UserError):
            return Fault(kind="bad_request", reason=str(error))
        fault = fault_of(error, model, self._endpoint, self._secret)
        if fault is not None:
            return fault
        name = type(error).__name__
        if not type(error).__module__.startswith(("http", "anyio", "ssl")):
            raise error
        # While an answer is read, errors of the transport come as they are.
        if "Timeout" in name:
            reason = f"{self.host} fell silent for {self._endpoint.timeout_s:g} s. Try again later."
            return Fault(kind="timeout", reason=reason, again=True)
        reason = f"{self.host} closed the connection in the middle of its answer."
        return Fault(kind="connection", reason=f"{reason} Look into its log.", again=True)


def _finishes(chunk: Mapping[str, Any]) -> bool:
    choices = chunk.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    return isinstance(first, dict) and bool(first.get("finish_reason"))


async def _drained(lines: AsyncIterator[str]) -> None:
    """Read on to the very end, which is about to come: only then the connection can be kept."""
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_S):
            async for _ in lines:
                pass
