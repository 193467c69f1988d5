"""A judge against itself: the same input scored again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from app.eval.agreement.resampling import Estimate
from app.eval.calibration.consistency import METRIC, disattenuated, repeat_consistency
from app.services.calibrating.detail_source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatsView:
    """Consistency over runs; `spread` is how far apart the runs of an item lie → items."""

    items: int
    runs: int
    metric: str
    alpha: Estimate | None
    share: Estimate | None
    spread: tuple[tuple[float, int], ...]
    agreement: float | None
    """Pearson's correlation of judge and people."""
    freed: float | None
    """The same freed of both sides' own noise; for information alone."""
    freed_reason: str = ""
    reason: str = ""


def repeats_of(source: Source) -> RepeatsView:
    """The judge's runs of all items of the cell, labelled or not."""
    runs = source.one.repeats(source.cell.judge.rater_id)
    given = (~np.isnan(runs)).sum(1) if runs.shape[1] else np.zeros(len(runs), int)
    several = given >= 2
    metric = METRIC[source.cell.criterion.scale]
    if not several.any():
        why = "The judge has scored no item twice. Run it again on the same calls to see its noise."
        return RepeatsView(items=0, runs=0, metric=metric, alpha=None, share=None, spread=(),
                           agreement=None, freed=None, reason=why)  # fmt: skip
    found = repeat_consistency(runs, source.one.people.calls, metric)
    kept = runs[several]
    gaps = np.nanmax(kept, 1) - np.nanmin(kept, 1)
    if metric == "nominal":
        gaps = (gaps > 0).astype(np.float64)
    counts = Counter(np.round(gaps, 2).tolist())
    alpha = found["alpha"]
    agreement, freed, why = _freed(source, alpha)
    return RepeatsView(
        items=int(several.sum()), runs=int(given.max()), metric=metric, alpha=alpha,
        share=found["share"], spread=tuple(sorted(counts.items())), agreement=agreement,
        freed=freed, freed_reason=why,
    )  # fmt: skip


def _freed(source: Source, alpha: Estimate) -> tuple[float | None, float | None, str]:
    judge, people = (f.get("pearson") for f in (source.cell.found.judge, source.cell.found.people))
    if judge is None or judge.value is None:
        return None, None, "Judge and people have no correlation on this scale."
    if people is None or people.value is None or alpha.value is None:
        return judge.value, None, "The reliability of people or of the judge is undefined."
    freed = disattenuated(judge.value, people.value, alpha.value)
    return judge.value, freed, "" if freed is not None else "A reliability is not above 0."
