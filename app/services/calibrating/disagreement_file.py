"""The list of disagreements as CSV: numbers and tags, never what was said.

Rationales and raters' notes quote calls, and a redaction would have to mask them; they stay here.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from app.services.calibrating.disagreement import PATTERN_WORDS, Listing
from app.services.formats.cells import guard

HEAD = (
    "call", "kind", "speaker", "start_frame", "end_frame", "judge", "judge_values", "median",
    "votes", "pattern", "residual", "spread", "z", "split", "cause", "cause_note",
)  # fmt: skip


def csv_text(told: Listing) -> str:
    """One line an item, in the list's order; text that a spreadsheet would run is marked."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*HEAD, *(guard(f"stratum {d}") for d in told.divisions)])
    for row in told.rows:
        item, cause = row.item, row.cause
        writer.writerow(
            [
                guard(row.code), item.kind, item.speaker, item.start, item.end, _number(row.judge),
                _numbers(row.judge_values), "" if row.median is None else _number(row.median),
                _numbers(row.votes), PATTERN_WORDS[row.pattern], _number(row.residual),
                _number(row.spread), f"{row.z:.3f}", row.role,
                guard("" if cause is None else cause.words),
                guard("" if cause is None else cause.note),
                *(guard(row.strata[d]) for d in told.divisions),
            ]
        )  # fmt: skip
    return out.getvalue()


def write(told: Listing, path: Path) -> Path:
    """Write it.

    Raises:
        OSError: the file cannot be written.
    """
    path.write_text(csv_text(told), encoding="utf-8", newline="")
    return path


def _number(value: float) -> str:
    return f"{value:g}"


def _numbers(values: tuple[float, ...]) -> str:
    """Between spaces, so that no spreadsheet takes `3-5` for a day or `4,5` for a number."""
    return guard(" ".join(map(_number, values)))
