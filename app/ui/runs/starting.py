"""What the dialogs for a new run share: how many calls there are, Enter, a run once stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QDialog
from shiboken6 import isValid

from app.domain.evaluation import Run
from app.ui.widgets.buttons import Button

if TYPE_CHECKING:
    from app.domain.ratings import Viewer
    from app.services.workspace import Workspace


def library_counts(ws: Workspace, viewer: Viewer, query: str) -> dict[str, int]:
    """How many calls there are: `all`, and those that a query of the library has `found`."""
    from app.services import browsing

    return {
        key: browsing.count_and_duration(ws, viewer, browsing.parse_query(text)).count
        for key, text in {"all": "", "found": query}.items()
    }


def while_open(dialog: QDialog, take: Callable[[Any], None]) -> Callable[[Any], None]:
    """`take`, but what comes after the dialog was closed is dropped."""
    return lambda value: take(value) if isValid(dialog) and dialog.isVisible() else None


def once_stored(dialog: QDialog, started: Callable[[Run], object]) -> Callable[[Run], None]:
    """Tell of a stored run even where the dialog was closed meanwhile, then close it."""

    def made(run: Run) -> None:
        started(run)
        if isValid(dialog):
            dialog.accept()

    return made


def takes_enter(dialog: QDialog, event: QKeyEvent, start: Callable[[], object]) -> bool:
    """Enter presses the focused button, opens a choice, else starts the run."""
    if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        return False
    focused = dialog.focusWidget()
    if isinstance(focused, Button):
        focused.click()
    elif not isinstance(focused, QComboBox):
        start()
    return True
