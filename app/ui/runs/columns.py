"""The columns of the list of runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Key = Literal["icon", "run", "now", "steps", "where", "started", "time"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `width` in px at 100 %; `stretch` takes its share of what is left."""

    key: Key
    title: str
    width: int
    right: bool = False
    stretch: int = 0
    tip: str = ""


COLUMNS: tuple[Column, ...] = (
    Column("icon", "", 34),
    Column("run", "Run", 196, stretch=6),
    Column("now", "Now", 116, stretch=3),
    Column(
        "steps",
        "Steps",
        136,
        stretch=1,
        tip="Settled of all: each measure on each call is one step",
    ),
    Column("where", "Where", 96, tip="Where its steps are computed"),
    Column("started", "Started", 70, right=True),
    Column("time", "Time", 104, right=True, tip="Left of what runs, taken by what is over"),
)
"""What runs cost will stand between the time and the edge once judges run."""
