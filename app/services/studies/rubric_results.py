"""What a rubric study found, for its owner: per criterion and condition; how far people agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.errors import BadInput, NotAllowed
from app.domain.ratings import Score, Viewer
from app.domain.rubrics import Criterion
from app.domain.studies import Stimulus, Study
from app.eval.agreement.alpha import alpha, coincidences
from app.eval.agreement.ratings import from_rows
from app.eval.listening.opinion import Given, Opinion, condition_opinion
from app.services import outgoing
from app.services.exporting.gather import pseudonym
from app.services.studies import making
from app.services.workspace import Workspace
from db.repos.assignments import AssignmentRepo
from db.unit_of_work import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionResult:
    """One criterion over all calls."""

    criterion: Criterion
    conditions: Mapping[str, Opinion]
    not_applicable: int
    alpha: float | None
    """Krippendorff's, ordinal; None where nobody shares an item or all is the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one rater is."""

    rater_id: str
    name: str
    done: int
    left: int
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricResults:
    """Everything about a rubric study's forms."""

    study: Study
    criteria: tuple[CriterionResult, ...]
    raters: tuple[Progress, ...]
    wanted: int
    """Forms that the design asks for."""
    forms: int


def rubric_results(ws: Workspace, viewer: Viewer, study_id: str) -> RubricResults:
    """A rubric study's results, of the newest version of every form.

    Raises:
        NotAllowed: a reviewer would be unblinded. BadInput: it is a listening study.
    """
    _lead_only(viewer)
    study = making.get(ws, study_id)
    if study.instrument != "rubric":
        raise BadInput(f"{study.code} is a listening study.")
    rubric = making.rubric_of(ws, study)
    with ws.db.read() as uow:
        stimuli = {s.call_id: s for s in uow.studies.stimuli(study.id)}
        scores = _scores(uow, viewer, study, stimuli)
        people = _progress(uow, study)
    by_criterion: dict[str, list[Score]] = defaultdict(list)
    for score in scores:
        by_criterion[score.criterion_id].append(score)
    return RubricResults(
        study=study,
        criteria=tuple(_criterion(c, by_criterion[c.id], stimuli) for c in rubric.criteria),
        raters=tuple(people),
        wanted=study.design.votes_of(len(stimuli)),
        forms=sum(p.done for p in people),
    )


def rating_rows(ws: Workspace, viewer: Viewer, study: Study) -> list[dict[str, Any]]:
    """One plain row for each submitted answer of a rubric study, oldest first.

    Raises:
        NotAllowed: a reviewer would be unblinded.
    """
    _lead_only(viewer)
    rubric = making.rubric_of(ws, study)
    scopes = {c.id: c.scope for c in rubric.criteria}
    with ws.db.read() as uow:
        stimuli = {s.call_id: s for s in uow.studies.stimuli(study.id)}
        scores = _scores(uow, viewer, study, stimuli)
        hide = {call_id: outgoing.within(uow, call_id) for call_id in stimuli}
        names = uow.raters.names()
        versions = uow.scores.submissions(rubric.id)
        seen = uow.scores.reveals(rubric.id)
    return [
        {
            "study_id": study.code,
            "rubric_id": rubric.key,
            "rubric_version": rubric.version,
            "criterion": s.criterion_key,
            "scope": scopes[s.criterion_id],
            "call_id": s.item.call_id,
            "condition_id": stimuli[s.item.call_id].condition,
            "turn_id": None if s.item.turn_index is None else f"t{s.item.turn_index}",
            "start_sample": s.item.span.start,
            "end_sample": s.item.span.end,
            "rater_id": pseudonym(s.rater_id, names.get(s.rater_id, "")),
            "status": s.answer.status,
            "value": s.answer.value,
            "na_reason": hide[s.item.call_id].text(s.answer.na_reason),
            "confidence": s.answer.confidence,
            "evidence": [
                {"turn_id": e.turn_id, "start_sample": e.span.start, "end_sample": e.span.end}
                for e in s.answer.evidence
            ],
            "rationale": hide[s.item.call_id].rationale(s.answer, s.item),
            "blind": s.blind,
            "version": versions.get(s.submission_id or "", 1),
            "revealed_after": (s.rater_id, s.item.call_id) in seen,
            "duration_ms": s.duration_ms,
            "inclusion_prob": stimuli[s.item.call_id].inclusion_prob,
            "created_at": s.created_at,
        }
        for s in scores
    ]


def _scores(
    uow: Reader, viewer: Viewer, study: Study, stimuli: Mapping[str, Stimulus]
) -> list[Score]:
    """The newest submitted answers of the study's raters on its calls."""
    people = {t.rater_id for t in uow.votes.all_trials(study.id)}
    return [
        s
        for s in uow.scores.visible(viewer, call_ids=list(stimuli))
        if s.rubric_version_id == study.rubric_version_id and s.rater_id in people
    ]


def _progress(uow: Reader, study: Study) -> list[Progress]:
    names, queues = uow.raters.names(), AssignmentRepo(uow.connection)
    out = []
    for rater_id in {t.rater_id for t in uow.votes.all_trials(study.id)}:
        rows = queues.queue(study.id, rater_id)
        done = sum(r.submitted_at is not None for r in rows)
        skipped = sum(r.skipped and r.submitted_at is None for r in rows)
        out.append(
            Progress(
                rater_id=rater_id, name=names.get(rater_id, rater_id), done=done,
                left=len(rows) - done - skipped, skipped=skipped,
            )
        )  # fmt: skip
    return sorted(out, key=lambda p: p.name)


def _criterion(
    criterion: Criterion, scores: Sequence[Score], stimuli: Mapping[str, Stimulus]
) -> CriterionResult:
    groups: dict[str, list[Given]] = defaultdict(list)
    for score in scores:
        value = score.answer.value
        if value is not None:
            groups[stimuli[score.item.call_id].condition].append(
                Given(rater=score.rater_id, clip=score.item.call_id, value=float(value))
            )
    return CriterionResult(
        criterion=criterion,
        conditions={name: condition_opinion(groups[name]) for name in sorted(groups)},
        not_applicable=sum(s.answer.status == "not_applicable" for s in scores),
        alpha=_alpha(scores),
    )


def _alpha(scores: Sequence[Score]) -> float | None:
    table = from_rows(
        (
            (s.item.call_id, s.item.kind, s.item.speaker, s.item.span),
            s.rater_id,
            s.answer.value,
            s.item.call_id,
        )
        for s in scores
    )
    if len(table.raters) < 2:
        return None
    found = float(alpha(coincidences(table).sum(0), table.levels, "ordinal"))
    return None if found != found else found  # not a number


def _lead_only(viewer: Viewer) -> None:
    if not viewer.is_lead:
        raise NotAllowed("Results are the study owner's.", "Sign in as a lead.")
