"""Verdicts in words: values, what they cost, and a judge's own text. Knows no Qt.

What judges wrote is somebody else's text: it is shortened and freed of control characters here,
and drawn as plain text everywhere.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from app.ui.library.words import GAP, thousands
from app.ui.review.judge_details import mode_words
from app.ui.runs.money import spent_words

if TYPE_CHECKING:
    from app.services.judging.seen_verdicts import SeenVerdict, Spent

MOST_CHARS = 2_000
"""Of a rationale; the rest is in the reply."""
STATE_WORDS = {"not_applicable": "n/a", "unscored": "unscored", "failed": "failed"}
_LONG = re.compile(r"(\S{40})(?=\S)")
"""A word that no line has room for; it may break here."""
BREAK = "\u200b"
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def chip_words(verdict: SeenVerdict) -> str:
    """`1 Loose`, `n/a`, `unscored`: never a number where none was given."""
    value, level = verdict.score.answer.value, verdict.level
    if verdict.state != "scored" or value is None:
        return STATE_WORDS[verdict.state] if verdict.state != "scored" else "unscored"
    return plain(f"{value} {level.label}".strip() if level is not None else str(value))


def spent_parts(spent: Spent, *, each: bool = True) -> tuple[str, ...]:
    """Requests, tokens, money, time; without `each`, of many verdicts together."""
    if not spent.requests:
        return ()
    count = f"{thousands(spent.requests)} request{'' if spent.requests == 1 else 's'}"
    tokens = "" if spent.tokens is None else f"{thousands(spent.tokens)}{GAP}tokens"
    took = took_words(spent.latency_ms) if each else ""
    money = spent_words(spent.priced_micro, spent.unpriced)
    alone = each and spent.requests == 1
    return tuple(part for part in ("" if alone else count, tokens, money, took) if part)


def took_words(milliseconds: int) -> str:
    """`35 ms`, `1.9 s`."""
    if milliseconds < 1000:
        return f"{milliseconds}{GAP}ms"
    return f"{milliseconds / 1000:.1f}{GAP}s"


def made_of(verdict: SeenVerdict) -> str:
    """Run, mode and cost of a verdict."""
    shared = f"for {verdict.shared} verdicts" if verdict.shared > 1 else ""
    parts = (verdict.run_code, mode_words(verdict), *spent_parts(verdict.spent), shared)
    return " · ".join(part for part in parts if part)


def plain(text: str) -> str:
    """One line without control characters."""
    return " ".join(_CONTROLS.sub("", text[: 2 * MOST_CHARS]).split())


def shortened(text: str) -> str:
    """Lines stay lines; what is too long to read here ends in an ellipsis."""
    lines = (plain(line) for line in text[: 2 * MOST_CHARS].split("\n"))
    whole = "\n".join(line for line in lines if line)
    if len(whole) > MOST_CHARS:
        whole = whole[:MOST_CHARS].rstrip() + " …"
    return _LONG.sub(rf"\1{BREAK}", whole)
