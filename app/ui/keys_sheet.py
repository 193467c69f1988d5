"""The sheet of keys for the screen in front (`?`), made from the action table."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.ui.action_specs import SCOPE_TITLES, SCREEN_SCOPES, ActionSpec, Scope
from app.ui.actions import ActionTable
from app.ui.key_events import cap_words
from app.ui.theme import Theme
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.keycap import cap_width, paint_cap
from app.ui.widgets.labels import Label

_COLUMNS = 3
_ROW = 24
_CAPS = 118


class KeyRow(QWidget):
    """The caps of one action and its words."""

    def __init__(
        self, theme: Theme, actions: ActionTable, specs: Sequence[ActionSpec], words: str
    ) -> None:
        super().__init__()
        self._theme, self._words = theme, words
        self._caps = [cap_words(key) for spec in specs for key in actions.keys(spec.id)[:2]]
        self.setAccessibleName(f"{', '.join(self._caps)}: {words}")
        self.setFixedHeight(theme.px(_ROW))
        words_px = QFontMetricsF(theme.font("small")).horizontalAdvance(words)
        self.setMinimumWidth(round(theme.px(_CAPS) + 16 + words_px))

    def sizeHint(self) -> QSize:
        """Caps in a column of their own, then words."""
        return QSize(self._theme.px(280), self._theme.px(_ROW))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint."""
        painter, theme = QPainter(self), self._theme
        column = theme.px(_CAPS)
        total = sum(cap_width(theme, cap) for cap in self._caps) + 3 * (len(self._caps) - 1)
        x = max(0.0, column - total)
        for cap in self._caps:
            x += paint_cap(painter, theme, x, self.height() / 2, cap) + 3
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("t1"))
        left = max(column, x) + 10
        area = QRectF(left, 0, self.width() - left, self.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self._words)


class KeysSheet(Dialog):
    """Every key that holds on a screen, by where it holds."""

    def __init__(
        self, theme: Theme, actions: ActionTable, screen: str, title: str, parent: QWidget | None
    ) -> None:
        super().__init__(theme, f"Keys: {title}", parent, width=1040)
        note = (
            "Letters and signs rest while you type in a text field; F-keys, Ctrl+Enter, Esc and "
            "Ctrl+Space work there too. Keys can be changed in Settings."
        )
        self.body.addWidget(Label(theme, note, "small", "t3", wrap=True))
        scopes = SCREEN_SCOPES.get(screen, ("global",))
        columns = QHBoxLayout()
        columns.setSpacing(24)
        for group in _in_columns(actions, scopes):
            columns.addLayout(self._column(actions, group), 1)
        inner = QWidget()
        inner.setLayout(columns)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inner)
        area.setMinimumHeight(min(640, inner.sizeHint().height() + 8))
        self.body.addWidget(area)
        self.add_button("Close", self.accept, primary=True)

    def _column(self, actions: ActionTable, scopes: Sequence[Scope]) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(0)
        for scope in scopes:
            heading = Label(self.theme, SCOPE_TITLES[scope], "small", "t2", weight=600)
            heading.setContentsMargins(0, 8, 0, 4)
            column.addWidget(heading)
            grid = QGridLayout()
            grid.setSpacing(0)
            for row, (specs, words) in enumerate(_rows(actions, scope)):
                grid.addWidget(KeyRow(self.theme, actions, specs, words), row, 0)
            column.addLayout(grid)
        column.addStretch()
        return column


def _rows(actions: ActionTable, scope: Scope) -> list[tuple[list[ActionSpec], str]]:
    """Actions with a key; the ten digits share one row."""
    found = [s for s in actions.specs if s.scope == scope and actions.keys(s.id)]
    digits = [s for s in found if s.id.startswith("score.digit_")]
    rows = [([s], s.text) for s in found if s not in digits]
    if digits:
        rows.insert(2, ([digits[0], digits[-1]], "The scale's own value (0 to 9)"))
    return rows


def _in_columns(actions: ActionTable, scopes: Sequence[Scope]) -> list[list[Scope]]:
    """Share scopes out among columns of like height, keeping their order."""
    heights = {scope: len(_rows(actions, scope)) + 2 for scope in scopes}
    columns = min(_COLUMNS, len(scopes))
    limit = max(max(heights.values()), -(-sum(heights.values()) // columns))
    groups: list[list[Scope]] = [[]]
    for scope in scopes:
        used = sum(heights[s] for s in groups[-1])
        if groups[-1] and used + heights[scope] > limit:
            groups.append([])
        groups[-1].append(scope)
    return groups
