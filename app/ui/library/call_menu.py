"""The menu over the table of calls: what the bar beneath it offers, where the pointer is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from app.ui.actions import ActionTable
from app.ui.key_events import cap_words
from app.ui.library.bulk_bar import BULK_ACTIONS


def open_call_menu(
    parent: QWidget,
    actions: ActionTable,
    handlers: Mapping[str, Callable[[], object]],
    where: QPoint,
    *,
    archived: bool,
) -> QMenu:
    """Open the menu at `where` on the screen; an entry does what its key does."""
    menu = QMenu(parent)
    for action_id, word in BULK_ACTIONS:
        text = "Restore" if archived and action_id == "library.archive" else word
        keys = actions.keys(action_id)
        entry = menu.addAction(f"{text}\t{cap_words(keys[0])}" if keys else text)
        entry.triggered.connect(lambda _=False, act=handlers[action_id]: act())
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(where)
    return menu
