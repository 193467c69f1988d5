"""A verdict as rows of a list: what holds, what is missing for the next step, what would settle it.

Strata are told as one row, those that fail each on their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.eval.calibration.clauses import Clause
from app.eval.calibration.evidence import State
from app.eval.calibration.ladder import LadderVerdict
from app.services.calibrating.agreement import Cell
from app.services.calibrating.anchors import ROLES
from app.services.calibrating.dimension import EVERYTHING, Slice
from app.services.calibrating.published import Figure
from app.ui.calibrating import words
from app.ui.library.words import thousands

Mark = Literal["holds", "fails", "unknown", "heading", "settles", "advice"]
STATES: tuple[State, ...] = (0, 1, 2, 3, 4, 5)
_STRATUM = "stratum "
FORECAST = (
    "Labelled calls like those that there are. Widths of intervals shrink with the root of their "
    "number; the forecast holds four times in five."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line; `value` stands at the right."""

    mark: Mark
    text: str
    value: str = ""
    tip: str = ""


def rows(found: LadderVerdict, where: Slice = EVERYTHING) -> Sequence[Row]:
    """All that the panel lists of the verdict on a slice."""
    out: list[Row] = []
    if found.advice:
        out.append(Row(mark="advice", text=found.advice))
    passed = [c for s in STATES if s < _decided_by(found) for c in found.clauses[s]]
    own = found.clauses[found.state] if found.state >= 2 else ()
    earlier = [c for c in passed if c not in own]
    if earlier and found.state >= 2:
        tip = "\n".join(words.with_measures(c.words) for c in earlier)
        out.append(
            Row(
                mark="holds", text="Data, use and earlier steps",
                value=f"{len(earlier)} of {len(earlier)}", tip=tip,
            )
        )  # fmt: skip
    out += _clauses(own)
    if found.failing:
        nxt = _decided_by(found)
        out.append(Row(mark="heading", text=_heading(found, nxt)))
        asked = _clauses(found.failing if _is_overruled(found) else found.clauses[nxt])
        out += sorted(asked, key=lambda row: row.mark == "holds")  # what fails stays in sight
        out.append(_settling(found, where))
    return out


def published_row(figures: Sequence[Figure], cell: Cell) -> Row | None:
    """What others published of the dimension, in a sentence; ours beside it in the tooltip."""
    if not figures:
        return None
    first, tips, told = figures[0], [], []
    for one in figures:
        name = words.measure_words(one.name)
        reach = ""
        if one.low is not None and one.high is not None:
            reach = f" ({words.number(one.low)} to {words.number(one.high)})"
        told.append(f"{name} {words.number(one.value)}{reach}")
        ours = cell.found.judge.get(one.name) or cell.found.gold.get(one.name)
        beside = "" if ours is None else f"; ours {words.figure_words(ours)}"
        tips.append(f"{name} {one.words}{beside}.")
    who = first.source.partition(" (")[0]
    return Row(
        mark="advice",
        text=f"{who} published {' and '.join(told)} for {first.judge}, n {first.n}.",
        tip="\n".join([*tips, f"{first.source}."]),
    )  # fmt: skip


def _is_overruled(found: LadderVerdict) -> bool:
    """Whether what fails is no clause of the ladder: Holm's test took the cell down."""
    return any(c.name == "holm" for c in found.failing)


def _decided_by(found: LadderVerdict) -> State:
    """The step whose clauses fail; the one above the top where none does."""
    if not found.failing:
        return 5
    if _is_overruled(found):
        return 4
    holding = (s for s in STATES if found.failing[0] in found.clauses[s])
    return next(holding, 5)


def _heading(found: LadderVerdict, decided: State) -> str:
    if found.state == 1:
        return "Why it must not be used"
    if found.state == 0 and decided == 0:
        return "Before any verdict"
    return f"To reach “{words.STATES_AT_LENGTH[decided]}”"


def _clauses(asked: Sequence[Clause]) -> list[Row]:
    strata = [c for c in asked if c.name.startswith(_STRATUM)]
    out = [_row(c) for c in asked if c not in strata]
    if strata:
        off = [c for c in strata if not c.holds]
        tip = "\n".join(words.with_measures(c.words) for c in strata)
        mark: Mark = "fails" if off else "holds"
        alone = strata[0].label.endswith("by itself")
        what = "Every slice good enough" if alone else "No slice biased beyond the rest"
        out.append(Row(mark=mark, text=what, value=f"{len(off)} of {len(strata)} off", tip=tip))
        out += [_row(c) for c in off]
    return out


def _row(clause: Clause) -> Row:
    mark: Mark = "unknown" if clause.holds is None else "holds" if clause.holds else "fails"
    return Row(
        mark=mark, text=words.with_measures(clause.label), value=clause.value,
        tip=words.with_measures(clause.words),
    )  # fmt: skip


def _settling(found: LadderVerdict, where: Slice) -> Row:
    if found.more_calls:
        calls = _more(found.more_calls, where)
        return Row(mark="settles", text=f"About {calls} would settle it.", tip=FORECAST)
    some = any(c.more_calls for c in found.failing)
    text = (
        "More calls help, but alone do not settle it." if some
        else "More calls of this kind would not change it."
    )  # fmt: skip
    if any(c.holds is None for c in found.failing):
        least = max(c.more_calls or 0 for c in found.failing)
        if least:
            text = f"At least {_more(least, where)}, and what is not known yet."
            return Row(mark="settles", text=text)
        text = "What is not known must be measured first."
    return Row(mark="advice", text=text)


def _more(count: int, where: Slice) -> str:
    """So many more calls, and of what."""
    is_anchors = where.roles == ROLES and not where.classes
    noun = f"{'anchor ' if is_anchors else ''}call{'' if count == 1 else 's'}"
    of = "" if is_anchors or where.words == EVERYTHING.words else " of this slice"
    return f"{thousands(count)} more {noun}{of}"
