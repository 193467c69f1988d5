"""People one by one: how harsh each is, how well they agree with the others and with themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.domain.errors import NotAllowed
from app.domain.ratings import Viewer
from app.domain.rubrics import Criterion
from app.eval.agreement.consensus import mean_of_rated
from app.eval.agreement.pair_statistics import PRIMARY
from app.eval.agreement.resampling import Estimate
from app.services.calibrating import repeats
from app.services.calibrating.detail_people import with_others
from app.services.calibrating.detail_source import mean_over
from app.services.calibrating.dimension import Slice, dimension
from app.services.calibrating.rating_set import RatingSet
from app.services.calibrating.repeats import RaterRepeats
from app.services.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class RaterRow:
    """One person on one dimension."""

    rater: str
    name: str
    expertise: str
    criterion: Criterion
    items: int
    calls: int
    measure: str
    harshness: Estimate | None
    """Points below the others on the same items; None on scales without distances."""
    agreement: Estimate
    """With all others, in the dimension's primary measure."""
    again: RaterRepeats | None
    """Of items that came again; None where none did."""
    blind_share: float
    """Of their scores, those given before they saw any other."""


def raters_of(
    ws: Workspace, viewer: Viewer, found: RatingSet, where: Slice
) -> tuple[RaterRow, ...]:
    """Everybody on every dimension, in the rubric's order, the harshest first.

    Raises:
        NotAllowed: a reviewer. BadInput: a division that the set does not have.
    """
    if not viewer.is_lead:
        raise NotAllowed("Figures of raters are a lead's.", "Sign in as a lead.")
    again = {
        (r.criterion_key, r.rater_id): r for r in repeats.of_people(ws, viewer, found) if r.repeats
    }
    out: list[RaterRow] = []
    for criterion in found.rubric.criteria:
        rows = _of_dimension(found, criterion, where, again)
        out += sorted(rows, key=lambda r: -(_harshness(r) or 0.0))
    return tuple(out)


def _harshness(row: RaterRow) -> float | None:
    return row.harshness.value if row.harshness is not None else None


def _of_dimension(
    found: RatingSet,
    criterion: Criterion,
    where: Slice,
    again: dict[tuple[str, str], RaterRepeats],
) -> Sequence[RaterRow]:
    people = dimension(found, criterion.key, where).people
    kind = criterion.scale
    out = []
    for at, rater in enumerate(people.raters):
        own = people.values[:, at]
        others = mean_of_rated(np.delete(people.values, at, axis=1))
        rated = ~np.isnan(own)
        _kind, name, expertise = found.names.get(rater, ("", rater, ""))
        out.append(
            RaterRow(
                rater=rater, name=name, expertise=expertise, criterion=criterion,
                items=int(rated.sum()), calls=len(np.unique(people.calls[rated])),
                measure=PRIMARY[kind],
                harshness=None if kind == "nominal" else mean_over(others - own, rated, people),
                agreement=with_others(people, at, kind, PRIMARY[kind]),
                again=again.get((criterion.key, rater)),
                blind_share=_blind_share(found, criterion, rater),
            )
        )  # fmt: skip
    return out


def _blind_share(found: RatingSet, criterion: Criterion, rater: str) -> float:
    mine = (found.rater == found.raters.index(rater)) & found.newest & ~np.isnan(found.value)
    mine &= found.criterion == found.rubric.criteria.index(criterion)
    return float(found.blind[mine].mean()) if mine.any() else 0.0
