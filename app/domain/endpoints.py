"""Endpoints that judges are asked at, what each can do, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.judging import Rung, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointProfile:
    """An OpenAI-compatible endpoint. The key is a reference, never the secret."""

    name: str
    base_url: str
    """Up to and with `/v1`."""
    key_ref: str = ""
    """`env:NAME`, `keyring:NAME`, or empty for none."""
    model: str = ""
    """The model that a run takes unless told otherwise."""
    timeout_s: float = 60.0
    retries: int = 4
    concurrency: int = 8
    rpm: float | None = None
    """Requests a minute; None for no limit of ours."""
    tpm: float | None = None
    """Tokens a minute; None for no limit of ours."""

    def to_json(self) -> dict[str, Any]:
        """As stored."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a probe found an endpoint can do with a model."""

    endpoint: str
    model: str
    rung: Rung
    audio: bool
    json_mode: bool
    max_tokens_name: str = "max_tokens"
    """What it calls the limit of a reply: `max_tokens` or `max_completion_tokens`."""
    temperature: bool = True
    """Whether it takes a temperature of 0."""
    probed_at: str = ""
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As stored."""
        return {name: getattr(self, name) for name in self.__slots__} | {"notes": list(self.notes)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a model costs, as its user wrote it down; per million tokens."""

    model: str
    """Exact name, or a prefix that ends in `*`."""
    input_per_m: float
    output_per_m: float
    cached_per_m: float | None = None
    audio_per_m: float | None = None
    currency: str = "USD"
    as_of: str = ""
    endpoint: str = ""
    """Only at this endpoint; empty for any."""

    def to_json(self) -> dict[str, Any]:
        """As stored."""
        return {name: getattr(self, name) for name in self.__slots__}

    def micro(self, usage: Usage) -> int | None:
        """The cost of a reply in millionths of the currency; None where tokens are unknown."""
        if usage.prompt is None or usage.completion is None:
            return None
        cached = min(usage.cached or 0, usage.prompt)
        audio = min(usage.audio or 0, usage.prompt - cached)
        cached_price = self.input_per_m if self.cached_per_m is None else self.cached_per_m
        audio_price = self.input_per_m if self.audio_per_m is None else self.audio_per_m
        # A price per million tokens is millionths of the currency per token.
        return round(
            (usage.prompt - cached - audio) * self.input_per_m
            + cached * cached_price
            + audio * audio_price
            + usage.completion * self.output_per_m
        )


def price_of(prices: tuple[Price, ...], endpoint: str, model: str) -> Price | None:
    """The price that fits best: exact before prefix, this endpoint before any; None if unknown."""
    fitting = [p for p in prices if p.endpoint in ("", endpoint) and _fits(p.model, model)]
    return max(fitting, key=_closeness, default=None)


def _fits(pattern: str, model: str) -> bool:
    return model.startswith(pattern[:-1]) if pattern.endswith("*") else pattern == model


def _closeness(price: Price) -> tuple[bool, bool, int]:
    return (bool(price.endpoint), not price.model.endswith("*"), len(price.model))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """One chat completion to ask for.

    `messages` are of the wire's form; audio is in them already, base64 WAV as `input_audio`.
    """

    key: str
    """Sent as idempotency key; the same for every HTTP attempt."""
    model: str
    messages: tuple[Mapping[str, Any], ...]
    params: Mapping[str, Any] = field(default_factory=dict)
    """`temperature`, `max_tokens`, `seed`…"""
    schema: Mapping[str, Any] | None = None
    """JSON schema of the reply."""
    schema_name: str = "verdict"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatReply:
    """What an endpoint answered."""

    text: str
    usage: Usage
    finish: str
    refusal: str
    latency_ms: int
    """From the first byte sent to the last received, of the attempt that answered."""
    http_attempts: int
    request_id: str
    model: str
    rung: Rung
    request: Mapping[str, Any]
    """The body as sent."""
    reply: Mapping[str, Any]
    """The body as received."""


class ChatFailed(Exception):
    """No answer was had from an endpoint.

    Args:
        kind: one of `app.domain.judging.AskFailure`.
        reason: in words, without secrets.
        http_attempts: how often it was tried.
        request: the body as sent.
        latency_ms: of the last attempt.
    """

    def __init__(
        self,
        kind: str,
        reason: str,
        *,
        http_attempts: int = 1,
        request: Mapping[str, Any] | None = None,
        latency_ms: int = 0,
        request_id: str = "",
    ) -> None:
        super().__init__(reason)
        self.kind, self.reason = kind, reason
        self.http_attempts, self.latency_ms = http_attempts, latency_ms
        self.request: Mapping[str, Any] = request or {}
        self.request_id = request_id
