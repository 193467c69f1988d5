"""Statements that the agent makes again, in the same reply or in a later one.

Courtesies of a word or two do not count, nor what the caller asked to hear again. A question that
is put again because it was not answered does: the rule cannot tell why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.eval.judging.baselines.findings import Finding, counted, quoted, silent
from app.eval.judging.baselines.text import Statement, alike, sentences
from app.eval.judging.call import JudgeCall, JudgeTurn

_REMEMBERED = 200
"""Statements that are looked back at."""


@dataclass(slots=True)
class _Said:
    """A statement, where it was made first, and how often by now."""

    statement: Statement
    turn: int
    times: int = 1


@dataclass(frozen=True, slots=True)
class Repeat:
    """A sentence that says again what one before it said."""

    sentence: str
    before: str
    turn: int
    """Index of the turn that said it before."""
    times: int
    """How often it was said by then; 2 for the first repetition."""


def repeats(call: JudgeCall, params: Mapping[str, Any]) -> dict[int, tuple[Repeat, ...]]:
    """Repeated sentences by the index of the turn that repeats.

    Args:
        call: the call.
        params: `likeness` (0..1) and `least_tokens` of a sentence; `repeat_requests`, words by
            which a caller asks to hear it again.
    """
    asked_for = _asked_for(call, [str(w) for w in params.get("repeat_requests", ())])
    said: list[_Said] = []
    found: dict[int, tuple[Repeat, ...]] = {}
    for turn in call.agent_turns:
        here: list[Repeat] = []
        for sentence in sentences(turn.text):
            statement = Statement.of(sentence)
            if len(statement.words) < params["least_tokens"]:
                continue
            before = _before(statement, said[-_REMEMBERED:], params["likeness"])
            if before is None:
                said.append(_Said(statement, turn.index))
                continue
            before.times += 1
            if turn.index not in asked_for:
                here.append(Repeat(sentence, before.statement.text, before.turn, before.times))
        if here:
            found[turn.index] = tuple(here)
    return found


def repetition(call: JudgeCall, params: Mapping[str, Any]) -> Iterator[Finding]:
    """2: nothing is said again; 1: one statement is; 0: several, or one for the third time."""
    found = repeats(call, params)
    for turn in call.agent_turns:
        if not turn.text.strip():
            yield silent(turn)
            continue
        yield _finding(turn, found.get(turn.index, ()))


def _finding(turn: JudgeTurn, found: Sequence[Repeat]) -> Finding:
    if not found:
        return Finding(turn=turn, value=2, rationale="Nothing is said a second time.")
    worst = max(r.times for r in found)
    first = found[0]
    where = "in the same reply" if first.turn == turn.index else f"in turn {first.turn + 1}"
    often = f", {worst} times by now" if worst > 2 else ""
    what = counted(len(found), "statement is", "statements are")
    return Finding(
        turn=turn,
        value=0 if len(found) > 1 or worst > 2 else 1,
        rationale=f"{what} said again{often}: {quoted(first.sentence)}, {where} "
        f"{quoted(first.before)}.",
        evidence=tuple(dict.fromkeys(r.turn for r in found if r.turn != turn.index)),
        details={"repeated": len(found), "most_times": worst},
    )


def _before(statement: Statement, said: Sequence[_Said], least: float) -> _Said | None:
    return next((s for s in said if alike(statement, s.statement, least)), None)


def _asked_for(call: JudgeCall, requests: Sequence[str]) -> frozenset[int]:
    """Turns before which the caller asked to hear it again."""
    return frozenset(
        after.index
        for before, after in zip(call.turns, call.turns[1:], strict=False)
        if before.speaker == "caller"
        and after.speaker == "agent"
        and any(r.casefold() in before.text.casefold() for r in requests)
    )
