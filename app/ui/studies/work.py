"""What the screen of studies reads, on a lane: one value a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.domain.errors import NotFound
from app.domain.ratings import Viewer
from app.domain.rubrics import Criterion, RubricVersion
from app.domain.studies import Study
from app.services import adjudicating, study_progress
from app.services.calls import get_calls
from app.services.studies import making
from app.services.workspace import Workspace

if TYPE_CHECKING:
    from app.eval.listening.opinion import Opinion
    from app.services.studies.result_values import Results
    from app.services.study_progress import FormProgress

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyRead:
    """Everything that a study's page shows."""

    study: Study
    rubric: RubricVersion
    results: Results | None = None
    """None while it is a draft, and of rubric studies."""
    forms: FormProgress | None = None
    waiting: tuple[str, ...] = ()
    """Calls on which raters of a rubric study differ and nobody has decided."""
    codes: Mapping[str, str] = field(default_factory=dict)
    """Call id → code."""
    simple: Mapping[str, Interval] = field(default_factory=dict)
    """Condition → t interval of its votes as if they were independent."""

    @property
    def criterion(self) -> Criterion:
        """What a listening study asks."""
        key = self.study.design.criterion
        return next((c for c in self.rubric.criteria if c.key == key), self.rubric.criteria[0])

    @property
    def ends(self) -> tuple[int, int]:
        """Lowest and highest value of the scale; of a pair's, either side of none."""
        study = self.study
        if study.instrument == "pairwise":
            most = 3 if study.design.points == 7 else 1
            return -most, most
        values = [level.value for level in self.criterion.levels]
        return min(values), max(values)


def read(ws: Workspace, viewer: Viewer, study_id: str) -> StudyRead:
    """Read a study with its results.

    Raises:
        NotAllowed: a reviewer. NotFound: no such study.
    """
    study = making.get(ws, study_id)
    rubric = making.rubric_of(ws, study)
    if study.state == "draft":
        return StudyRead(study=study, rubric=rubric)
    if study.instrument == "rubric":
        forms = study_progress.form_progress(ws, viewer, study.id)
        ids = [item.call_id for item in forms.items]
        waiting = set(adjudicating.waiting(ws, viewer, rubric.id))
        return StudyRead(
            study=study,
            rubric=rubric,
            forms=forms,
            waiting=tuple(i for i in ids if i in waiting),
            codes=_codes(ws, ids),
        )
    from app.services.studies.results import results

    found = results(ws, viewer, study.id)
    return StudyRead(
        study=study,
        rubric=rubric,
        results=found,
        codes=_codes(ws, [item.stimulus.call_id for item in found.items]),
        simple=_simple(found.conditions),
    )


def _codes(ws: Workspace, call_ids: Sequence[str]) -> dict[str, str]:
    try:
        return {c.id: c.code for c in get_calls(ws, list(dict.fromkeys(call_ids)))}
    except NotFound:  # a call was purged; the study goes on without its code
        return {}


def _simple(conditions: Mapping[str, Opinion]) -> dict[str, Interval]:
    from app.eval.listening.planning import half_width

    out: dict[str, Interval] = {}
    for name, found in conditions.items():
        if found.n >= 2 and found.mean is not None and found.sd is not None:
            reach = half_width(found.n, found.sd)
            out[name] = found.mean - reach, found.mean + reach
    return out
