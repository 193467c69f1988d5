"""Metrics: what is measured, and one measured value with everything that says where it came from.

A value that could not be had is not zero: its status says why. Values carry the components that
they are made of (hits, substitutions, durations), so that totals over calls pool correctly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from app.domain.calls import Span, Speaker

Direction = Literal["up", "down", "none"]
"""Which way is better; `none` where neither is."""

Family = Literal["dialogue", "asr", "tts", "signal", "turns", "eva"]

ValueStatus = Literal["ok", "undefined", "unavailable", "needs_answer"]
"""`undefined`: the call does not define it (no reference, no such turn, 0/0). `unavailable`: this
machine cannot compute it (no weights, no network). `needs_answer`: a person has to say it."""

Scope = Literal["call", "turn", "set"]
"""`set` metrics exist only over several calls (a rate of calls, a comparison)."""

Pool = Literal["mean", "ratio", "none"]
"""How calls combine: `mean` of values, `ratio` of summed components, or not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSpec:
    """One entry of the catalogue.

    Attributes:
        id: stable: `wer`, `turn_taking`, `tau2.response_rate`; the fifteen of OutboundEval keep
            their own ids.
        title: as shown, e.g. `Word error rate`.
        unit: `ms`, `dB`, `Hz`, `MOS`, `/s`, `%` (value 0..100), or empty for a plain number
            or a ratio 0..1.
        direction: which way is better.
        family: group in which it is shown.
        evaluator: name of the evaluator that makes it.
        about: one sentence: what it is, and the sign or denominator where that can be mistaken.
        source: paper and section, or standard.
        scope: of what it is a property.
        speakers: whose it is; empty for the call's.
        pool: how calls combine.
        ratio: names of the components (numerator, denominator) where `pool` is `ratio`.
        decimals: digits shown after the point.
        headline: shown in the library and first in panels.
    """

    id: str
    title: str
    unit: str
    direction: Direction
    family: Family
    evaluator: str
    about: str
    source: str = ""
    scope: tuple[Scope, ...] = ("call",)
    speakers: tuple[Speaker, ...] = ()
    pool: Pool = "mean"
    ratio: tuple[str, str] | None = None
    decimals: int = 2
    headline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A span that a value came from: what a click selects and plays. Frames at the call's rate."""

    span: Span
    speaker: Speaker | None = None
    label: str = ""
    value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricValue:
    """One measured value of a call, of a speaker in it, or of one of its turns.

    Attributes:
        metric_id: which metric.
        value: None unless `status` is `ok`.
        status: why there is no value, if there is none.
        reason: the same in words for a person; empty when `ok`.
        n: how many observations it rests on (turns, words, windows); None where that says nothing.
        unit: as the catalogue's; kept with the value.
        speaker: whose; None for the call's.
        turn_id: `t3` where it is a turn's.
        profile: rule set that made it: `eva-0.2`, `tau2-1.0 parity`, a normaliser's id; may be
            empty.
        components: what it is made of, plain JSON values.
        evidence: spans that it came from, at most a few hundred.
    """

    metric_id: str
    value: float | None
    unit: str = ""
    status: ValueStatus = "ok"
    reason: str = ""
    n: int | None = None
    speaker: Speaker | None = None
    turn_id: str | None = None
    profile: str = ""
    components: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()

    def __post_init__(self) -> None:
        if (self.value is None) == (self.status == "ok"):
            raise ValueError(f"{self.metric_id}: a value is there exactly when its status is ok")


def missing(
    metric_id: str,
    reason: str,
    *,
    status: ValueStatus = "undefined",
    unit: str = "",
    speaker: Speaker | None = None,
    profile: str = "",
    components: Mapping[str, Any] | None = None,
) -> MetricValue:
    """A value that could not be had, with its reason in words."""
    return MetricValue(
        metric_id=metric_id,
        value=None,
        unit=unit,
        status=status,
        reason=reason,
        speaker=speaker,
        profile=profile,
        components=components or {},
    )
