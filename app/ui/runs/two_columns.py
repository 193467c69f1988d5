"""How a form for a new run lies: titled fields at the left, at the right a framed list."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.runs.measure_list import Framed, MeasureList
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label

LEFT_PX, HEAD_PX = 340, 24

Field = tuple[str, Sequence[QWidget]]
"""A title, empty for none, and what stands beneath it."""
TickVerb = tuple[str, Callable[[], object]]
"""A button over the list: its word, and what it ticks."""


def two_columns(
    theme: Theme, fields: Sequence[Field], title: str, verbs: Sequence[TickVerb], found: MeasureList
) -> QHBoxLayout:
    """Fields at the left; the list with its title and verbs takes the rest."""
    left = QWidget()
    left.setFixedWidth(theme.px(LEFT_PX))
    left.setLayout(_fields(theme, fields))
    columns = QHBoxLayout()
    columns.setContentsMargins(0, 0, 0, 0)
    columns.setSpacing(24)
    columns.addWidget(left)
    columns.addLayout(_list(theme, title, verbs, found), 1)
    return columns


def _fields(theme: Theme, fields: Sequence[Field]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    for title, parts in fields:
        if title:
            head = Label(theme, title, "small", "t2")
            head.setMinimumHeight(theme.px(HEAD_PX))
            column.addWidget(head)
        for part in parts:
            column.addWidget(part)
        column.addSpacing(12)
    column.addStretch()
    return column


def _list(theme: Theme, title: str, verbs: Sequence[TickVerb], found: MeasureList) -> QVBoxLayout:
    head = QHBoxLayout()
    head.setSpacing(0)
    head.addWidget(Label(theme, title, "small", "t2"))
    head.addStretch()
    for word, act in verbs:
        button = Button(theme, word, kind="quiet", compact=True)
        button.clicked.connect(lambda _checked=False, act=act: act())
        head.addWidget(button)
    column = QVBoxLayout()
    column.setSpacing(6)
    column.addLayout(head)
    column.addWidget(Framed(theme, found), 1)
    return column
