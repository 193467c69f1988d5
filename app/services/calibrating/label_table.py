"""Any CSV or JSONL of (item, rater, criterion, value) as a set of labels, by a map of columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import BadInput
from app.domain.rubrics import RubricVersion
from app.services.calibrating.label_rows import Row, rows_of
from app.services.calibrating.label_rubric import matched, scales_in
from app.services.calibrating.label_scales import SHOWN, Scale, misread, number, scales_of
from app.services.calibrating.label_set import Fault, Label, LabelSet, Said, call_of
from app.services.rating_tables import GAPS

FIELDS = ("item", "rater", "criterion", "value", "call", "text", "rationale")
NEEDED = ("item", "rater", "value")
_GUESSES: Mapping[str, tuple[str, ...]] = {
    "item": ("item", "item_id", "id", "file"),
    "rater": ("rater", "rater_id", "annotator", "annotator_id", "worker", "workerid"),
    "criterion": ("criterion", "dimension", "metric", "question"),
    "value": ("value", "rating", "score", "label", "vote"),
    "call": ("call", "call_id", "conversation_id", "conversation"),
    "text": ("text", "transcript"),
    "rationale": ("rationale", "reason", "comment"),
}
NAMED = ("item", "rater", "criterion", "value", "call")
LONGEST = 200
"""Characters of what names something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a file looks like, before its columns are mapped."""

    columns: tuple[str, ...]
    guessed: Mapping[str, str]
    """Field → column."""
    rows: tuple[Row, ...]
    """The first ones."""
    count: int


def preview(path: Path, first: int = 20) -> Preview:
    """The columns of a file and its first rows.

    Raises:
        NotFound: there is no such file. BadInput: it is neither CSV nor JSON lines.
    """
    rows, _ = rows_of(path)
    columns = tuple(dict.fromkeys(name for _, row in rows for name in row))
    shown = tuple(row for _, row in rows[:first])
    return Preview(columns=columns, guessed=_guess(columns), rows=shown, count=len(rows))


def read(
    path: Path,
    columns: Mapping[str, str] | None = None,
    onto: RubricVersion | None = None,
) -> LabelSet:
    """The labels of a file.

    Without a criterion column the file's name is the criterion. Without a call column each item is
    a call of its own; with one, items are parts of calls.

    Args:
        path: CSV with a header, or JSON lines.
        columns: field → column, empty for none; the others are guessed by their usual names.
        onto: a rubric that the labels are of; one is made from the values where it is None.

    Raises:
        NotFound: there is no such file.
        BadInput: it is neither CSV nor JSON lines, or lacks a column that is needed.
    """
    rows, faults = rows_of(path)
    names = tuple(dict.fromkeys(name for _, row in rows for name in row))
    chosen = _chosen(path, names, columns or {})
    given, bad = _given(rows, chosen, path.stem)
    if onto is not None:
        given, off_scale = matched(given, onto, by_name="criterion" in chosen)
        bad = [*bad, *off_scale]
    scales = scales_of(given) if onto is None else scales_in(onto)
    has_parts = "call" in chosen and any(g["item"] != g["call"] for _, g in given)
    labels, off = _labels(given, scales, has_parts=has_parts, named=onto is None)
    return LabelSet(
        name=path.stem,
        calls=tuple(_calls(path, given)),
        rubric=onto.key
        if onto is not None
        else _rubric(path.stem, scales, "clip" if has_parts else "call"),
        labels=tuple(labels),
        faults=tuple(sorted((*faults, *bad, *off), key=lambda f: f.row)),
        notes=_notes(scales) if onto is None else (),
    )


def _guess(columns: Sequence[str]) -> dict[str, str]:
    by_name = {c.lower(): c for c in columns}
    found = {
        field: next((by_name[g] for g in guesses if g in by_name), None)
        for field, guesses in _GUESSES.items()
    }
    return {field: column for field, column in found.items() if column is not None}


def _chosen(path: Path, names: Sequence[str], columns: Mapping[str, str]) -> dict[str, str]:
    strange = next((f for f in columns if f not in FIELDS), None)
    if strange is not None:
        raise BadInput(f"There is no field {strange}.", f"Fields: {', '.join(FIELDS)}.")
    absent = next((c for c in columns.values() if c and c not in names), None)
    if absent is not None:
        raise BadInput(f"{path} has no column {absent}.", f"Columns: {', '.join(names)}.")
    chosen = {field: c for field, c in {**_guess(names), **columns}.items() if c}
    missing = [f for f in NEEDED if f not in chosen]
    if missing:
        raise BadInput(
            f"Which columns of {path} hold {', '.join(missing)}?",
            f"Map them, such as {missing[0]}={names[0] if names else 'COLUMN'}. "
            f"Columns: {', '.join(names) or 'none'}.",
        )
    return chosen


def _given(
    rows: Sequence[tuple[int, Row]], chosen: Mapping[str, str], stem: str
) -> tuple[list[tuple[int, dict[str, str]]], list[Fault]]:
    """Rows by field; those without an item, a rater or a value are left out."""
    found, faults = [], []
    for line, row in rows:
        given = {field: row.get(column, "") for field, column in chosen.items()}
        given["criterion"] = given.get("criterion") or _slug(stem)
        given["call"] = given.get("call") or given["item"]
        empty = [f for f in NEEDED if not given[f] or (f == "value" and given[f].lower() in GAPS)]
        if empty:
            reason = f"{' and '.join(empty)} empty"
            faults.append(Fault(row=line, reason=reason, hint="Fill it in, or leave the row."))
            continue
        long = next((f for f in NAMED if len(given[f]) > LONGEST), None)
        if long is None:
            found.append((line, given))
            continue
        reason = f"{long} of {len(given[long]):,} characters"
        faults.append(Fault(row=line, reason=reason, hint="Is that the right column?"))
    return found, faults


def _labels(
    given: Sequence[tuple[int, Mapping[str, str]]],
    scales: Mapping[str, Scale],
    *,
    has_parts: bool,
    named: bool,
) -> tuple[list[Label], list[Fault]]:
    labels: list[Label] = []
    faults: list[Fault] = []
    first: dict[tuple[str, ...], tuple[int, float]] = {}
    for line, one in given:
        scale = scales[one["criterion"]]
        value = scale.names.index(one["value"]) if scale.names else number(one["value"])
        if value is None:
            other = f"{one['value'][:SHOWN]!r} is no number", "Write one, such as 3 or 3.5."
            reason, hint = misread(one["value"]) or other
            faults.append(Fault(row=line, reason=reason, hint=hint))
            continue
        place = tuple(one[f] for f in ("call", "item", "rater", "criterion"))
        before = first.setdefault(place, (line, value))
        if before[0] != line:
            if before[1] != value:
                reason = f"{one['rater']} gave {one['item']} another value in line {before[0]}"
                faults.append(Fault(row=line, reason=reason, hint="Keep one of the two."))
            continue
        labels.append(
            Label(
                row=line, call=one["call"], rater=one["rater"],
                criterion=_slug(one["criterion"]) if named else one["criterion"],
                value=value, clip=one["item"] if has_parts else "",
                rationale=one.get("rationale", ""),
            )
        )  # fmt: skip
    return labels, faults


def _calls(path: Path, given: Sequence[tuple[int, Mapping[str, str]]]) -> list[Any]:
    texts: dict[str, dict[str, str]] = {}
    for _, one in given:
        texts.setdefault(one["call"], {}).setdefault(one["item"], one.get("text", ""))
    return [
        call_of(
            path, path.stem, call, f"{path.stem}: {call}",
            [Said("agent", text) for text in items.values() if text],
        )
        for call, items in texts.items()
    ]  # fmt: skip


def _notes(scales: Mapping[str, Scale]) -> tuple[str, ...]:
    """What is not as a reader of small whole numbers would think."""
    found = [
        f"{name[:SHOWN]} ({scale.levels[0]} to {scale.levels[-1]})"
        for name, scale in sorted(scales.items())
        if scale.kind == "interval" and scale.levels
    ]
    told = "Interval scales: {}. Agreement on them is told by correlations, not by kappa."
    return (told.format(", ".join(found)),) if found else ()


def _rubric(stem: str, scales: Mapping[str, Scale], scope: str) -> dict[str, Any]:
    criteria = [
        {
            "key": _slug(name), "title": name, "question": f"As labelled in {stem}: {name}",
            "scope": scope, "scale": scale.kind,
            "levels": [
                {"value": v, "anchor": scale.names[v] if scale.names else str(v)}
                for v in scale.levels
            ],
        }
        for name, scale in sorted(scales.items())
        if scale.levels
    ]  # fmt: skip
    return {
        "key": f"labels.{_slug(stem)}", "title": f"Labels: {stem}", "criteria": criteria,
        "source": "Made for imported labels; scales are those of the values that occur.",
    }  # fmt: skip


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_") or "label"
