"""What the screen of studies reads, on a lane: one value a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import TYPE_CHECKING

from app.domain.adjudication import Line
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
class CriterionRead:
    """What the forms of a rubric study say on one criterion."""

    title: str
    answers: int
    not_applicable: int
    doubled: int
    """Lines that two or more raters answered."""
    unanimous: int
    means: Mapping[str, tuple[float, int]]
    """Condition → mean of the values given and how many they are; plain, for a first look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyRead:
    """Everything that a study's page shows."""

    study: Study
    rubric: RubricVersion
    results: Results | None = None
    """None while it is a draft, and of rubric studies."""
    forms: FormProgress | None = None
    criteria: tuple[CriterionRead, ...] = ()
    """Of a rubric study."""
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
            criteria=_criteria(ws, viewer, rubric, forms),
            waiting=tuple(i for i in ids if i in waiting),
            codes=_codes(ws, ids),
        )
    import pyqtgraph  # noqa: F401 - what the plots need is imported here, off the window's thread

    from app.services.studies.results import results

    found = results(ws, viewer, study.id)
    return StudyRead(
        study=study,
        rubric=rubric,
        results=found,
        codes=_codes(ws, [item.stimulus.call_id for item in found.items]),
        simple=_simple(found.conditions),
    )


def _criteria(
    ws: Workspace, viewer: Viewer, rubric: RubricVersion, forms: FormProgress
) -> tuple[CriterionRead, ...]:
    lines: dict[str, list[tuple[str, Line]]] = defaultdict(list)
    for item in forms.items:
        if item.done:
            for line in adjudicating.table(ws, viewer, item.call_id, rubric.id).lines:
                lines[line.criterion.id].append((item.condition, line))
    return tuple(_criterion(c, lines[c.id]) for c in rubric.criteria)


def _criterion(criterion: Criterion, lines: Sequence[tuple[str, Line]]) -> CriterionRead:
    values: dict[str, list[float]] = defaultdict(list)
    for condition, line in lines:
        values[condition] += [g.value for g in line.given if g.value is not None]
    every = [given for _, line in lines for given in line.given]
    doubled = [line for _, line in lines if len(line.given) > 1]
    return CriterionRead(
        title=criterion.title,
        answers=len(every),
        not_applicable=sum(g.value is None for g in every),
        doubled=len(doubled),
        unanimous=sum(line.is_unanimous for line in doubled),
        means={name: (fmean(v), len(v)) for name, v in sorted(values.items()) if v},
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
