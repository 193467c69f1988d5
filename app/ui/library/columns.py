"""The library's columns: what they are called, how wide, how they sort, how they are painted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.domain.figure_columns import BY_COLUMN, FIGURES

Cell = Literal[
    "play",
    "spark",
    "code",
    "text",
    "length",
    "count",
    "latency",
    "judge",
    "raters",
    "flag",
    "figure",
]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `width` and `minimum` in px at 100 %; `stretch` takes what is left."""

    key: str
    title: str
    cell: Cell
    width: int
    sort: str | None = None
    right: bool = False
    stretch: int = 0
    minimum: int = 30
    hideable: bool = True
    tip: str = ""


COLUMNS: tuple[Column, ...] = (
    Column("play", "", "play", 34, hideable=False, tip="Play"),
    Column("spark", "Caller above, agent below", "spark", 168, minimum=168),
    Column("code", "Call", "code", 76, "code", hideable=False),
    Column("scenario", "Scenario", "text", 108, "scenario", stretch=3, minimum=84),
    Column("title", "Title", "text", 140, "title", stretch=2, minimum=90),
    Column("agent", "Agent", "text", 96, "agent", minimum=60),
    Column("duration", "Length", "length", 62, "duration", right=True),
    Column("turns", "Turns", "count", 52, "turns", right=True),
    Column(
        "p50", "p50 ms", "latency", 58, "p50", right=True, tip="Median signed response latency, ms"
    ),
    Column("p95", "p95 ms", "latency", 58, "p95", right=True, tip="95th percentile of it, ms"),
    Column("interruptions", "Intr.", "count", 42, "interruptions", right=True, tip="Interruptions"),
    Column("overlaps", "Overl.", "count", 52, "overlaps", right=True, tip="Overlaps"),
    Column("judge", "Judge", "judge", 50, "judge", right=True, tip="Mean judge score"),
    Column("raters", "Raters", "raters", 54, "raters", minimum=52, tip="Done of assigned"),
    Column("reason", "Selected because", "text", 112, "reason", stretch=2, minimum=112),
    *(
        Column(f.column, f.title, "figure", f.width, f.column, right=True, tip=f.tip)
        for f in FIGURES
    ),
    Column("flag", "", "flag", 28, "flagged", hideable=False, tip="Flag"),
)
BY_KEY = {column.key: column for column in COLUMNS}
HIDDEN_AT_FIRST = frozenset({"title", "agent", "overlaps", "reason"} | set(BY_COLUMN))
"""`reason` shows as soon as a call has one."""
