"""Figures and sentences of the table of scores."""

from __future__ import annotations

from app.eval.stats.proportion import Interval
from app.services.judging.scores_table import Cell, ScoreTable
from app.ui.library.words import DASH, MINUS, calls_words

NA_WORDS = {"exclude": "not applicable left out", "full": "not applicable as full marks"}
PARTIAL_WORDS = {"strict": "a partial step counts 0", "lenient": "a partial step counts half"}


def share(value: float | None, digits: int = 3) -> str:
    """`0.875`, or a dash."""
    return DASH if value is None else f"{value:.{digits}f}"


def ends(interval: Interval | None, digits: int = 2) -> str:
    """`.71–.83` as it stands under a figure; empty where there is none."""
    if interval is None:
        return ""
    low, high = (f"{v:.{digits}f}" for v in (interval.low, interval.high))
    return f"{low}–{high}"


def interval_words(cell: Cell) -> str:
    """The interval in a sentence."""
    if cell.interval is None:
        return "no interval: fewer than two scenarios"
    return f"95 % interval {ends(cell.interval, 3)}"


def signed(value: float) -> str:
    """`+0.012` with a true minus."""
    text = f"{value:+.3f}".replace("-", MINUS)
    return "±0.000" if text.strip("+0.−") == "" else text


def basis(cell: Cell, *, by_scenario: bool) -> str:
    """`9 of 12 calls, 48 verdicts`."""
    unit = "scenarios" if by_scenario else "calls"
    told = f"{cell.n} of {cell.total} {unit}"
    if cell.verdicts and not by_scenario and cell.verdicts != cell.n:
        told += f", {cell.verdicts} verdicts"
    return told


def set_words(table: ScoreTable) -> str:
    """What is shown: calls, agents, and by whom GIC and TFC are."""
    agents = len(table.rows)
    who = [
        f"{name} by {source.label}"
        for name, part in (("GIC", "gic"), ("TFC", "tfc"))
        if (source := table.sources.get(part)) is not None  # type: ignore[call-overload]
    ]
    named = f"{agents} agent{'' if agents == 1 else 's'}"
    modes = NA_WORDS[table.na_mode] if table.sources.get("gic") is not None else ""
    return (
        ". ".join(
            part
            for part in (
                f"{calls_words(len(table.calls))}, {named}",
                ", ".join([*who, modes] if modes else who),
            )
            if part
        )
        + "."
    )
