"""The table of scores as CSV; cells that a spreadsheet would run are marked."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from app.domain.errors import EnvironmentFault
from app.services.formats.cells import guard
from app.services.judging.score_columns import COLUMNS
from app.services.judging.score_rows import AgentRow
from app.services.judging.scores_table import ScoreTable
from app.ui.scores.rows import Shown

HEAD = (
    "agent", "agent_version", "calls", "weights", "figure", "value", "n", "of", "verdicts",
    "low_95", "high_95", "macro",
)  # fmt: skip


def long_table(paper: ScoreTable, what_if: ScoreTable | None) -> str:
    """Every figure of every agent on a line of its own, with what it rests on."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n").writerow
    write(HEAD)
    for table in (paper,) if what_if is None else (paper, what_if):
        for row in (*table.rows, table.whole):
            for column in COLUMNS:
                cell = row.cells[column.id]
                if cell.value is None:
                    continue
                low, high = (
                    ("", "") if cell.interval is None else (cell.interval.low, cell.interval.high)
                )
                macro = "" if cell.macro is None else cell.macro
                write(
                    (guard(row.agent), guard(row.version), row.calls, table.settings.weights.name,
                     column.id, repr(cell.value), cell.n, cell.total, cell.verdicts, low, high,
                     macro)
                )  # fmt: skip
    return out.getvalue()


def wide_table(shown: Shown) -> str:
    """The table as it is shown, with tabs, for a spreadsheet's clipboard."""
    out = io.StringIO()
    write = csv.writer(out, delimiter="\t", lineterminator="\n").writerow
    write(("agent", "calls", *(shown.title(at) for at in range(len(shown.columns)))))
    for row in shown.rows:
        write((guard(row.name), row.calls, *_values(row, shown)))
    return out.getvalue()


def _values(row: AgentRow, shown: Shown) -> list[str]:
    values = (row.cells[c.id].value for c in shown.columns)
    return ["" if v is None else f"{v:.4f}" for v in values]


def write_table(path: Path, paper: ScoreTable, what_if: ScoreTable | None) -> None:
    """Write the long table.

    Raises:
        EnvironmentFault: it cannot be written.
    """
    try:
        path.write_text(long_table(paper, what_if), encoding="utf-8", newline="")
    except OSError as error:
        raise EnvironmentFault(
            f"The table {path} could not be written: {error.strerror or error}.",
            "Choose another folder.",
        ) from error
