"""What people hear of symbols that a recogniser did not hear as meant.

The list comes from the newest result of `text.symbols`; an answer is a score like any other, on a
clip that is known by the symbol's key. It counts, and opens what others heard there, once it is
submitted; until then it is its writer's draft and can be undone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from app.domain.calls import Span
from app.domain.errors import BadInput, NotFound
from app.domain.forms import Saved, Submission
from app.domain.ratings import Answer, ItemRef, Score, Viewer
from app.domain.rubrics import RubricVersion
from app.services import rating
from app.services.assets import asset
from app.services.rubrics import add_rubric, read_rubric
from app.services.workspace import Workspace
from db.unit_of_work import Reader

RUBRIC = "symbol_readings"
CRITERION = "symbol_reading"
EVALUATOR = "text.symbols"
_CLIP = "symbol/"
NA_REASON = "The symbol cannot be heard."

Reading = Literal["right", "wrong", "not_applicable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulSymbol:
    """A symbol that a recogniser did not hear in an accepted reading.

    Attributes:
        key: by which it is answered.
        kind: `money`, `date`, ...
        symbol: as written.
        before, after: what is written around it in its line.
        heard: what the recogniser wrote there; empty for nothing.
        span: where to listen, frames at the call's rate.
        own: the viewer's own reading, drafted or submitted.
        is_draft: whether that is not submitted yet.
        answers: people whose submitted reading is open to the viewer, the viewer among them.
    """

    key: str
    kind: str
    symbol: str
    before: str
    after: str
    heard: str
    span: Span
    own: Reading | None = None
    is_draft: bool = False
    answers: int = 0

    @property
    def text(self) -> str:
        """Its line, as written."""
        return f"{self.before}{self.symbol}{self.after}"


def doubtful(ws: Workspace, viewer: Viewer, call_id: str) -> list[DoubtfulSymbol]:
    """The symbols that a person should listen to, in the order of the text.

    Empty where the call's symbols were not looked at, or all were heard as meant. Of other
    people's readings only their number is told, and only where they are open to the viewer.

    Args:
        ws: the workspace.
        viewer: who is looking.
        call_id: the call.
    """
    with ws.db.read() as uow:
        rows = [row for row in rows_of(uow, call_id) if not row["passed"]]
        rate_hz = _rate_hz(uow, call_id) if rows else 1
        seen = readings(uow, viewer, [call_id]).get(call_id, {})
        own = _own(uow, viewer, call_id)
    return [_symbol(row, rate_hz, own.get(row["key"]), seen.get(row["key"], {})) for row in rows]


def answer(
    ws: Workspace,
    viewer: Viewer,
    call_id: str,
    key: str,
    read_correctly: bool | None,
    *,
    duration_ms: int = 0,
) -> Saved:
    """Draft a reading; it is on disk when this returns, and undo takes it back.

    Args:
        ws: the workspace.
        viewer: whose reading.
        call_id: the call.
        key: of one of its symbols.
        read_correctly: None where the symbol cannot be heard.
        duration_ms: active time since the last answer.

    Raises:
        NotFound: the call has no symbol of that key, such as after its text was changed.
    """
    given = (
        Answer(status="not_applicable", na_reason=NA_REASON)
        if read_correctly is None
        else Answer(status="observed", value=int(read_correctly))
    )
    return _draft(ws, viewer, call_id, key, given, duration_ms)


def clear(ws: Workspace, viewer: Viewer, call_id: str, key: str) -> Saved:
    """Take the viewer's own reading away, as a draft.

    Raises:
        NotFound: the call has no symbol of that key.
    """
    return _draft(ws, viewer, call_id, key, Answer(status="cleared"), 0)


def submit(ws: Workspace, viewer: Viewer, call_id: str) -> Submission:
    """Make the viewer's readings of a call count, as their next version.

    Raises:
        BadInput: nothing is answered, or nothing changed since.
    """
    rubric = _newest(ws)
    if rubric is None:
        raise BadInput("No symbol is answered yet.", "Answer at least one first.")
    return rating.submit(ws, viewer, call_id, rubric.id)


def rows_of(uow: Reader, call_id: str) -> list[dict[str, Any]]:
    """Every symbol of the call's newest result, as the evaluator left it."""
    result = uow.evaluations.result_of(call_id, EVALUATOR)
    return list(result["detail"].get("symbols", ())) if result else []


