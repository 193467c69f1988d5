"""What scale a criterion has, as far as the values that occur tell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.errors import BadInput

MOST_LEVELS = 21
MOST_CLASSES = 100


@dataclass(frozen=True, slots=True)
class Scale:
    """The values of a criterion; classes have names, by their number."""

    kind: str
    levels: tuple[int, ...]
    names: tuple[str, ...] = ()


def scales_of(given: Sequence[tuple[int, Mapping[str, str]]]) -> dict[str, Scale]:
    """Criterion → scale, of rows with `criterion` and `value`.

    Raises:
        BadInput: more classes than a scale has.
    """
    values: dict[str, set[str]] = {}
    for _, one in given:
        values.setdefault(one["criterion"], set()).add(one["value"])
    return {criterion: _scale(found) for criterion, found in values.items()}


def _scale(values: set[str]) -> Scale:
    numbers = [whole_number(v) for v in values]
    whole = sorted({n for n in numbers if n is not None})
    if not any(_is_number(v) for v in values):
        if len(values) > MOST_CLASSES:
            raise BadInput(
                f"There are {len(values):,} different values, which is no scale.",
                "Choose the column that holds the ratings.",
            )
        names = tuple(sorted(values))
        return Scale("nominal", tuple(range(len(names))), names)
    if whole and whole[0] >= 0 and whole[-1] <= 1:
        return Scale("binary", (0, 1))
    if whole and whole[-1] - whole[0] < MOST_LEVELS:
        return Scale("ordinal", tuple(range(whole[0], whole[-1] + 1)))
    return Scale("interval", (whole[0], whole[-1]) if whole else (0, 1))


def whole_number(value: str) -> int | None:
    """The number that is written there; None where it is none, or has a fraction."""
    found = float(value) if _is_number(value) else None
    return int(found) if found is not None and found == int(found) else None


def _is_number(value: str) -> bool:
    return re.fullmatch(r"[-+]?\d{1,9}(\.\d*)?", value) is not None
