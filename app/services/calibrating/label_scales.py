"""What scale a criterion has, as far as the values that occur tell."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.errors import BadInput
from app.domain.ratings import score_value

MOST_LEVELS = 21
MOST_CLASSES = 100
MOST_DIGITS = 24
"""Characters of a number: no float is written with more."""
LARGEST = 1_000_000_000
SHOWN = 60
"""Characters of a cell that a reason quotes."""
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]+)?", re.IGNORECASE)
_COMMA = re.compile(r"[-+]?([0-9]*,[0-9]+|[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?)")
_ENDLESS = re.compile(r"[-+]?(inf|infinity|nan)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Scale:
    """The values of a criterion, of an interval scale its ends; classes have names, by number.

    Without levels there is nothing that can be taken.
    """

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
    if not any(_is_meant_as_number(v) for v in values):
        return _classes(values)
    numbers = [n for v in values if (n := number(v)) is not None]
    if not numbers:
        return Scale("interval", ())
    low, high = math.floor(min(numbers)), math.ceil(max(numbers))
    if any(isinstance(n, float) for n in numbers) or high - low >= MOST_LEVELS:
        return Scale("interval", (low, high))
    if low >= 0 and high <= 1:
        return Scale("binary", (0, 1))
    return Scale("ordinal", tuple(range(low, high + 1)))


def _classes(values: set[str]) -> Scale:
    if len(values) > MOST_CLASSES:
        raise BadInput(
            f"There are {len(values):,} different values, which is no scale.",
            "Choose the column that holds the ratings.",
        )
    names = tuple(sorted(values))
    return Scale("nominal", tuple(range(len(names))), names)


def _is_meant_as_number(written: str) -> bool:
    return number(written) is not None or misread(written) is not None


def number(written: str) -> float | None:
    """The number that is written there, as scores hold it; None where it can be none."""
    if len(written) > MOST_DIGITS or not _NUMBER.fullmatch(written):
        return None
    found = float(written)
    return score_value(found) if abs(found) <= LARGEST else None


def misread(written: str) -> tuple[str, str] | None:
    """What is wrong with what was meant as a number, and what to do; None of anything else."""
    shown = repr(written[:SHOWN])
    if _COMMA.fullmatch(written):
        pointed, bare = (written[:SHOWN].replace(",", by) for by in (".", ""))
        is_point = pointed.count(".") == 1
        hint = f"Write a point: {pointed}." if is_point else f"Write it without commas: {bare}."
        return f"{shown} has a comma", hint
    if _ENDLESS.fullmatch(written):
        return f"{shown} is not finite", "Leave out what was not rated."
    if not _NUMBER.fullmatch(written) or number(written) is not None:
        return None
    if len(written) > MOST_DIGITS:
        return f"a number of {len(written)} characters", f"Write at most {MOST_DIGITS}."
    return f"{shown} is too large", f"Write a number of at most {LARGEST:,}."