def readings(
    uow: Reader, viewer: Viewer, call_ids: Sequence[str]
) -> dict[str, dict[str, dict[str, Reading]]]:
    """Call → key → rater → their submitted reading; only what is open to the viewer."""
    ours = {r.id for r in uow.rubrics.all() if r.key == RUBRIC}
    found: dict[str, dict[str, dict[str, Reading]]] = {}
    for score in uow.scores.visible(viewer, call_ids=call_ids) if ours else ():
        key, reading = _key(score), _reading(score.answer)
        if score.rubric_version_id in ours and score.rater_kind == "human" and key and reading:
            found.setdefault(score.item.call_id, {}).setdefault(key, {})[score.rater_id] = reading
    return found


def _own(uow: Reader, viewer: Viewer, call_id: str) -> dict[str, Score]:
    """The viewer's newest row of each symbol, of any version of the rubric."""
    found: dict[str, Score] = {}
    for rubric in uow.rubrics.all():
        if rubric.key == RUBRIC:
            rows = uow.scores.form(viewer.rater_id, call_id, rubric.id)
            found |= {_key(row): row for row in rows}
    return found


def _key(score: Score) -> str:
    return (score.item.profile_id or "").removeprefix(_CLIP)


def _reading(given: Answer) -> Reading | None:
    if given.status == "observed":
        return "right" if given.value == 1 else "wrong"
    return "not_applicable" if given.status == "not_applicable" else None


def _symbol(
    row: Mapping[str, Any], rate_hz: int, own: Score | None, seen: Mapping[str, Reading]
) -> DoubtfulSymbol:
    return DoubtfulSymbol(
        key=row["key"],
        kind=row["kind"],
        symbol=row["text"],
        before=row.get("before", ""),
        after=row.get("after", ""),
        heard=row["heard"],
        span=_span(row, rate_hz),
        own=_reading(own.answer) if own else None,
        is_draft=own is not None and own.phase == "draft",
        answers=len(seen),
    )


def _span(row: Mapping[str, Any], rate_hz: int) -> Span:
    return Span(round(row["start_s"] * rate_hz), round(row["end_s"] * rate_hz))


def _rate_hz(uow: Reader, call_id: str) -> int:
    call = uow.calls.get(call_id)
    if call is None:
        raise NotFound(f"There is no call {call_id}.")
    return call.rate_hz


def _draft(
    ws: Workspace, viewer: Viewer, call_id: str, key: str, given: Answer, duration_ms: int
) -> Saved:
    rubric = _newest(ws) or add_rubric(ws, read_rubric(asset("rubrics", f"{RUBRIC}.yaml")))
    criterion = next(c for c in rubric.criteria if c.key == CRITERION)
    item = _item(ws, call_id, key)
    return rating.draft(ws, viewer, item, criterion.id, given, duration_ms=duration_ms)


def _newest(ws: Workspace) -> RubricVersion | None:
    found = [r for r in rating.rubric_versions(ws) if r.key == RUBRIC]
    return found[-1] if found else None


def _item(ws: Workspace, call_id: str, key: str) -> ItemRef:
    """The symbol as an item, pinned to the text that it is written in."""
    with ws.db.read() as uow:
        row = next((r for r in rows_of(uow, call_id) if r["key"] == key), None)
        if row is None:
            raise NotFound(
                "That symbol is no longer in the call's text.", "Open the list of symbols again."
            )
        result = uow.evaluations.result_of(call_id, EVALUATOR)
        layer_id, version = (result or {})["inputs"].get("intended", (None, None))
        rate_hz = _rate_hz(uow, call_id)
    return ItemRef(
        kind="clip",
        call_id=call_id,
        span=_span(row, rate_hz),
        layer_id=layer_id,
        layer_version=version,
        profile_id=f"{_CLIP}{key}",
        speaker="agent",
    )
