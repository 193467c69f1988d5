"""Figures and sentences of the table of scores."""

from __future__ import annotations

from app.eval.stats.proportion import Interval
from app.services.judging.score_rows import Cell
from app.services.judging.scores_table import ScoreTable
from app.ui.library.words import DASH, MINUS, calls_words

NA_WORDS = {"exclude": "not applicable left out", "full": "not applicable as full marks"}


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
    """What is shown: calls, agents, and by whom the figures are."""
    agents = len(table.rows)
    told = [f"{calls_words(len(table.calls))}, {agents} agent{'' if agents == 1 else 's'}"]
    gic, tfc = table.sources.get("gic"), table.sources.get("tfc")
    if gic is not None:
        told.append(f"GIC by {gic.label}, {NA_WORDS[table.na_mode]}")
    if tfc is not None:
        told.append(f"TFC by {tfc.label}")
    others = {s.label for part, s in table.sources.items() if part not in ("gic", "tfc") and s}
    if others:
        eva = next(iter(others)) if len(others) == 1 else f"{len(others)} sources, see Rules"
        told.append(f"EVA parts: {eva[:1].lower()}{eva[1:]}")
    return f"{'. '.join(told)}."
