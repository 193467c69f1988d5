"""What can be read in a window: the words of every widget that is shown, and figures in them."""

from __future__ import annotations

import re

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

FIGURE = re.compile(r"\d\s*(ms|dBFS|ppm)\b")
NAME = re.compile(
    r"mouth.to.ear|\bp(50|95)\b|barge-in|talk-over|degraded|under-run|drop-out|latenc|wire",
    re.IGNORECASE,
)
"""What measures of a call go by."""
BAND = re.compile(r"(under |over |\d+ – )\d+ ms, 0")
"""A class of the library's, with no call in it."""
NOWHERE = QModelIndex()
ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)


def words(root: QWidget) -> list[str]:
    """Everything that is shown in `root`, as text."""
    shown = [w for w in (root, *root.findChildren(QWidget)) if w.isVisible()]
    return [told for widget in shown for told in _words(widget) if told]


def figures(root: QWidget) -> list[str]:
    """Those of the words that tell a figure of a call."""
    return [w for w in words(root) if FIGURE.search(w) and not BAND.fullmatch(w)]


def measures(root: QWidget) -> list[str]:
    """Those that tell a figure, or name what is measured."""
    return [w for w in words(root) if FIGURE.search(w) or NAME.search(w)]


def _words(widget: QWidget) -> list[str]:
    found = [widget.accessibleName(), widget.accessibleDescription()]
    if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
        found.append(widget.text())
    elif isinstance(widget, QPlainTextEdit):
        found.append(widget.toPlainText())
    elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
        model = widget.model()
        columns = model.columnCount(NOWHERE) if isinstance(model, QAbstractTableModel) else 1
        for row in range(model.rowCount(NOWHERE)):
            for column in range(columns):
                at = model.index(row, column)
                found += [str(model.data(at, role) or "") for role in ROLES]
    return found
