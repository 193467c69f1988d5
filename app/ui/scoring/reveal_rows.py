"""Own answers beside those of judges and others, matched by what they are about. No widgets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.forms import Cell, Form
from app.domain.ratings import Answer, ItemRef, Score
from app.services.opinions import Opinion
from app.services.rubric_queues import Revealed
from app.ui.scoring.marks import score_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """One answer of a judge or of somebody else."""

    score_id: str
    name: str
    is_judge: bool
    value: str
    rationale: str
    differs: bool
    opinion: Opinion | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealedLine:
    """One cell of the form with everyone's answer."""

    cell: Cell
    title: str
    mine: str
    others: tuple[Beside, ...]

    @property
    def differs(self) -> bool:
        """Whether anyone gave something else."""
        return any(other.differs for other in self.others)


def lines(form: Form, answers: Mapping[Cell, Answer], told: Revealed) -> tuple[RevealedLine, ...]:
    """The form's cells, each with what was given about the same thing."""
    out = []
    for at, item in enumerate(form.items):
        for c, criterion in enumerate(form.rubric.criteria):
            cell = (at, c)
            if cell not in answers:
                continue
            mine = answers[cell]
            others = [
                _beside(s, mine, told)
                for s in told.scores
                if s.criterion_id == criterion.id and is_about(s.item, item)
            ]
            others.sort(key=lambda o: (not o.is_judge, o.name))
            title = criterion.title
            if item.kind == "turn":
                title = f"Turn {item.turn_index}: {title}"
            out.append(
                RevealedLine(
                    cell=cell, title=title, mine=score_text(mine) or "–", others=tuple(others)
                )
            )
    return tuple(out)


def is_about(other: ItemRef, mine: ItemRef) -> bool:
    """Whether two items are the same call, or the same speaker's speech at the same time."""
    if other.kind != mine.kind or other.speaker != mine.speaker:
        return False
    return mine.kind == "call" or mine.span.overlap(other.span) is not None


def _beside(score: Score, mine: Answer, told: Revealed) -> Beside:
    answer = score.answer
    same = (answer.status, answer.value) == (mine.status, mine.value)
    return Beside(
        score_id=score.id,
        name=told.names.get(score.rater_id, score.rater_id),
        is_judge=score.rater_kind == "judge",
        value=score_text(answer) or "unscored",
        rationale=answer.rationale or answer.na_reason,
        differs=not same,
        opinion=told.opinions.get(score.id),
    )
