"""The list of disagreements as CSV: numbers and tags, never what was said.

Rationales and raters' notes quote calls and stay here; a lead's note on a cause goes out without
what is redacted.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from app.domain.adjudication import computed
from app.domain.calls import Span
from app.domain.ratings import score_value
from app.services import outgoing
from app.services.calibrating.disagreement import PATTERN_WORDS, Differing, Listing
from app.services.formats.cells import guard
from app.services.workspace import Workspace
from db.unit_of_work import Reader

HEAD = (
    "call", "kind", "turn_index", "speaker", "start_frame", "end_frame", "judge", "judge_values",
    "median", "votes", "pattern", "residual", "spread", "z", "split", "cause", "cause_note",
)  # fmt: skip


def csv_text(ws: Workspace, told: Listing) -> str:
    """One line an item, in the list's order; text that a spreadsheet would run is marked."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*HEAD, *(guard(f"stratum {d}") for d in told.divisions)])
    with ws.db.read() as uow:
        for row in told.rows:
            writer.writerow([*_line(uow, row), *(guard(row.strata[d]) for d in told.divisions)])
    return out.getvalue()


def _line(uow: Reader, row: Differing) -> list[object]:
    item, cause = row.item, row.cause
    return [
        guard(row.code), item.kind, row.turn, item.speaker, item.start, item.end,
        _number(row.judge), _numbers(row.judge_values),
        "" if row.median is None else _number(row.median), _numbers(row.votes),
        PATTERN_WORDS[row.pattern], _number(computed(row.residual)), _number(computed(row.spread)),
        f"{row.z:.3f}", row.role, guard("" if cause is None else cause.words),
        guard(_note(uow, row)),
    ]  # fmt: skip


def _note(uow: Reader, row: Differing) -> str:
    """What the lead wrote, masked like any other text about the item."""
    if row.cause is None or not row.cause.note:
        return ""
    item = row.item
    spans = [] if item.kind == "call" else [Span(item.start, item.end)]
    note = outgoing.within(uow, item.call_id).about(row.cause.note, spans)
    if item.other_call_id:
        note = outgoing.within(uow, item.other_call_id).text(note)
    return note


def write(ws: Workspace, told: Listing, path: Path) -> Path:
    """Write it.

    Raises:
        OSError: the file cannot be written.
    """
    path.write_text(csv_text(ws, told), encoding="utf-8", newline="")
    return path


def _number(value: float) -> str:
    return str(score_value(value))


def _numbers(values: tuple[float, ...]) -> str:
    """Between spaces, so that no spreadsheet takes `3-5` for a day or `4,5` for a number."""
    return guard(" ".join(map(_number, values)))
