"""Judges' verdicts on a call as a viewer may see them. The data layer hides; this only arranges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.errors import NotFound
from app.domain.judging import JudgeVersion, StoredReply
from app.domain.ratings import Score, Viewer
from app.domain.rubrics import Criterion, RubricVersion
from app.services import timing
from app.services.judging.seen_verdicts import (
    CallVerdicts,
    Hiding,
    JudgeVerdicts,
    SeenVerdict,
    Spent,
)
from app.services.rating_forms import items_of, mark_stale
from app.services.workspace import Workspace
from db.repos.replies import RULES
from db.repos.verdict_facts import VerdictFacts
from db.unit_of_work import Reader


def verdicts(ws: Workspace, viewer: Viewer, call_id: str) -> CallVerdicts:
    """The newest verdicts of each judge version that the viewer may see.

    A verdict on speech that is no longer in the timing in force is stale, and stays.
    """
    with ws.db.read() as uow:
        found = [
            s
            for s in (
                *uow.scores.visible(viewer, call_ids=[call_id]),
                *uow.scores.pairs_on(viewer, call_id),
            )
            if s.rater_kind == "judge"
        ]
        facts = VerdictFacts(uow.connection)
        hiding = _hiding(facts, viewer, call_id)
        if not found:
            return CallVerdicts(hiding=hiding)
        pairs = {s.item_id for s in found if s.item.kind == "pair"}
        partners = facts.partners(list(pairs), call_id) if pairs else {}
        shelf = _shelf(uow, found, partners, call_id)
        by_score = _by_score(facts.replies(viewer, call_id))
    found = _marked(ws, call_id, shelf, found)
    groups: dict[str, list[SeenVerdict]] = {}
    for score in found:
        made = _seen(score, shelf, by_score)
        if made is not None:
            groups.setdefault(made.judge.id, []).append(made)
    judges = [_judge(group, shelf, by_score) for group in groups.values()]
    judges.sort(key=lambda j: j.judge.created_at, reverse=True)
    return CallVerdicts(judges=tuple(judges), hiding=hiding)


def replies(ws: Workspace, viewer: Viewer, score_id: str) -> tuple[StoredReply, ...]:
    """The full requests and replies behind a verdict, in order.

    Empty for a baseline's verdict, and where a reply holds what the viewer may not see.
    """
    with ws.db.read() as uow:
        found = uow.replies.of_score(viewer, score_id)
    return tuple(r for r in found if r.new.endpoint != RULES)


def reply(ws: Workspace, viewer: Viewer, reply_id: str) -> StoredReply:
    """One request and its reply, such as one that nothing could be read out of.

    Raises:
        NotFound: there is none, or it is kept from the viewer.
    """
    with ws.db.read() as uow:
        found = uow.replies.get(viewer, reply_id)
    if found is None:
        raise NotFound("There is no such reply.", "Only a lead sees replies by themselves.")
    return found


# arranging -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What verdicts name by id."""

    judges: Mapping[str, JudgeVersion]
    """By rater."""
    titles: Mapping[str, str]
    """Of definitions, by id."""
    rubrics: Mapping[str, RubricVersion]
    criteria: Mapping[str, Criterion]
    runs: Mapping[str, str]
    """Codes by id."""
    partners: Mapping[str, str]
    """Item of a pair → code of its other call."""
    call_id: str
    """The call that is looked at."""


def _hiding(facts: VerdictFacts, viewer: Viewer, call_id: str) -> Hiding:
    if viewer.is_lead:
        return ""
    if facts.is_kept_hidden():
        return "always"
    return "rest" if facts.is_open(viewer, call_id) else "all"


def _shelf(
    uow: Reader, found: Sequence[Score], partners: Mapping[str, str], call_id: str
) -> _Shelf:
    ids = {s.rubric_version_id for s in found}
    rubrics = {i: r for i in ids if (r := uow.rubrics.get(i)) is not None}
    run_ids = {s.run_id for s in found if s.run_id}
    runs = {i: run.code for i in run_ids if (run := uow.runs.get(i)) is not None}
    return _Shelf(
        judges={v.rater_id: v for v in uow.judges.versions()},
        titles={d.id: d.title for d in uow.judges.definitions()},
        rubrics=rubrics,
        criteria={c.id: c for r in rubrics.values() for c in r.criteria},
        runs=runs,
        partners=partners,
        call_id=call_id,
    )


def _marked(ws: Workspace, call_id: str, shelf: _Shelf, found: list[Score]) -> list[Score]:
    """Each told whether its turn is still there; calls and pairs are bound to no timing."""
    turns = [s for s in found if s.item.kind == "turn"]
    if not turns:
        return found
    try:
        turn_set = timing.turn_set(ws, call_id)
    except NotFound:
        return mark_stale(found, ())
    present = [i for r in shelf.rubrics.values() for i in items_of(call_id, r, turn_set)]
    marked = {s.id: s for s in mark_stale(turns, present)}
    return [marked.get(s.id, s) for s in found]


def _by_score(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, list[Mapping[str, Any]]]:
    out: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        out.setdefault(row["score_id"], []).append(row)
    return out


def _seen(
    score: Score, shelf: _Shelf, by_score: Mapping[str, Sequence[Mapping[str, Any]]]
) -> SeenVerdict | None:
    judge = shelf.judges.get(score.rater_id)
    criterion = shelf.criteria.get(score.criterion_id)
    if judge is None or criterion is None:
        return None  # a judge from before judges were data, whose version nothing describes
    rows = by_score.get(score.id, ())
    return SeenVerdict(
        score=score,
        criterion=criterion,
        judge=judge,
        run_code=shelf.runs.get(score.run_id or "", ""),
        spent=_spent(rows),
        shared=max((row["linked"] for row in rows), default=1),
        partner=shelf.partners.get(score.item_id, ""),
        is_second=score.item.kind == "pair" and score.item.call_id != shelf.call_id,
    )


def _judge(
    group: Sequence[SeenVerdict],
    shelf: _Shelf,
    by_score: Mapping[str, Sequence[Mapping[str, Any]]],
) -> JudgeVerdicts:
    judge = group[0].judge
    distinct = {row["reply_id"]: row for v in group for row in by_score.get(v.score.id, ())}
    rubric = shelf.rubrics[group[0].score.rubric_version_id]
    place = {c.id: at for at, c in enumerate(rubric.criteria)}
    return JudgeVerdicts(
        judge=judge,
        title=shelf.titles.get(judge.definition_id, judge.ref),
        rubric=rubric,
        verdicts=tuple(sorted(group, key=lambda v: _order(v, place))),
        spent=_spent(tuple(distinct.values())),
    )


def _order(verdict: SeenVerdict, place: Mapping[str, int]) -> tuple[bool, int, int, int]:
    item = verdict.score.item
    at = place.get(verdict.criterion.id, len(place))
    return (item.kind != "turn", item.span.start, item.span.end, at)


def _spent(rows: Sequence[Mapping[str, Any]]) -> Spent:
    counted = [
        (row["prompt_tokens"] or 0) + (row["completion_tokens"] or 0)
        for row in rows
        if row["prompt_tokens"] is not None or row["completion_tokens"] is not None
    ]
    priced: dict[str, int] = {}
    for row in rows:
        if row["cost_micro"] is not None:
            priced[row["currency"]] = priced.get(row["currency"], 0) + row["cost_micro"]
    return Spent(
        requests=len(rows),
        tokens=sum(counted) if counted else None,
        priced_micro=priced,
        unpriced=sum(row["cost_micro"] is None and row["status"] != "failed" for row in rows),
        latency_ms=sum(row["latency_ms"] for row in rows),
    )
