"""Judges as data: definitions, immutable versions, replies and verdicts. Frozen values only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from app.domain.ratings import ItemRef

JudgeKind = Literal["llm", "baseline"]
"""`baseline`: deterministic rules, no model and no endpoint."""
Unit = Literal["turn", "call", "pair"]
Modality = Literal["text", "audio"]
ContextRule = Literal["history", "whole", "alone"]
"""`history`: the brief, what was said up to the judged turn, and the turn; never later turns.
`whole`: the whole call. `alone`: only what is judged."""
RequestMode = Literal["one", "all"]
"""`one`: a request for each criterion; `all`: every criterion of an item in one request."""
Rung = Literal["schema", "json", "text"]
"""How a structured reply is asked for: strict JSON schema, JSON mode, or in words alone."""
ReplyStatus = Literal["ok", "unscored", "failed"]
"""`unscored`: there is a reply and it cannot be used. `failed`: there is no reply."""
AskFailure = Literal[
    "parse", "off_scale", "refused", "truncated", "empty",
    "auth", "not_found", "bad_request", "rate_limit", "timeout", "connection", "server",
    "no_audio", "cap", "bug",
]  # fmt: skip

ASK_FAILURE_WORDS: Mapping[str, str] = {
    "parse": "Reply is not what was asked for",
    "off_scale": "Reply is off the scale",
    "refused": "Model refused",
    "truncated": "Reply was cut off",
    "empty": "Reply is empty",
    "auth": "Key was refused",
    "not_found": "Model or address not found",
    "bad_request": "Endpoint refused the request",
    "rate_limit": "Too many requests",
    "timeout": "No answer in time",
    "connection": "No connection",
    "server": "Endpoint failed",
    "no_audio": "Endpoint takes no audio",
    "cap": "Run's cap reached",
    "bug": "A fault of ours",
}


def sha256_of(body: object) -> str:
    """SHA-256 of a plain value's canonical JSON."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeDefinition:
    """What a judge is asked, without the model: one version of a name. Immutable once stored."""

    id: str
    name: str
    version: int
    title: str
    kind: JudgeKind
    unit: Unit
    modality: Modality
    context: ContextRule
    rubric: str
    """Key of its rubric; the newest version of that key is bound when the judge is."""
    shape: str
    """What a reply looks like: a name of `app.eval.judging.shapes`."""
    request: RequestMode = "all"
    params: Mapping[str, Any] = field(default_factory=dict)
    """Sampling parameters and options, such as `temperature`, `max_tokens`, `na_mode`."""
    prompts: Mapping[str, str] = field(default_factory=dict)
    """`system` and `user`: Jinja templates."""
    source: str = ""
    note: str = ""
    origin: str = "shipped"
    """`shipped`, or `edited` here."""
    created_at: str = ""

    @property
    def ref(self) -> str:
        """`gic@1`."""
        return f"{self.name}@{self.version}"

    def body(self) -> dict[str, Any]:
        """Everything that it is, apart from its id, version, note and time."""
        return {
            "name": self.name, "title": self.title, "kind": self.kind, "unit": self.unit,
            "modality": self.modality, "context": self.context, "rubric": self.rubric,
            "shape": self.shape, "request": self.request, "params": dict(self.params),
            "prompts": dict(self.prompts), "source": self.source,
        }  # fmt: skip

    @property
    def sha256(self) -> str:
        """Hash of the body."""
        return sha256_of(self.body())

    @property
    def prompt_sha256(self) -> str:
        """Hash of all that decides what the model is asked: templates, shape, context, mode."""
        keys = ("unit", "modality", "context", "shape", "request", "prompts")
        body = self.body()
        return sha256_of([body[k] for k in keys])


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeVersion:
    """A definition bound to a model, parameters and a rubric version: who gave a score.

    `sha256` is over model, prompt, parameters and rubric; any change is another version.
    """

    id: str
    definition_id: str
    ref: str
    """`gic@1`."""
    kind: JudgeKind
    model: str
    """Empty for a baseline judge."""
    params: Mapping[str, Any]
    prompt_sha256: str
    rubric_version_id: str
    modality: Modality
    sha256: str
    rater_id: str
    """The judge as a rater."""
    created_at: str

    @property
    def short_sha(self) -> str:
        """The first eight digits of its hash."""
        return self.sha256[:8]

    @property
    def label(self) -> str:
        """`gic@1 · gpt-4.1`, or `baseline_redundancy@1 · baseline`."""
        return f"{self.ref} · {self.model or 'baseline'}"


def judge_identity(
    model: str, prompt_sha256: str, params: Mapping[str, Any], rubric_sha256: str
) -> str:
    """The hash that identifies a judge version."""
    return sha256_of([model, prompt_sha256, dict(params), rubric_sha256])


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens as the endpoint counted them; None where it did not say."""

    prompt: int | None = None
    completion: int | None = None
    cached: int | None = None
    audio: int | None = None
    reasoning: int | None = None

    @property
    def total(self) -> int | None:
        """Prompt and completion together."""
        if self.prompt is None and self.completion is None:
            return None
        return (self.prompt or 0) + (self.completion or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReply:
    """One request and what came back, as it will be stored."""

    run_id: str | None
    call_id: str
    item: ItemRef
    judge_version_id: str
    key: str
    """Hash of judge version, item and messages: the same key need not be asked twice."""
    attempt: int
    status: ReplyStatus
    failure: AskFailure | None
    reason: str
    criteria: tuple[str, ...]
    endpoint: str
    request: Mapping[str, Any]
    """As sent, without the key; audio is named by its hash."""
    reply: Mapping[str, Any] | None
    """As received."""
    parsed: Any
    usage: Usage
    cost_micro: int | None
    """Millionths of the currency unit; None where no price is known."""
    currency: str
    latency_ms: int
    http_attempts: int
    request_id: str
    model_reported: str
    rung: Rung


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReply:
    """A reply with its place in the history; `reply` and `request` are unpacked on demand."""

    id: str
    new: NewReply
    created_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a judge said of one criterion, before it becomes a score.

    `value` is the scale's own value, None where the criterion does not apply.
    """

    criterion_key: str
    value: float | None
    rationale: str = ""
    evidence: tuple[int, ...] = ()
    """Indices of turns (0-based, of the call's turn set)."""
    flagged: bool = False
    """It contradicts itself; `details` says how."""
    details: Mapping[str, Any] = field(default_factory=dict)
    item: ItemRef | None = None
    """What it is about, where that is not the item that was asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCost:
    """What a run has used so far."""

    asked: int
    """Requests that were sent, retries after a bad reply among them."""
    tokens: int
    cached_tokens: int
    priced_micro: Mapping[str, int]
    """Currency → millionths, of the replies whose price is known."""
    unpriced: int
    """Replies without a known price."""
    latency_ms: int
    """Mean of a request."""
