"""The columns of the list of runs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

Key = Literal["icon", "run", "now", "steps", "where", "started", "time", "cost"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `width` in px at 100 %; `stretch` takes its share of what is left.

    Where there is no room for all, those with the highest `drop` go first; 0 stays.
    """

    key: Key
    title: str
    width: int
    right: bool = False
    stretch: int = 0
    drop: int = 0
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
        tip="Settled of all: each measure on each call, or each request to a judge",
    ),
    Column("where", "Where", 96, drop=3, tip="Where its steps are computed or asked"),
    Column("started", "Started", 70, right=True, drop=2),
    Column("time", "Time", 104, right=True, tip="Left of what runs, taken by what is over"),
    Column(
        "cost",
        "Cost",
        100,
        right=True,
        drop=1,
        tip="Spent on judges, of what they may cost; tokens where no price is known",
    ),
)


def fitted(
    columns: Sequence[Column], room: int, scale: float, without: Collection[Key] = ()
) -> list[int]:
    """Widths in px that fill `room`; 0 for a column that is left out.

    Where even the columns that stay are too wide, those that stretch shrink together.
    """
    widths = [0 if c.key in without else round(c.width * scale) for c in columns]
    for column in sorted(columns, key=lambda c: -c.drop):
        if column.drop and sum(widths) > room:
            widths[columns.index(column)] = 0
    stretching = [at for at, column in enumerate(columns) if column.stretch]
    left = room - sum(widths)
    if left >= 0:
        shares = [columns[at].stretch for at in stretching]
    else:
        shares = [widths[at] for at in stretching]
        left = max(left, -sum(shares))
    total = sum(shares)
    for at, share in zip(stretching, shares, strict=True):
        part = round(left * share / total)
        widths[at] += part
        left, total = left - part, total - share
    return widths
