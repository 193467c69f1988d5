"""Judges in words: kinds, units, when a version was made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from app.domain.judging import (
    ContextRule,
    JudgeDefinition,
    JudgeKind,
    Modality,
    RequestMode,
    Rung,
    Unit,
)
from app.ui.library.words import calls_words
from app.ui.runs.words import started_words

KIND_WORDS: Mapping[JudgeKind, str] = {"llm": "LLM", "baseline": "baseline"}
UNIT_WORDS: Mapping[Unit, str] = {"turn": "agent turn", "call": "call", "pair": "pair"}
MODALITY_WORDS: Mapping[Modality, str] = {"text": "text", "audio": "audio"}
CONTEXT_WORDS: Mapping[ContextRule, str] = {
    "history": "Up to the judged turn",
    "whole": "The whole call",
    "alone": "What is judged alone",
}
REQUEST_WORDS: Mapping[RequestMode, str] = {
    "one": "One criterion a request",
    "all": "All criteria in one",
}
RUNG_WORDS: Mapping[Rung, str] = {
    "schema": "strict schema",
    "json": "JSON mode",
    "text": "in words only",
}
SHORT = 8
"""Digits of a hash that are shown."""


def tags_of(definition: JudgeDefinition) -> tuple[str, ...]:
    """What kind of judge it is, in tags."""
    return (
        KIND_WORDS[definition.kind],
        UNIT_WORDS[definition.unit],
        MODALITY_WORDS[definition.modality],
    )


def judged_words(calls: int) -> str:
    """`60 calls judged`; empty where none is yet."""
    return f"{calls_words(calls)} judged" if calls else ""


def when_words(stamp: str) -> str:
    """`14:02` today, `4 Nov` this year, `4 Nov 2025` before."""
    return started_words(stamp, datetime.now(UTC).astimezone())


def origin_words(definition: JudgeDefinition) -> str:
    """`shipped` or `edited here`."""
    return "edited here" if definition.origin == "edited" else definition.origin
