"""Where a log's times lie in the recording, so that a figure can be played."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.calls import Span, Speaker
from app.domain.eva_record import Stretch
from app.domain.metrics import Evidence
from app.eval.base import CallInput

CONDITION = "eva_timeline"


@dataclass(frozen=True, slots=True)
class Timeline:
    """Seconds since 1970 to frames of the call; `t0_s` is None where the importer knew none."""

    t0_s: float | None
    rate_hz: int
    frame_count: int

    def seconds(self, at_s: float) -> float | None:
        """Seconds from the call's start."""
        return None if self.t0_s is None else at_s - self.t0_s

    def span(self, stretch: Stretch) -> Span | None:
        """The part of a stretch that lies in the recording; None if none does."""
        if self.t0_s is None or not all(map(math.isfinite, stretch)):
            return None
        start, end = (
            min(max(round((at - self.t0_s) * self.rate_hz), 0), self.frame_count) for at in stretch
        )
        return Span(start, end) if start < end else None

    def evidence(
        self,
        stretches: Iterable[Stretch],
        speaker: Speaker | None,
        label: str,
        value: float | None = None,
    ) -> tuple[Evidence, ...]:
        """What can be played of those stretches."""
        spans = (self.span(s) for s in stretches)
        return tuple(
            Evidence(span=span, speaker=speaker, label=label, value=value)
            for span in spans
            if span is not None
        )


def timeline_of(source: CallInput) -> Timeline:
    """The call's time line, by its condition `eva_timeline`."""
    condition = source.conditions.get(CONDITION)
    t0 = condition.get("t0_epoch_s") if isinstance(condition, dict) else None
    known = isinstance(t0, (int, float)) and not isinstance(t0, bool) and math.isfinite(t0)
    return Timeline(
        float(t0) if known and t0 is not None else None,
        source.call.rate_hz,
        source.call.frame_count,
    )
