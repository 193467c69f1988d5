"""Values made of measured moments: mean, quantiles, counts and ratios, with their evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.domain.calls import Span, Speaker
from app.domain.latency import percentile
from app.domain.metrics import Evidence, MetricSpec, MetricValue, missing

MOST_EVIDENCE = 300
MOST_VALUES = 2000
"""More values than these are not kept with a figure; its `n` says how many there were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One observation: its value in the metric's unit and where it was seen."""

    value: float
    span: Span
    speaker: Speaker | None = None
    label: str = ""
    turn_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What all values of one evaluator on one call share."""

    profile: str
    speaker: Speaker | None = None
    why: str = ""
    """Why nothing can be had; empty where it can."""
    common: Mapping[str, Any] | None = None
    """Components of every value: the clock, the grid, the layer's rules."""

    def parts(self, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The common components with others."""
        return {**(self.common or {}), **(more or {})}

    def missing(
        self, spec: MetricSpec, reason: str, components: Mapping[str, Any] | None = None
    ) -> MetricValue:
        """No value, and why; its components still count in a total over calls."""
        return missing(
            spec.id,
            reason,
            unit=spec.unit,
            speaker=self.speaker,
            profile=self.profile,
            components=self.parts(components),
        )

    def value(
        self,
        spec: MetricSpec,
        value: float,
        *,
        n: int | None = None,
        components: Mapping[str, Any] | None = None,
        evidence: Sequence[Evidence] = (),
        turn_id: str | None = None,
    ) -> MetricValue:
        """A value."""
        return MetricValue(
            metric_id=spec.id,
            value=value,
            unit=spec.unit,
            n=n,
            speaker=self.speaker,
            turn_id=turn_id,
            profile=self.profile,
            components=self.parts(components),
            evidence=tuple(evidence[:MOST_EVIDENCE]),
        )


def evidence_of(samples: Sequence[Sample]) -> tuple[Evidence, ...]:
    """Each observation's span with its value."""
    return tuple(
        Evidence(span=s.span, speaker=s.speaker, label=s.label, value=s.value)
        for s in samples[:MOST_EVIDENCE]
    )


def mean(
    spec: MetricSpec,
    heading: Heading,
    samples: Sequence[Sample],
    none: str,
    more: Mapping[str, Any] | None = None,
) -> MetricValue:
    """The mean; its components are the sum and the count, under the names in `spec.ratio`.

    Args:
        spec: the metric; `ratio` names sum and count.
        heading: what the evaluator's values share.
        samples: the observations.
        none: why there is none, in words, where there is none.
        more: further components.
    """
    if heading.why or not samples:
        return heading.missing(spec, heading.why or none)
    total = sum(s.value for s in samples)
    names = spec.ratio or ("sum", "n")
    parts = {names[0]: round(total, 6), names[1]: len(samples), **kept(samples), **(more or {})}
    return heading.value(
        spec,
        total / len(samples),
        n=len(samples),
        components=parts,
        evidence=evidence_of(samples),
    )


def quantile(
    spec: MetricSpec, heading: Heading, samples: Sequence[Sample], share: float, none: str
) -> MetricValue:
    """The `share` (0..1) quantile, linear between order statistics.

    Its evidence are the observations from it outwards: those at or above it from the median up,
    those at or below it under the median; for the median itself all.
    """
    if heading.why or not samples:
        return heading.missing(spec, heading.why or none)
    found = percentile([s.value for s in samples], share)
    shown = [
        s
        for s in samples
        if share == 0.5 or (s.value >= found if share > 0.5 else s.value <= found)
    ]
    return heading.value(
        spec, found, n=len(samples), components=kept(samples), evidence=evidence_of(shown)
    )


def count(
    spec: MetricSpec,
    heading: Heading,
    samples: Sequence[Sample],
    more: Mapping[str, Any] | None = None,
) -> MetricValue:
    """How many there are; none is 0 unless the recording cannot say."""
    if heading.why:
        return heading.missing(spec, heading.why)
    return heading.value(
        spec,
        float(len(samples)),
        n=len(samples),
        components=more,
        evidence=evidence_of(samples),
    )


def ratio(
    spec: MetricSpec,
    heading: Heading,
    numerator: float,
    denominator: float,
    none: str,
    *,
    n: int | None = None,
    evidence: Sequence[Evidence] = (),
    more: Mapping[str, Any] | None = None,
) -> MetricValue:
    """Numerator over denominator, both kept under the names in `spec.ratio`; 0/0 is undefined."""
    names = spec.ratio or ("numerator", "denominator")
    if heading.why:
        return heading.missing(spec, heading.why)
    parts = {names[0]: numerator, names[1]: denominator, **(more or {})}
    if not denominator:
        return heading.missing(spec, none, parts)
    return heading.value(spec, numerator / denominator, n=n, components=parts, evidence=evidence)


def kept(samples: Sequence[Sample]) -> dict[str, Any]:
    """The values themselves, so that quantiles over calls can be had."""
    return {"values": [s.value for s in samples[:MOST_VALUES]]}


def inside(values: Sequence[MetricValue], frame_count: int) -> tuple[MetricValue, ...]:
    """The values with their evidence cut to the call: files of others may go on beyond it."""
    return tuple(
        replace(v, evidence=tuple(_cut(e, frame_count) for e in v.evidence))
        if any(e.span.end > frame_count for e in v.evidence)
        else v
        for v in values
    )


def _cut(evidence: Evidence, frame_count: int) -> Evidence:
    span = evidence.span
    return replace(evidence, span=Span(min(span.start, frame_count), min(span.end, frame_count)))
