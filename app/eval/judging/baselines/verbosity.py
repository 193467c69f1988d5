"""Length of a reply against the guideline of two to four sentences for what is heard, not read.

EVA-Bench 2.1 (arXiv 2605.13841) names the guideline in its conciseness metric; the steps to one
and two points are ours. Spelling out a code is not wordy, and a reply that was cut is judged by
what was said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.eval.judging.baselines.findings import Finding, counted, silent
from app.eval.judging.baselines.text import Length, language_of, limit_of, measure, sentences
from app.eval.judging.call import JudgeCall, JudgeTurn

_SPELT = re.compile(r"\b(?:[^\W\d_]|\d)(?:[\s,.-]+(?:[^\W\d_]|\d)\b){2,}")
"""Single letters or digits in a row, as a code is read out."""


def verbosity(call: JudgeCall, params: Mapping[str, Any]) -> Iterator[Finding]:
    """3: comfortable to hear; 2: a little over the guideline; 1: far over it.

    Args:
        call: the call.
        params: `sentences` and `sentences_most`; `length` and `length_most`, limits by language.
    """
    for turn in call.agent_turns:
        if turn.text.strip():
            yield _finding(turn, call.language, params)
        else:
            yield silent(turn)


def _finding(turn: JudgeTurn, stated: str, params: Mapping[str, Any]) -> Finding:
    text = _SPELT.sub("…", turn.text)
    language = language_of(text, stated)
    good, most = (limit_of(params[name], language) for name in ("length", "length_most"))
    count, length = len(sentences(text)), Length(measure(text, good.unit), good.unit)
    over = _over("sentence", count, params["sentences"], params["sentences_most"])
    over += _over(good.unit[:-1], length.count, good.count, most.count)
    worst = max((level for level, _ in over), default=0)
    said = f"{counted(count, 'sentence')}, {length}"
    why = f": {', '.join(words for _, words in over)}" if over else ", within the guideline"
    return Finding(
        turn=turn,
        value=3 - worst,
        rationale=f"{said}{why}.",
        details={
            "sentences": count,
            "length": length.count,
            "unit": length.unit,
            "failure_modes": ["verbosity_or_filler"] if worst else [],
        },
    )


def _over(what: str, count: int, good: int, most: int) -> list[tuple[int, str]]:
    """How far over its limits a count is: nothing, 1 with words, or 2 with words."""
    if count <= good:
        return []
    if count <= most:
        return [(1, f"more than {counted(good, what)}")]
    return [(2, f"more than {counted(most, what)}")]
