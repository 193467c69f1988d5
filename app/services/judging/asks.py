"""Values that go through a judge run: a judge, what it is to be asked, and what came of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.endpoints import ChatFailed, ChatReply
from app.domain.judging import (
    AskFailure,
    JudgeDefinition,
    JudgeVersion,
    ReplyStatus,
    Usage,
    Verdict,
    judge_identity,
    sha256_of,
)
from app.domain.ratings import ItemRef
from app.domain.rubrics import RubricVersion
from app.eval.judging.asks import Ask, Rendered
from app.eval.judging.call import JudgeCall

BYTES_PER_TOKEN = 4
"""Of UTF-8 text: about right for English, and for Chinese."""
MOST_TRIES = 2
"""A reply that cannot be used is asked for once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """A judge of a run."""

    name: str
    """Of its step in the run."""
    definition: JudgeDefinition
    """With the parameters of the run."""
    endpoint: str = ""
    """Empty for a baseline judge."""
    model: str = ""

    @property
    def needs_model(self) -> bool:
        """Whether an endpoint is asked."""
        return self.definition.kind == "llm"

    def unstored(self, rubric: RubricVersion) -> JudgeVersion:
        """The judge version as it would be made, for a look."""
        definition = self.definition
        return JudgeVersion(
            id="",
            definition_id=definition.id,
            ref=definition.ref,
            kind=definition.kind,
            model=self.model,
            params=definition.params,
            prompt_sha256=definition.prompt_sha256,
            rubric_version_id=rubric.id,
            modality=definition.modality,
            sha256=judge_identity(
                self.model, definition.prompt_sha256, definition.params, rubric.sha256
            ),
            rater_id="",
            created_at="",
        )


@dataclass(frozen=True, slots=True)
class Unit:
    """A judge on a call: what a run plans and settles at a time. Of a pair, its first call."""

    call_id: str
    judge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Had:
    """A usable reply that is known already."""

    reply_id: str
    parsed: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """An ask with what is known of it. Tuples have an entry for each of its requests."""

    unit: Unit
    judge: Judge
    version: JudgeVersion
    rubric: RubricVersion
    call: JudgeCall
    ask: Ask
    keys: tuple[str, ...]
    had: Mapping[int, Had] = field(default_factory=dict)
    """Part → the reply that need not be asked for again."""
    attempts: tuple[int, ...] = ()
    """How often each was asked before, in any run."""
    tries: tuple[int, ...] = ()
    """Unusable replies of this run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """What came of one request. The one that is `final` settles its ask."""

    todo: Todo
    part: int
    status: ReplyStatus
    failure: AskFailure | None = None
    reason: str = ""
    heard: ChatReply | ChatFailed | None = None
    """None for a baseline judge, and where nothing was sent."""
    parsed: Any = None
    verdicts: tuple[Verdict, ...] = ()
    cost_micro: int | None = None
    currency: str = ""
    final: bool = False

    @property
    def usage(self) -> Usage:
        """Tokens, as far as the endpoint counted them."""
        return self.heard.usage if isinstance(self.heard, ChatReply) else Usage()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """All that a judge has to do about a call."""

    unit: Unit
    asks: int = 0
    """How many steps it makes: 1 where the judge does not apply, none where there is nothing."""
    skipped: str = ""
    """Why the judge does not apply."""
    left_out: str = ""
    """What it does not ask about though it applies, and why."""
    todo: tuple[Todo, ...] = ()
    landed: tuple[Landed, ...] = ()
    """What needs no model: verdicts of rules."""
    reused: int = 0
    """Asks that an earlier run answered."""
    standing: tuple[str, ...] = ()
    """Bad replies of earlier runs that are let stand."""


def prompt_tokens(sent: Rendered) -> int:
    """A guess at the tokens of a request, from the size of its text."""
    return sum(len(m["content"].encode()) for m in sent.messages) // BYTES_PER_TOKEN


def ask_key(version: JudgeVersion, ask: Ask, part: int, sounds: Sequence[str], other: str) -> str:
    """What a request follows from; the same key need not be asked twice.

    Args:
        version: who is asked.
        ask: about what.
        part: which of its requests.
        sounds: what identifies each sound that goes with it.
        other: the second call of a pair.
    """
    sent = ask.requests[part]
    messages = [dict(message) for message in sent.messages]
    return sha256_of(
        [version.sha256, pin(ask.item), other, ask.criteria, part, messages, sent.schema, *sounds]
    )


def plain_key(version: JudgeVersion, ask: Ask) -> str:
    """The same for an ask that needs no model."""
    return sha256_of([version.sha256, pin(ask.item), ask.criteria])


def rules_key(version: JudgeVersion, call: JudgeCall, other: JudgeCall | None = None) -> str:
    """The same for a baseline judge, which reads the whole call, of a pair both."""
    read = [version.sha256, call.call_id, _hashed(call)]
    return sha256_of(read if other is None else [*read, other.call_id, _hashed(other)])


def _hashed(call: JudgeCall) -> str:
    return hashlib.sha256(repr(call).encode("utf-8", "surrogatepass")).hexdigest()


def pin(item: ItemRef) -> list[Any]:
    """An item without ids that differ from workspace to workspace."""
    where = [item.span.start, item.span.end, item.speaker, item.profile_id]
    return [item.kind, item.call_id, item.layer_id, item.layer_version, *where]
