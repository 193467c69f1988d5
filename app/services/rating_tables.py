"""Tables of (item, rater, value) rows from a CSV file, summarised without a workspace."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.domain.errors import BadInput, NotFound
from app.eval.agreement.ratings import from_rows
from app.eval.agreement.summary import Summary, summarise

COLUMNS = ("item", "rater", "value")
GAPS = frozenset({"", "na", "n/a", "nan", "null", "none", "."})
MOST_ROWS = 5_000_000
MOST_LEVELS = 2_000


def summarise_file(path: Path) -> Summary:
    """Every coefficient of a table with the columns item, rater, value, and perhaps call.

    Values are numbers, or names of classes. A blank, `NA` or `.` is a gap. Of several rows of one
    item and rater the last counts.

    Raises:
        NotFound: there is no such file.
        BadInput: it is no such table; says where.
    """
    rows = list(_rows(path))
    if not rows:
        raise BadInput(f"{path} has no ratings.", "Give rows with item, rater and value.")
    names = _names([value for _, _, value, _ in rows])
    code: dict[str, float] = {name: float(at) for at, name in enumerate(names)}
    table = from_rows(
        (item, rater, None if value is None else code[value] if names else float(value), call)
        for item, rater, value, call in rows
    )
    if len(table.levels) > MOST_LEVELS:
        raise BadInput(
            f"{path} has {len(table.levels)} different values.", f"At most {MOST_LEVELS} can be."
        )
    return summarise(table, names)


def to_json(found: Summary) -> dict[str, Any]:
    """The plain form: figures, null where undefined, and `undefined` with the reasons."""
    limits = None
    if found.limits is not None:
        limits = {k: asdict(found.limits)[k] for k in ("bias", "sd", "lower", "upper")}
    return {
        "n_items": found.n_items,
        "n_raters": found.n_raters,
        **found.values,
        "bland_altman": limits,
        "dawid_skene": None if found.prevalence is None else {"prevalence": found.prevalence},
        "undefined": found.reasons,
    }


def _names(values: list[str | None]) -> tuple[str, ...]:
    """The classes where any value is no number; nothing where all are."""
    given = {v for v in values if v is not None}
    return () if all(_is_number(v) for v in given) else tuple(sorted(given))


def _is_number(value: str) -> bool:
    try:
        return math.isfinite(float(value))
    except ValueError:
        return False


def _rows(path: Path) -> Iterator[tuple[str, str, str | None, str | None]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            names = {(n or "").strip().lower(): n for n in reader.fieldnames or ()}
            missing = [c for c in COLUMNS if c not in names]
            if missing:
                raise BadInput(
                    f"{path} lacks the column{'s' if len(missing) > 1 else ''} "
                    f"{', '.join(missing)}.",
                    f"Its first line must name {', '.join(COLUMNS)}.",
                )
            for row in reader:
                yield _row(path, reader.line_num, row, names)
                if reader.line_num > MOST_ROWS:
                    raise BadInput(f"{path} has more than {MOST_ROWS} rows.", "Split it.")
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {path}.") from error
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        raise BadInput(f"{path} cannot be read as CSV: {error}.", "Save it as UTF-8.") from error


def _row(
    path: Path, number: int, row: dict[str, Any], names: dict[str, str]
) -> tuple[str, str, str | None, str | None]:
    item, rater, value = ((row[names[c]] or "").strip() for c in COLUMNS)
    if not item or not rater:
        raise BadInput(f"{path}, line {number}: item or rater is empty.", "Fill or remove it.")
    call = (row[names["call"]] or "").strip() or None if "call" in names else None
    return item, rater, None if value.lower() in GAPS else value, call
