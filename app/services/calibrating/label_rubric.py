"""Labels of a rubric that is here: its criteria by key or title, its levels by value or word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.rubrics import Criterion, RubricVersion
from app.services.calibrating.label_scales import SHOWN, Scale, misread, number
from app.services.calibrating.label_set import Fault

Given = tuple[int, dict[str, str]]
"""A line's number and its cells by field."""


def scales_in(rubric: RubricVersion) -> Mapping[str, Scale]:
    """Criterion's key → its scale."""
    return {
        c.key: Scale(c.scale, tuple(level.value for level in c.levels)) for c in rubric.criteria
    }


def matched(
    given: Sequence[Given], rubric: RubricVersion, *, by_name: bool
) -> tuple[list[Given], list[Fault]]:
    """Rows with the keys and values of a rubric, and those that it has no place for.

    Args:
        given: rows with `criterion` and `value`.
        rubric: the rubric.
        by_name: False where the file has no column of criteria: the rubric's only one is meant.
    """
    names = {n.casefold(): c for c in rubric.criteria for n in (c.title, c.key)}
    only = rubric.criteria[0] if len(rubric.criteria) == 1 and not by_name else None
    found: list[Given] = []
    faults: list[Fault] = []
    for line, one in given:
        criterion = only or names.get(one["criterion"].casefold())
        if criterion is None:
            keys = ", ".join(c.key for c in rubric.criteria)
            reason = f"{rubric.title} has no criterion {one['criterion'][:SHOWN]!r}"
            faults.append(Fault(row=line, reason=reason, hint=f"Use one of {keys}."))
            continue
        value = _level(criterion, one["value"])
        if value is None:
            off = f"{one['value'][:SHOWN]!r} is not on the scale of {criterion.title}"
            reason, hint = misread(one["value"]) or (off, f"Use {criterion.taken}.")
            faults.append(Fault(row=line, reason=reason, hint=hint))
            continue
        found.append((line, {**one, "criterion": criterion.key, "value": str(value)}))
    return found, faults


def _level(criterion: Criterion, written: str) -> float | None:
    """What is meant, by its value or its level's label."""
    found = number(written)
    if found is not None:
        return found if criterion.takes(found) else None
    word = written.casefold()
    return next((x.value for x in criterion.levels if word and word == x.label.casefold()), None)
