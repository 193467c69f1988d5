"""What the keys of the table of scores do, and when they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from app.ui.screen import StatusKey

if TYPE_CHECKING:
    from app.ui.scores.screen import ScoresScreen

ALWAYS = frozenset({"scores.show", "scores.back"})


def handlers(screen: ScoresScreen) -> Mapping[str, Callable[[], object]]:
    """Action → what it does."""
    parts = screen.parts
    return {
        "scores.show": screen.show_set,
        "scores.open": screen.behind.go,
        "scores.sort": lambda: screen.sort(_column(screen)),
        "scores.fold": lambda: screen.fold(_group(screen)),
        "scores.what_if": parts.weights.toggle,
        "scores.panel": parts.next_page,
        "scores.copy": screen.copy,
        "scores.export": screen.export,
        "scores.back": screen.escape,
    }


def is_enabled(screen: ScoresScreen, action_id: str) -> bool:
    """Whether an action holds now; a key that does not passes on."""
    if action_id in ALWAYS:
        return True
    return screen.parts.shows_table and not screen.head.edit.hasFocus()


def status_keys(screen: ScoresScreen) -> Sequence[StatusKey]:
    """Key hints, most used first."""
    if not screen.parts.shows_table:
        return (
            (("scores.show",), "show"),
            (("scores.back",), "library"),
            (("app.keys",), "all keys"),
        )
    return (
        (("scores.open",), "what is behind it"),
        (("scores.sort",), "sort"),
        (("scores.fold",), "fold"),
        (("scores.what_if",), "what if"),
        (("scores.export",), "export"),
        (("app.keys",), "all keys"),
    )


def _column(screen: ScoresScreen) -> str:
    at = screen.table.place
    return "" if at is None else screen.model.shown.columns[at[1]].id


def _group(screen: ScoresScreen) -> str:
    at = screen.table.place
    return "" if at is None else screen.model.shown.columns[at[1]].group
