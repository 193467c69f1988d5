"""What is behind a figure of one call: the single verdicts, with their reasons and turns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.domain.calls import Call, Speaker
from app.domain.errors import NotFound
from app.domain.ratings import Score, Viewer
from app.domain.rubrics import RubricVersion
from app.domain.turns import Turn
from app.services import turn_figures
from app.services.judging.score_marks import Mark, marks_of
from app.services.judging.score_parts import (
    OURS,
    PARTS,
    REPORTED,
    RUBRICS,
    PartId,
    by_part,
)
from app.services.judging.set_scores import ScoreSet
from app.services.workspace import Workspace
from db.unit_of_work import Reader

_ALL_OF: Mapping[str, tuple[PartId, ...]] = {
    "final": ("tfc", "gic"),
    "eva_a": ("task_completion", "faithfulness", "agent_speech_fidelity"),
    "eva_x": ("conversation_progression", "turn_taking", "conciseness"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One verdict behind a figure.

    Attributes:
        title: the criterion's.
        value: as shown, `1 Loose`, `not applicable`, `no reply that could be used`.
        share: 0..1 of its scale; None where it has no value.
        reason: why, in the rater's words.
        who: whose it is.
        turn: 0-based index; None for the whole call.
        frame: where to listen; None where it points nowhere.
        speaker: of the turn.
        text: what was said there.
        flagged: it contradicts itself.
    """

    title: str
    value: str
    share: float | None
    reason: str
    who: str
    turn: int | None = None
    frame: int | None = None
    speaker: Speaker | None = None
    text: str = ""
    flagged: bool = False


def parts_of(column: str) -> tuple[tuple[PartId, str], ...]:
    """Parts that a figure is made of, each with the one criterion that counts, or with none."""
    head, _, rest = column.partition(".")
    if head == "gic":
        return (("gic", rest),)
    if head in PARTS:
        part: PartId = head  # type: ignore[assignment]
        return ((part, ""),)
    return tuple((part, "") for part in _ALL_OF[head.removesuffix("_mean")])


def verdicts_behind(
    ws: Workspace,
    viewer: Viewer,
    found: ScoreSet,
    chosen: Mapping[str, str],
    call_id: str,
    column: str,
) -> tuple[Verdict, ...]:
    """The verdicts behind a figure of a call, in order of time.

    Args:
        ws: the workspace.
        viewer: only scores that they may see are read.
        found: what the figure was made of.
        chosen: its sources, as in the settings.
        call_id: which call.
        column: id of the figure.

    Raises:
        NotFound: the call is gone.
    """
    with ws.db.read() as uow:
        call = uow.calls.get(call_id)
        if call is None:
            raise NotFound("That call is not there any more.", "Show the calls again.")
        rows = by_part(uow.score_sets.marks(viewer, [call_id], RUBRICS))
        shelf = _shelf(uow, viewer, call)
    out: list[Verdict] = []
    for part, criterion in parts_of(column):
        source = found.source(part, chosen)
        if source is None:
            continue
        if source.id in (OURS, REPORTED):
            out += _told(found, part, source.id == REPORTED, source.label, call_id)
            continue
        marks = marks_of(rows.get(part, ()), source).get(call_id)
        if marks is None:
            continue
        rubric = found.rubrics.get(marks.rubric_version_id)
        for key, each in marks.marks.items():
            if rubric is not None and criterion in ("", key):
                out += _of_marks(rubric, key, each, shelf)
    return tuple(sorted(out, key=lambda v: (v.turn is not None, v.turn or 0)))


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What the marks of a call name."""

    scores: Mapping[str, Score]
    """That the viewer may see, by id."""
    turns: Sequence[Turn]
    names: Mapping[str, str]
    """Of people and judges, by rater."""


def _shelf(uow: Reader, viewer: Viewer, call: Call) -> _Shelf:
    people = {r.rater_id: r.name for r in uow.raters.people()}
    return _Shelf(
        scores={s.id: s for s in uow.scores.visible(viewer, call_ids=[call.id])},
        turns=_turns(uow, call),
        names=people | {v.rater_id: v.label for v in uow.judges.versions()},
    )


def _turns(uow: Reader, call: Call) -> Sequence[Turn]:
    try:
        return turn_figures.turns_of(uow, call).turns
    except NotFound:
        return ()


def _of_marks(
    rubric: RubricVersion, key: str, marks: Sequence[Mark], shelf: _Shelf
) -> Iterator[Verdict]:
    scores, turns = shelf.scores, shelf.turns
    criterion = next(c for c in rubric.criteria if c.key == key)
    low, high = (pick(lv.value for lv in criterion.levels) for pick in (min, max))
    for mark in marks:
        for score in (scores[i] for i in mark.score_ids if i in scores):
            answer, at = score.answer, _place(score, turns)
            turn = turns[at] if at is not None and at < len(turns) else None
            level = None if answer.value is None else criterion.level(answer.value)
            label = level.label if level is not None else ""
            yield Verdict(
                title=criterion.title,
                value=f"{answer.value} {label}".strip()
                if answer.value is not None
                else _NO_VALUE.get(answer.status, "unscored"),
                share=None if answer.value is None else (answer.value - low) / (high - low),
                reason=answer.rationale or answer.na_reason,
                who=shelf.names.get(score.rater_id, ""),
                turn=at,
                frame=score.item.span.start if score.item.kind == "turn" else _frame(score),
                speaker=turn.speaker if turn is not None else score.item.speaker,
                text=turn.text if turn is not None else "",
                flagged=answer.flagged,
            )


_NO_VALUE = {
    "not_applicable": "not applicable",
    "parse_error": "no reply that could be used",
    "provider_error": "no reply",
}


def _place(score: Score, turns: Sequence[Turn]) -> int | None:
    """The turn that a verdict is about, or the first that it points at."""
    if score.item.kind == "turn":
        same = (t.index - 1 for t in turns if t.span.start == score.item.span.start)
        stored = score.item.turn_index
        return next(same, None if stored is None else stored - 1)
    ids = [e.turn_id[1:] for e in score.answer.evidence]
    return min((int(i) - 1 for i in ids if i.isdecimal()), default=None)


def _frame(score: Score) -> int | None:
    return min((e.span.start for e in score.answer.evidence), default=None)


def _told(
    found: ScoreSet, part: PartId, is_reported: bool, label: str, call_id: str
) -> Iterator[Verdict]:
    of_call = (found.reported if is_reported else found.measured).get(call_id, {})
    component = of_call.get(part)
    if component is not None:
        value = component.usable
        yield Verdict(
            title=PARTS[part],
            value="no value" if value is None else f"{value:.3f}",
            share=value,
            reason="",
            who=label,
        )
