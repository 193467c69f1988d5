"""Submits the sample reviewers' forms of the demo through the ordinary rating service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.domain.forms import Form
from app.domain.ratings import Answer, Evidence, ItemRef, Viewer
from app.domain.rubrics import Criterion
from app.domain.turns import TurnSet
from app.services import rating
from app.services.workspace import Workspace

SECONDS_AN_ANSWER = 6
NA_REASON = "The turn gave no occasion."


def give(
    ws: Workspace, viewer: Viewer, call_id: str, given: Mapping[str, Any], turn_set: TurnSet
) -> None:
    """Fill one form and, unless it is given as a draft, submit it; a begun form is left alone."""
    versions = [v for v in rating.rubric_versions(ws) if v.key == given["rubric"]]
    if not versions:
        return
    rubric = max(versions, key=lambda v: v.version)
    form = rating.open_form(ws, viewer, call_id, rubric.id, turn_set)
    if form.version or form.answers:
        return
    for item, criterion, answer in _answers(form, given, turn_set):
        rating.draft(ws, viewer, item, criterion.id, answer, duration_ms=SECONDS_AN_ANSWER * 1000)
    if not given.get("draft"):
        rating.submit(ws, viewer, call_id, rubric.id)


def _answers(
    form: Form, given: Mapping[str, Any], turn_set: TurnSet
) -> Iterator[tuple[ItemRef, Criterion, Answer]]:
    reasons = given.get("rationale", {})
    for item in form.items:
        values = (
            given.get("answers", {})
            if item.kind == "call"
            else given.get("turns", {}).get(item.turn_index, {})
        )
        for criterion in form.criteria_for(item):
            if criterion.key in values:
                yield item, criterion, _answer(values[criterion.key], criterion, reasons, turn_set)


def _answer(
    said: Any, criterion: Criterion, reasons: Mapping[str, str], turn_set: TurnSet
) -> Answer:
    """An answer from its short form: a value, `na`, or a table with value, rationale, turns."""
    table: dict[str, Any] = (
        said if isinstance(said, dict) else {"na": NA_REASON} if said == "na" else {"value": said}
    )
    if "na" in table:
        return Answer(status="not_applicable", na_reason=str(table["na"]))
    value = int(table["value"])
    fallback = reasons.get(criterion.key, "") if value in criterion.rationale_required_at else ""
    turns = [turn_set.turns[n - 1] for n in table.get("turns", ())]
    return Answer(
        status="observed",
        value=value,
        confidence=3,
        rationale=str(table.get("rationale", fallback)),
        evidence=tuple(Evidence(turn_id=t.id, span=t.span) for t in turns),
    )
