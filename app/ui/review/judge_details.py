"""What goes with a verdict, in words: contradictions, orders that disagree, how n/a counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.services.judging.seen_verdicts import SeenVerdict

NA_WORDS = {"exclude": "is left out of every mean", "full": "counts as the highest level"}
NA_SHORT = {"exclude": "n/a is left out", "full": "n/a counts full"}


def notes_of(verdict: SeenVerdict) -> tuple[str, ...]:
    """What must be known before it is believed, a line each; empty for a plain verdict."""
    details = verdict.score.details
    out = []
    if verdict.score.answer.flagged or details.get("contradiction"):
        out.append(_contradiction(details))
    if details.get("inconsistent"):
        out.append(_orders(details))
    if details.get("blocked_by_hangup"):
        out.append("The caller had hung up before this could be done")
    return tuple(out)


def na_words(verdict: SeenVerdict) -> str:
    """How "not applicable" counts; empty where there is a value."""
    if verdict.state != "not_applicable" or not verdict.na_mode:
        return ""
    return f"Not applicable {NA_WORDS.get(verdict.na_mode, f'counts as {verdict.na_mode}')}"


def mode_words(verdict: SeenVerdict) -> str:
    """The mode in force when it was given, told with every verdict that has one."""
    return NA_SHORT.get(verdict.na_mode, f"n/a: {verdict.na_mode}" if verdict.na_mode else "")


def _contradiction(details: Mapping[str, Any]) -> str:
    told = details.get("contradiction")
    return f"Contradicts itself: {told}" if isinstance(told, str) and told else "Contradicts itself"


def _orders(details: Mapping[str, Any]) -> str:
    values = details.get("order_values")
    if isinstance(values, list | tuple) and len(values) == 2:
        return f"The two orders disagree: {values[0]} and {values[1]}"
    return "The two orders disagree"
