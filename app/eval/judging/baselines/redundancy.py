"""Redundancy of a reply as far as rules can see it: what is said again, filler, and questions.

The limit is that of OutboundEval's redundancy dimension (arXiv 2510.21244): 50 Chinese characters
of the redundant part, or several questions at once; other languages have limits of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.eval.judging.baselines.findings import Finding, counted, quoted, silent
from app.eval.judging.baselines.repetition import Repeat, repeats
from app.eval.judging.baselines.text import (
    Length,
    language_of,
    limit_of,
    measure,
    questions,
)
from app.eval.judging.call import JudgeCall, JudgeTurn


def redundancy(call: JudgeCall, params: Mapping[str, Any]) -> Iterator[Finding]:
    """2: nothing could go; 1: a phrase could, two questions, or a long reply; 0: over the limit.

    Args:
        call: the call.
        params: `redundant` and `long`, limits by language; `questions`, how many are too many;
            `fillers`, phrases by language; those of `repeats`.
    """
    again = repeats(call, params)
    for turn in call.agent_turns:
        if not turn.text.strip():
            yield silent(turn)
            continue
        yield _finding(turn, again.get(turn.index, ()), call.language, params)


def _finding(
    turn: JudgeTurn, again: tuple[Repeat, ...], stated: str, params: Mapping[str, Any]
) -> Finding:
    language = language_of(turn.text, stated)
    limit, long = (limit_of(params[name], language) for name in ("redundant", "long"))
    fillers = _fillers(turn.text, params.get("fillers", {}).get(language, ()))
    parts = [r.sentence for r in again] + fillers
    spare = Length(sum(measure(p, limit.unit) for p in parts), limit.unit)
    whole = Length(measure(turn.text, long.unit), long.unit)
    asked = questions(turn.text, language)
    seen: list[str] = []
    if again:
        first = again[0]
        where = "just before" if first.turn == turn.index else f"in turn {first.turn + 1}"
        seen.append(f"{quoted(first.sentence)} was said {where}")
    if fillers:
        seen.append(f"{counted(len(fillers), 'phrase')} that could go: {quoted(fillers[0])}")
    if spare.count:
        seen.append(f"{spare} could go (limit {limit})")
    if len(asked) > 1:
        seen.append(f"{counted(len(asked), 'question')} in one reply")
    if whole.count > long.count:
        seen.append(f"{whole} in one reply (long from {long})")
    severe = spare.count > limit.count or len(asked) >= params["questions"]
    return Finding(
        turn=turn,
        value=0 if severe else 1 if seen else 2,
        rationale=f"{_sentence(seen)}."
        if seen
        else f"{whole}, nothing said twice, "
        f"{counted(len(asked), 'question') if asked else 'no question'}.",
        evidence=tuple(dict.fromkeys(r.turn for r in again if r.turn != turn.index)),
        details={
            "redundant": spare.count,
            "length": whole.count,
            "unit": limit.unit,
            "limit": limit.count,
            "questions": len(asked),
        },
    )


def _fillers(text: str, known: Any) -> list[str]:
    folded = text.casefold()
    return [str(phrase) for phrase in known for _ in range(folded.count(str(phrase).casefold()))]


def _sentence(parts: list[str]) -> str:
    text = "; ".join(parts)
    return text[:1].upper() + text[1:]
