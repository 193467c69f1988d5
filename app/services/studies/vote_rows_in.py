"""Files of votes read row by row: our own export, and the P.808 toolkit's votes per worker.

The toolkit's file (github.com/microsoft/P.808, docs/results.md) has a line for each vote with the
columns HITId, workerid, file, vote and, where there are conditions, theirs.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import PurePosixPath
from typing import Any, get_args

from app.domain.errors import BadInput
from app.domain.studies import Heard, VoidReason
from app.services.formats.cells import unguard

OURS = frozenset({"stimulus_sha256", "rater_id", "raw_value", "voted_at"})
TOOLKIT = frozenset({"workerid", "file"})
_SHA256 = re.compile(r"[0-9a-f]{64}")


class BadRow(ValueError):
    """A row that cannot be taken, with the reason in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteIn:
    """One vote from a file."""

    worker: str
    rater_class: str
    stimulus_sha256: str
    other_sha256: str
    role: str
    value: float | None
    raw_value: float | None
    void_reason: VoidReason
    block: int
    position: int | None
    """Of the trial; None where the file does not tell."""
    swapped: bool
    block_void: str
    heard: Heard
    rt_ms: int
    session_id: str
    study_code: str
    voted_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A row that was not taken."""

    row: int
    """Its number in the file, the header being 1."""
    reason: str


def read(data: bytes) -> tuple[str, list[tuple[int, VoteIn]], list[Fault]]:
    """(`callbench` or `p808`, votes with their row numbers, rows that cannot be read).

    Raises:
        BadInput: it is neither kind of file.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("The file is not UTF-8 text.", "Choose a CSV file of votes.") from error
    table = csv.DictReader(io.StringIO(text, newline=""))
    try:
        names = {str(n).strip().lower() for n in table.fieldnames or ()}
        kind = "callbench" if names >= OURS else "p808" if names >= TOOLKIT else ""
        if not kind:
            raise BadInput(
                "The file holds no votes that are known here.",
                "Choose a votes.csv of an exported study, or the P.808 toolkit's votes_per_worker.",
            )
        make = _ours if kind == "callbench" else _toolkit
        votes: list[tuple[int, VoteIn]] = []
        faults: list[Fault] = []
        for number, raw in enumerate(table, start=2):
            row = {str(k).strip().lower(): (v or "").strip() for k, v in raw.items() if k}
            try:
                votes.append((number, make(row)))
            except BadRow as error:
                faults.append(Fault(row=number, reason=str(error)))
    except csv.Error as error:
        raise BadInput(f"The file is no CSV: {error}.", "Export it again.") from error
    return kind, votes, faults


def _ours(row: Mapping[str, str]) -> VoteIn:
    if not _SHA256.fullmatch(row["stimulus_sha256"]):
        raise BadRow("stimulus_sha256 is no hash")
    valid = _get(row, "valid", "1") == "1"
    told = _get(row, "void_reason", "")
    void = next((r for r in get_args(VoidReason) if r == told), None)
    if void is None or valid == bool(void):
        raise BadRow(f"valid {row.get('valid', '')!r} with void_reason {told!r}")
    try:
        datetime.datetime.fromisoformat(row["voted_at"])
    except ValueError:
        raise BadRow(f"voted_at {row['voted_at']!r} is no time") from None
    value, raw = _real(row, "value"), _real(row, "raw_value")
    if valid and (value is None or raw is None):
        raise BadRow("a valid vote without a value")
    return VoteIn(
        worker=_worker(unguard(row["rater_id"])),
        rater_class=_get(row, "rater_class", ""),
        stimulus_sha256=row["stimulus_sha256"],
        other_sha256=_get(row, "other_sha256", ""),
        role=_get(row, "role", "rate"),
        value=value,
        raw_value=raw,
        void_reason=void,
        block=_whole(row, "block", 1),
        position=_whole(row, "trial", 0) or None,
        swapped=_get(row, "presentation_order", "AB") == "BA",
        block_void=_get(row, "block_void", ""),
        heard=_heard(row),
        rt_ms=_whole(row, "rt_ms", 0),
        session_id=_get(row, "session_id", ""),
        study_code=_get(row, "study_id", ""),
        voted_at=row["voted_at"],
    )


def _toolkit(row: Mapping[str, str]) -> VoteIn:
    named = next((n for n in row if n == "vote" or n.startswith("vote_")), None)
    if named is None:
        raise BadRow("there is no column “vote”")
    value = _real(row, named)
    if value is None:
        raise BadRow("no vote")
    stem = PurePosixPath(row["file"].replace("\\", "/").split("?")[0]).stem
    found = _SHA256.search(stem.lower())
    if found is None:
        raise BadRow(f"{stem or 'the file'} is not named after a stimulus of a study")
    return VoteIn(
        worker=_worker(row["workerid"]), rater_class="naive", stimulus_sha256=found.group(),
        other_sha256="", role="rate", value=value, raw_value=value, void_reason="", block=1,
        position=None, swapped=False, block_void="", heard=Heard(plays=1, heard_pct=100.0),
        rt_ms=0, session_id="", study_code="", voted_at="",
    )  # fmt: skip


def _heard(row: Mapping[str, str]) -> Heard:
    names = {"out_rate_hz": "out_rate"}
    values: dict[str, Any] = {}
    for field in fields(Heard):
        cell = row.get(names.get(field.name, field.name), "")
        if not cell or field.type in ("bool", bool) or field.name == "gain_db":
            continue
        if field.name == "device":
            values["device"] = unguard(cell)
            continue
        number = _real(row, names.get(field.name, field.name)) or 0.0
        values[field.name] = int(number) if field.type in ("int", int) else number
    return Heard(**values)


def _worker(name: str) -> str:
    if not name or len(name) > 200:
        raise BadRow("no rater")
    return name


def _get(row: Mapping[str, str], name: str, default: str) -> str:
    return row.get(name, "") or default


def _real(row: Mapping[str, str], name: str) -> float | None:
    cell = row.get(name, "")
    if not cell:
        return None
    try:
        value = float(cell)
    except ValueError:
        raise BadRow(f"{name} {cell!r} is no number") from None
    if value != value or abs(value) > 1e9:
        raise BadRow(f"{name} {cell!r} is no usable number")
    return value


def _whole(row: Mapping[str, str], name: str, default: int) -> int:
    value = _real(row, name)
    if value is None:
        return default
    if value != int(value) or value < 0:
        raise BadRow(f"{name} {row[name]!r} is no whole number")
    return int(value)
