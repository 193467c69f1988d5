"""What labels and judging cost, and what the verdict saves of people's time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.services.calibrating.detail_source import Source
from app.services.workspace import Workspace
from db.repos.calibration_detail import Asked, CalibrationDetail

__all__ = ["Asked", "CostView", "PersonTime", "cost_of"]

MINUTE_MS = 60_000
AVERAGES, STANDS_IN, ALONE = 3, 4, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonTime:
    """A person's time on the dimension."""

    rater: str
    name: str
    minutes: float
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CostView:
    """Time and money of one cell; None where nothing is known."""

    people: tuple[PersonTime, ...]
    minutes_per_item: float | None
    asked: tuple[Asked, ...]
    """What the judge version used in all its runs, on all its dimensions; one a currency."""
    judged: int
    unlabelled: int
    """Items that the judge scored and nobody rated."""
    saved_minutes: float | None
    saved_words: str
    """What the saving is of, or why there is none."""


def cost_of(ws: Workspace, source: Source) -> CostView:
    """People's time on the dimension, the judge's tokens, and what its verdict saves."""
    cell, found = source.cell, source.found
    with ws.db.read() as uow:
        repo = CalibrationDetail(uow.connection)
        spent = repo.spent_ms(found.rubric.id, cell.criterion.id)
        asked = tuple(repo.asked(cell.judge.id))
    people = tuple(
        PersonTime(
            rater=rater, name=found.names.get(rater, ("", rater, ""))[1],
            minutes=ms / MINUTE_MS, items=items,
        )
        for rater, (ms, items) in spent.items()
    )  # fmt: skip
    items = sum(p.items for p in people)
    each = sum(p.minutes for p in people) / items if items else None
    scores = source.one.judges.get(cell.judge.rater_id)
    judged = np.zeros(0, bool) if scores is None else ~np.isnan(scores)
    unlabelled = int((judged & ~source.one.is_labelled).sum()) if len(judged) else 0
    saved, words = _saved(source, each, unlabelled)
    return CostView(
        people=people, minutes_per_item=each, asked=asked, judged=int(judged.sum()),
        unlabelled=unlabelled, saved_minutes=saved, saved_words=words,
    )  # fmt: skip


def _saved(source: Source, each: float | None, unlabelled: int) -> tuple[float | None, str]:
    cell = source.cell
    state, mean = cell.verdict.state, cell.mean
    if each is None:
        return None, "Nothing is known of the time that people took on this dimension."
    if state >= STANDS_IN:
        what = "as the only rater, audited" if state == ALONE else "in place of one rater"
        return unlabelled * each, f"{unlabelled} items that it scored {what}."
    if state == AVERAGES and mean is not None and mean.gain is not None and mean.gain > 1:
        labels = (mean.gain - 1) * mean.corrected.labelled
        return labels * each, (
            f"The corrected mean is worth {labels:.0f} more labels than there are."
        )
    return 0.0, "At this verdict people rate every item all the same."
