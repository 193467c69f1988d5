"""Which items the board is about, as menus: rubric version, slice, split."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtWidgets import QMenu

from app.services.calibrating.board import Board, Offered
from app.services.calibrating.dimension import Slice
from app.ui.judges.words import when_words
from app.ui.library.words import thousands

SPLITS: Mapping[str, str] = {
    "": "all", "train": "train", "dev": "dev", "anchor_test": "anchor test",
}  # fmt: skip
ABOUT_SPLITS: Mapping[str, str] = {
    "": "Every call",
    "train": "Prompts and corrections may learn from these",
    "dev": "Prompts are compared on these",
    "anchor_test": "Never in a prompt, never fitted on",
}


def rubric_words(offered: Offered) -> str:
    """`collections-care v2`."""
    return f"{offered.version.key} v{offered.version.version}"


def slice_words(where: Slice) -> str:
    """`language: de`, or `all`."""
    return ", ".join(f"{k}: {v}" for k, v in where.classes.items()) or "all"


def split_words(where: Slice) -> str:
    """The split's name; `all` where none is chosen."""
    return SPLITS.get(next(iter(where.roles), ""), "all")


def single_slices(board: Board) -> list[dict[str, str]]:
    """Everything, then each class of each division, for stepping through."""
    every: list[dict[str, str]] = [{}]
    for division, classes in board.facts.classes.items():
        every += [{division: name} for name, _count in classes]
    return every


def fill_rubrics(
    menu: QMenu, offered: Sequence[Offered], current: str, choose: Callable[[str], None]
) -> None:
    """Rubric versions, the one scored last first; versions are never pooled."""
    for one in offered:
        told = f"{rubric_words(one)}\t{thousands(one.scores)} scores, {when_words(one.newest_at)}"
        entry = menu.addAction(told)
        entry.setCheckable(True)
        entry.setChecked(one.ref == current)
        entry.triggered.connect(lambda _=False, ref=one.ref: choose(ref))


def fill_slices(menu: QMenu, board: Board, choose: Callable[[Slice], None]) -> None:
    """All items; by division, its classes. Divisions combine; a chosen class is taken back."""
    where = board.where
    entry = menu.addAction(f"All items\t{thousands(len(board.found.items))}")
    entry.setCheckable(True)
    entry.setChecked(not where.classes)
    entry.triggered.connect(lambda _=False: choose(replace(where, classes={})))
    menu.addSeparator()
    for division, classes in board.facts.classes.items():
        under = menu.addMenu(division.capitalize())
        for name, count in classes:
            is_on = where.classes.get(division) == name
            rest = {k: v for k, v in where.classes.items() if k != division}
            chosen = replace(where, classes=rest if is_on else {**rest, division: name})
            entry = under.addAction(f"{name}\t{thousands(count)}")
            entry.setCheckable(True)
            entry.setChecked(is_on)
            entry.triggered.connect(lambda _=False, to=chosen: choose(to))


def fill_splits(menu: QMenu, board: Board, choose: Callable[[Slice], None]) -> None:
    """Splits with how many items each has."""
    where, current = board.where, next(iter(board.where.roles), "")
    for key, word in SPLITS.items():
        count = board.facts.splits.get(key, 0) if key else len(board.found.items)
        lock = " (frozen)" if key == "anchor_test" and board.found.splits.is_frozen else ""
        entry = menu.addAction(f"{word}{lock}: {ABOUT_SPLITS[key]}\t{thousands(count)}")
        entry.setCheckable(True)
        entry.setChecked(key == current)
        chosen = replace(where, roles=frozenset({key} if key else ()))
        entry.triggered.connect(lambda _=False, to=chosen: choose(to))
