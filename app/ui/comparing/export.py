"""A comparison as a CSV table; cells that a spreadsheet would run are marked."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from app.domain.comparing import ComparedMetric
from app.domain.errors import EnvironmentFault
from app.services.formats.cells import guard

HEAD = (
    "metric_id", "title", "unit", "better", "speaker", "profile", "n", "n_a", "n_b",
    "mean_a", "mean_b", "difference", "low_95", "high_95", "p", "p_holm", "verdict",
)  # fmt: skip


def table(metrics: Sequence[ComparedMetric]) -> str:
    """The metrics as CSV with a header; an empty cell is a number that there is not."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n").writerow
    write(HEAD)
    for m in metrics:
        words = (m.metric_id, m.title, m.unit, m.direction, m.speaker or "", m.profile)
        numbers = (m.n, m.n_a, m.n_b, m.mean_a, m.mean_b, m.difference, m.low, m.high, m.p)
        told = ("" if v is None else repr(v) for v in (*numbers, m.p_holm))
        write([*map(guard, words), *told, m.verdict])
    return out.getvalue()


def write_table(path: Path, metrics: Sequence[ComparedMetric]) -> None:
    """Write the table.

    Raises:
        EnvironmentFault: it cannot be written.
    """
    try:
        path.write_text(table(metrics), encoding="utf-8", newline="")
    except OSError as error:
        raise EnvironmentFault(
            f"The table {path} could not be written: {error.strerror or error}.",
            "Choose another folder.",
        ) from error
