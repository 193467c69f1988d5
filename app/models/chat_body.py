"""What is sent for a chat request, and how the next attempt gives way to what was refused.

The ladder: a strict JSON schema, JSON mode with the schema in words, words alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.domain.endpoints import Capabilities, ChatRequest
from app.domain.judging import Rung
from app.models.chat_audio import audio_bytes

LIMITS = ("max_tokens", "max_completion_tokens")
"""Names of the limit of a reply. Servers know the first, reasoning models the second."""
OPTIONAL = ("temperature", "top_p", "seed", "presence_penalty", "frequency_penalty")
"""Parameters that are left out once a model has refused them."""
NEXT_RUNG: Mapping[Rung, Rung] = {"schema": "json", "json": "text"}
SCHEMA_WORDS = (
    "Answer with one JSON object and nothing else: no other text, no code fence. "
    "It must fit this JSON schema:"
)

_FORMAT = re.compile(r"response_format|json_schema|json_object|grammar|guided|structured.output")
# A value out of range is the caller's mistake: leaving it out would ask something else.
_OUT_OF_RANGE = re.compile(
    r"too (large|long|many|high|low|small)|context length|above max|below min|between|in the range"
    r"|less than|greater than|at most|at least"
)

BYTES_PER_TOKEN = 4
"""Of UTF-8 text: about right for English, and for Chinese."""
AUDIO_BYTES_PER_TOKEN = 3200
"""A tenth of a second of 16 kHz, 16 bits."""
REPLY_TOKENS = 500
"""Expected where a request sets no limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a model is asked, by what is known of it."""

    rung: Rung = "schema"
    limit: str = LIMITS[0]
    refused: frozenset[str] = frozenset()
    """Parameters that the model does not take."""

    @classmethod
    def of(cls, known: Capabilities | None) -> Manner:
        """As a probe found it; the best that may be where there was none."""
        if known is None:
            return cls()
        refused = frozenset() if known.temperature else frozenset({"temperature"})
        return cls(rung=known.rung, limit=known.max_tokens_name, refused=refused)

    def body(self, request: ChatRequest) -> dict[str, Any]:
        """The body of an HTTP request."""
        messages = list(request.messages)
        body: dict[str, Any] = {"model": request.model}
        if request.schema is not None:
            if self.rung != "schema":
                messages[-1] = _with_schema(messages[-1], request.schema)
            if self.rung != "text":
                body["response_format"] = _format(self.rung, request)
        for name, value in request.params.items():
            sent_as = self.limit if name in LIMITS else name
            if value is not None and sent_as not in self.refused:
                body[sent_as] = value
        return body | {"messages": messages}

    def after(self, body: Mapping[str, Any], said: str, parameter: str = "") -> Manner | None:
        """How to ask next, after a refusal that names a part of `body`; None if none gives way.

        Args:
            body: as it was sent.
            said: the server's words.
            parameter: the parameter that it names beside them, if it does.
        """
        if _OUT_OF_RANGE.search(said.lower()):
            return None
        named = self._without(body, parameter.lower()) if parameter else None
        return named or self._without(body, said.lower())

    def _without(self, body: Mapping[str, Any], said: str) -> Manner | None:
        if self.limit in body and _names(said, self.limit):
            other = LIMITS[1 - LIMITS.index(self.limit)]
            refused = self.refused | {self.limit}
            return None if other in refused else replace(self, limit=other, refused=refused)
        for name in OPTIONAL:
            if name in body and _names(said, name):
                return replace(self, refused=self.refused | {name})
        if "response_format" in body and _FORMAT.search(said):
            return replace(self, rung=NEXT_RUNG[self.rung])
        return None


def tokens_of(request: ChatRequest) -> int:
    """A guess at the tokens that a request will use, its reply included."""
    limits = [request.params.get(name) for name in LIMITS]
    reply = next((v for v in limits if isinstance(v, int)), REPLY_TOKENS)
    text = sum(len(text.encode()) for message in request.messages for text in _texts(message))
    schema = len(json.dumps(request.schema)) if request.schema else 0
    sound = audio_bytes(request.messages) // AUDIO_BYTES_PER_TOKEN
    return (text + schema) // BYTES_PER_TOKEN + sound + reply


def _texts(message: Mapping[str, Any]) -> list[str]:
    content = message.get("content") or ""
    if isinstance(content, str):
        return [content]
    return [part.get("text", "") for part in content]


def _format(rung: Rung, request: ChatRequest) -> dict[str, Any]:
    if rung == "json":
        return {"type": "json_object"}
    named = {"name": request.schema_name, "strict": True, "schema": request.schema}
    return {"type": "json_schema", "json_schema": named}


def _with_schema(message: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """A message that ends in the schema."""
    words = f"{SCHEMA_WORDS}\n{json.dumps(schema, ensure_ascii=False)}"
    content = message.get("content") or ""
    if isinstance(content, str):
        return {**message, "content": f"{content}\n\n{words}"}
    return {**message, "content": [*content, {"type": "text", "text": words}]}


def _names(said: str, parameter: str) -> bool:
    return re.search(rf"\b{parameter}\b", said) is not None
