"""What came of a try-out, as the panel shows it. Whatever a model said stays plain text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from app.domain.endpoints import ChatFailed, ChatReply
from app.domain.judging import ASK_FAILURE_WORDS, Verdict
from app.domain.ratings import ItemRef
from app.domain.rubrics import RubricVersion
from app.services.judging.asks import Landed
from app.services.judging.trying import TryOut
from app.ui.judges.trying import Tried, VerdictLine
from app.ui.judges.values import Fact
from app.ui.judges.words import RUNG_WORDS
from app.ui.library.words import thousands

MICRO = 1_000_000
KNOWN = frozenset({"baseline"})
"""Details that the panel shows elsewhere."""
NO_PRICE = "no price is known"
UNCOUNTED = "the endpoint does not count them"


def shown(found: TryOut, item: ItemRef | None) -> Tried:
    """A try-out in words.

    Args:
        found: as it came.
        item: what was asked about; a judge of rules says more, and only this is shown.
    """
    replies = [landed for tried in found.tried for landed in tried.replies]
    lines = [
        line
        for tried in found.tried
        for verdict in tried.verdicts
        if item is None or item.kind != "turn" or verdict.item in (None, item)
        for line in (_line(tried.todo.rubric, verdict),)
    ]
    problems = [found.skipped] if found.skipped else []
    problems += [_problem(tried.replies) for tried in found.tried if not tried.verdicts]
    return Tried(
        verdicts=tuple(lines),
        problem="\n".join(dict.fromkeys(p for p in problems if p)),
        raw=_raw(replies),
        summary=_summary(replies),
        facts=tuple(_facts(replies)),
    )


def _problem(replies: Sequence[Landed]) -> str:
    if not replies:
        return "Nothing was asked."
    last = replies[-1]
    kind = ASK_FAILURE_WORDS[last.failure] if last.failure is not None else "No verdict"
    return f"{kind}: {last.reason}" if last.reason else f"{kind}."


def _line(rubric: RubricVersion, verdict: Verdict) -> VerdictLine:
    criterion = next((c for c in rubric.criteria if c.key == verdict.criterion_key), None)
    title = criterion.title if criterion is not None else verdict.criterion_key
    level = None
    if criterion is not None and verdict.value is not None:
        level = criterion.level(verdict.value)
    turn = verdict.item.turn_index if verdict.item is not None else None
    where = f"Turn {turn}: " if turn is not None else ""
    evidence = ", ".join(str(index + 1) for index in verdict.evidence)
    return VerdictLine(
        title=f"{where}{title}",
        value="n/a" if verdict.value is None else str(verdict.value),
        anchor=(level.label or level.anchor) if level is not None else "",
        rationale=verdict.rationale,
        evidence=f"Evidence: turn {evidence}" if evidence else "",
        note=_note(verdict),
        flagged=verdict.flagged,
    )


def _note(verdict: Verdict) -> str:
    """What else the verdict carries, by name; what is empty says nothing."""
    told = [
        f"{name.replace('_', ' ')}: {_told(value)}"
        for name, value in verdict.details.items()
        if name not in KNOWN and value not in (None, "", False) and value != [] and value != {}
    ]
    head = ["It contradicts itself."] if verdict.flagged else []
    return "\n".join([*head, *([", ".join(told)] if told else [])])


def _told(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_told(one) for one in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _raw(replies: Iterable[Landed]) -> str:
    parts = []
    for number, landed in enumerate(replies, start=1):
        if isinstance(landed.heard, ChatReply):
            parts.append(f"――― reply {number} ―――\n{landed.heard.text}")
        elif isinstance(landed.heard, ChatFailed):
            parts.append(f"――― reply {number}: none ―――\n{landed.heard.reason}")
    return "\n\n".join(parts)


def _facts(replies: Sequence[Landed]) -> Iterable[Fact]:
    heard = [landed.heard for landed in replies if isinstance(landed.heard, ChatReply)]
    if not heard:
        return
    models = ", ".join(dict.fromkeys(reply.model for reply in heard))
    yield Fact("Model", models, exact=True)
    attempts = sum(reply.http_attempts for reply in heard)
    tried = f", {thousands(attempts)} attempts" if attempts > len(heard) else ""
    yield Fact("Requests", f"{thousands(len(replies))}{tried}")
    sent, got = (_sum(getattr(x.usage, n) for x in replies) for n in ("prompt", "completion"))
    counted = sent is not None or got is not None
    tokens = f"{thousands(sent or 0)} sent, {thousands(got or 0)} received"
    yield Fact("Tokens", tokens if counted else UNCOUNTED)
    yield Fact("Cost", _cost(replies) or NO_PRICE)
    yield Fact("Latency", _latency(heard) + (" on average" if len(heard) > 1 else ""))
    yield Fact("Asked by", RUNG_WORDS[heard[-1].rung])


def _summary(replies: Sequence[Landed]) -> str:
    if not any(isinstance(landed.heard, ChatReply) for landed in replies):
        return ""
    tokens = _sum(landed.usage.total for landed in replies)
    told = f"{thousands(tokens)} tokens" if tokens is not None else ""
    return ", ".join(w for w in (_cost(replies, 4) or NO_PRICE, told) if w)


def _sum(counts: Iterable[int | None]) -> int | None:
    """All that were counted; None where none was."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _latency(heard: Sequence[ChatReply]) -> str:
    return f"{thousands(round(sum(r.latency_ms for r in heard) / len(heard)))} ms"


def _cost(replies: Sequence[Landed], digits: int = 6) -> str:
    by_currency: dict[str, int] = {}
    for landed in replies:
        if landed.cost_micro is not None:
            by_currency[landed.currency] = by_currency.get(landed.currency, 0) + landed.cost_micro
    told = [f"{micro / MICRO:.{digits}f} {currency}" for currency, micro in by_currency.items()]
    return ", ".join(told)
