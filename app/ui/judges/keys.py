"""Which key does what on the tab of judges, and what the status bar says of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from app.ui.screen import StatusKey

if TYPE_CHECKING:
    from app.ui.judges.judges_page import JudgesPage

ROWS = ("judges.up", "judges.down")
CHANGES = ("judges.next_change", "judges.previous_change")


def handlers(page: JudgesPage) -> dict[str, Callable[[], object]]:
    """Action → what it does."""
    verbs, view, diff = page.verbs, page.list.view, page.detail.diff.view
    return {
        "judges.up": lambda: view.step(-1),
        "judges.down": lambda: view.step(1),
        "judges.search": page.list.search.setFocus,
        "judges.edit": verbs.edit,
        "judges.diff": verbs.toggle_diff,
        "judges.try_out": verbs.try_out,
        "judges.run": page.trying.run,
        "judges.save": verbs.save,
        "judges.newer": lambda: page.show_version(page.state.neighbour(-1)),
        "judges.older": lambda: page.show_version(page.state.neighbour(1)),
        "judges.next_change": lambda: diff.step(1),
        "judges.previous_change": lambda: diff.step(-1),
        "judges.escape": verbs.escape,
    }


def is_enabled(page: JudgesPage, action_id: str) -> bool:
    """Whether an action does anything now, where the focus is."""
    focus = QApplication.focusWidget()
    if action_id in ROWS and focus is not None and page.detail.isAncestorOf(focus):
        return False  # arrows scroll the texts
    if action_id == "judges.escape" and page.list.search.hasFocus():
        return False  # it clears the search first
    if action_id in CHANGES:
        return page.detail.shows_diff
    if action_id == "judges.edit":
        return not page.editing.active
    return page.state.entry is not None


def status_keys(page: JudgesPage) -> Sequence[StatusKey]:
    """Key hints, by what is in front."""
    if page.detail.shows_diff:
        return (
            (CHANGES, "change"),
            (("judges.escape",), "back to the texts"),
            (("app.keys",), "all keys"),
        )
    if page.editing.active:
        return (
            (("judges.save",), "save as a version"),
            (("judges.run",), "try out"),
            (("judges.escape",), "stop editing"),
            (("app.keys",), "all keys"),
        )
    return (
        (ROWS, "judge"),
        (("judges.edit",), "edit"),
        (("judges.diff",), "diff"),
        (("judges.try_out",), "try out"),
        (("judges.search",), "search"),
        (("app.keys",), "all keys"),
    )
