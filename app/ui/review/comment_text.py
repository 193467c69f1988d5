"""Comments as words: `@turn`, tags, where they stand. Knows no widgets."""

from __future__ import annotations

import re
from datetime import datetime

from app.domain.calls import Span
from app.domain.clock import format_time
from app.domain.ratings import Comment

TAXONOMY = (
    "dead-air", "barge-in", "talk-over", "wrong-fact", "missing-step", "mis-heard", "repetition",
    "pronunciation", "tone", "good-moment",
)  # fmt: skip
"""Tags that are offered; any other may be typed."""

_TURN = re.compile(r"@(\d{1,6})\b")
_TAG_SPLIT = re.compile(r"[,;\s]+")


def turn_of(body: str) -> int | None:
    """The first turn named as `@42`; None where none is."""
    found = _TURN.search(body)
    return int(found.group(1)) if found else None


def tags_of(text: str) -> tuple[str, ...]:
    """Tags typed as words, each once, lower case, without `#`."""
    words = (w.lstrip("#").lower() for w in _TAG_SPLIT.split(text))
    return tuple(dict.fromkeys(w for w in words if w))


def place_words(start: int, end: int | None, rate_hz: int) -> str:
    """`02:37.180`, or `02:37.180 – 02:39.020` for a span."""
    first = format_time(start, rate_hz)
    return first if end is None else f"{first} \u2013 {format_time(end, rate_hz)}"


def written_at(comment: Comment) -> str:
    """`14:21` for today, `20 Nov, 14:21` before; local time."""
    try:
        at = datetime.fromisoformat(comment.created_at).astimezone()
    except ValueError:
        return ""
    now = datetime.now(at.tzinfo)
    clock = f"{at:%H:%M}"
    return clock if at.date() == now.date() else f"{at.day} {at:%b}, {clock}"


def span_of(comment: Comment) -> Span:
    """The comment's span; empty for a point."""
    return Span(comment.start, comment.end if comment.end is not None else comment.start)
