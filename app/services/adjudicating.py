"""Adjudication: what raters gave side by side, and one final value with where it comes from.

Final values are rows of a rater of their own, so that they never mix with anybody's vote. They are
only added; a new one replaces the one before. All of it is for leads.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from app.domain.adjudication import Final, Given, Line, Table, computed
from app.domain.changes import Changes
from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.ratings import ADJUDICATION, Answer, Score, Viewer
from app.domain.rubrics import Criterion, RubricVersion
from app.services.rating_forms import find_rubric
from app.services.workspace import Workspace
from db.repos.base import dump
from db.repos.exchange import ExchangeRepo
from db.repos.scores import NewScore
from db.unit_of_work import Reader, UnitOfWork

NAME = "Adjudication"


_Key = tuple[str, str, int, int, str, str]


def table(ws: Workspace, viewer: Viewer, call_id: str, rubric_version_id: str) -> Table:
    """What people gave on a call's rubric.

    Raises:
        NotAllowed: a reviewer.
        NotFound: no such rubric version.
    """
    _lead_only(viewer)
    with ws.db.read() as uow:
        return _table(uow, viewer, call_id, rubric_version_id)


def waiting(ws: Workspace, viewer: Viewer, rubric_version_id: str) -> list[str]:
    """Calls on which two or more people answered the rubric, with no final value on some line.

    Raises:
        NotAllowed: a reviewer.
    """
    _lead_only(viewer)
    with ws.db.read() as uow:
        rubric = find_rubric(uow, rubric_version_id)
        by_call: dict[str, list[Score]] = defaultdict(list)
        for score in uow.scores.visible(viewer):
            if score.rubric_version_id == rubric_version_id and score.rater_kind == "human":
                by_call[score.item.call_id].append(score)
        open_ones = []
        for call_id, scores in by_call.items():
            lines = _lines(rubric, scores)
            if any(len(line.given) > 1 and line.final is None for line in lines):
                open_ones.append(call_id)
    return open_ones


def settle(
    ws: Workspace,
    viewer: Viewer,
    line: Line,
    value: float | None,
    *,
    cause: str = "",
) -> Changes:
    """Give a line its final value; it is on disk when this returns.

    Args:
        ws: the workspace.
        viewer: who decides; a lead.
        line: from `table`.
        value: one that the scale takes, or None for not applicable.
        cause: why, where it is not what most gave.

    Raises:
        NotAllowed: a reviewer.
        BadInput: not on the scale, or a decision against the majority without a cause.
    """
    _lead_only(viewer)
    with ws.db.human() as uow:
        _settle(uow, viewer, line, value, cause.strip())
    return uow.changes


def settle_agreed(ws: Workspace, viewer: Viewer, call_id: str, rubric_version_id: str) -> int:
    """Give every line without a final value the one that most gave; how many lines that were.

    Raises:
        NotAllowed: a reviewer.
    """
    _lead_only(viewer)
    with ws.db.human() as uow:
        found = [
            line
            for line in _table(uow, viewer, call_id, rubric_version_id).lines
            if line.final is None and len(line.given) > 1 and line.majority is not None
        ]
        for line in found:
            _settle(uow, viewer, line, line.majority, "")
    return len(found)


def _settle(uow: UnitOfWork, viewer: Viewer, line: Line, value: float | None, cause: str) -> None:
    criterion = line.criterion
    if value is None and not criterion.na_allowed:
        raise BadInput(f"“{criterion.title}” must be scored.", "Give a value.")
    if value is not None and not criterion.takes(value):
        raise BadInput(
            f"{value} is not on the scale of “{criterion.title}”.", f"Use {criterion.taken}."
        )
    provenance = line.provenance_of(value)
    if provenance == "adjudicated" and not cause:
        raise BadInput("A decision that most did not give needs a cause.", "Say why.")
    rubric_id = uow.rubrics.of_criterion(criterion.id)
    if rubric_id is None:
        raise NotFound(f"There is no criterion {criterion.id}.")
    _ensure_rater(uow)
    uow.scores.add(
        NewScore(
            call_id=line.item.call_id,
            item_id=uow.scores.item(line.item),
            rubric_version_id=rubric_id,
            criterion_id=criterion.id,
            rater_id=ADJUDICATION,
            answer=Answer(
                status="not_applicable" if value is None else "observed",
                value=value,
                rationale=cause,
            ),
            phase="submitted",
            blind=False,
            supersedes_id=None if line.final is None else line.final.score_id,
            presentation=dump(
                {"provenance": provenance, "cause": cause, "decided_by": viewer.rater_id}
            ),
        )
    )
    uow.touch(Changes(scores=frozenset({line.item.call_id})))


def _ensure_rater(uow: UnitOfWork) -> None:
    """A rater that nobody signs in as."""
    repo = ExchangeRepo(uow.connection)
    if not repo.has_rater(ADJUDICATION):
        taken = uow.raters.person(NAME) is not None
        repo.add_person(ADJUDICATION, f"{NAME} (final values)" if taken else NAME)
        uow.touch(Changes(raters=True))


def _table(uow: Reader, viewer: Viewer, call_id: str, rubric_version_id: str) -> Table:
    rubric = find_rubric(uow, rubric_version_id)
    scores = [
        s
        for s in uow.scores.visible(viewer, call_ids=[call_id])
        if s.rubric_version_id == rubric_version_id and s.rater_kind == "human"
    ]
    names = uow.raters.names()
    ids = {s.rater_id for s in scores if s.rater_id != ADJUDICATION}
    raters = {r: names.get(r, r) for r in sorted(ids, key=lambda r: names.get(r, r))}
    return Table(call_id=call_id, rubric=rubric, raters=raters, lines=tuple(_lines(rubric, scores)))


def _lines(rubric: RubricVersion, scores: Sequence[Score]) -> list[Line]:
    order = {c.id: (at, c) for at, c in enumerate(rubric.criteria)}
    groups: dict[_Key, list[Score]] = defaultdict(list)
    for score in scores:
        if score.answer.status in ("observed", "not_applicable"):
            groups[_key(score)].append(score)
    lines = [
        _line(order[found[0].criterion_id][1], found)
        for found in groups.values()
        if found[0].criterion_id in order and any(s.rater_id != ADJUDICATION for s in found)
    ]
    kinds = ("call", "turn")
    return sorted(
        lines,
        key=lambda x: (
            kinds.index(x.item.kind) if x.item.kind in kinds else len(kinds),
            x.item.span.start,
            order[x.criterion.id][0],
        ),
    )


def _key(score: Score) -> _Key:
    """The same stretch of speech and question, whichever layer it was pinned to."""
    item = score.item
    clip = item.profile_id or "" if item.kind == "clip" else ""
    span = item.span
    return (item.kind, item.speaker or "", span.start, span.end, clip, score.criterion_id)


def _line(criterion: Criterion, scores: Sequence[Score]) -> Line:
    newest = {s.rater_id: s for s in scores}
    given = tuple(_given(s) for r, s in newest.items() if r != ADJUDICATION)
    values = [g.value for g in given if g.value is not None]
    counts = Counter(g.value for g in given)
    most, count = counts.most_common(1)[0]
    final = newest.get(ADJUDICATION)
    return Line(
        criterion=criterion,
        item=next(s.item for s in scores if s.rater_id != ADJUDICATION),
        given=given,
        spread=computed(max(values) - min(values)) if len(values) > 1 else None,
        majority=most if 2 * count > len(given) else None,
        is_unanimous=len(given) > 1 and len(counts) == 1,
        final=None if final is None else _final(final),
    )


def _given(score: Score) -> Given:
    answer = score.answer
    return Given(
        score_id=score.id, rater_id=score.rater_id, value=answer.value, na_reason=answer.na_reason,
        confidence=answer.confidence, rationale=answer.rationale, evidence=answer.evidence,
        flagged=answer.flagged, blind=score.blind,
    )  # fmt: skip


def _final(score: Score) -> Final:
    told = score.details
    return Final(
        score_id=score.id,
        value=score.answer.value,
        provenance=told.get("provenance", "adjudicated"),
        cause=str(told.get("cause", "")),
        decided_by=str(told.get("decided_by", "")),
        decided_at=score.created_at,
    )


def _lead_only(viewer: Viewer) -> None:
    if not viewer.is_lead:
        raise NotAllowed("Only a lead adjudicates.", "Sign in as a lead.")
