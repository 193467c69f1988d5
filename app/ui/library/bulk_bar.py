"""What can be done with the selected calls, at the foot of the table."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.ui.actions import ActionTable
from app.ui.library.words import thousands
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label

BULK_ACTIONS = (
    ("library.open", "Open"),
    ("library.tag", "Tag"),
    ("library.flag", "Flag"),
    ("library.evaluate", "Evaluate"),
    ("calls.compare", "Compare…"),
    ("calls.perturb", "Perturb…"),
    ("library.archive", "Archive"),
    ("library.export", "Export"),
)


class BulkBar(QWidget):
    """Count of selected, the actions with their keys, count of rows."""

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._selected = Label(theme, "", "small", "t1", weight=600)
        self._rows = Label(theme, "", "small", "t3")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 1, Size.INSET, 0)
        layout.setSpacing(4)
        layout.addWidget(self._selected)
        layout.addSpacing(8)
        self.buttons: dict[str, Button] = {}
        for action, word in BULK_ACTIONS:
            button = Button(theme, word, kind="quiet", action=action, actions=actions)
            self.buttons[action] = button
            layout.addWidget(button)
        layout.addStretch()
        layout.addWidget(self._rows)
        self.setFixedHeight(theme.px(41))
        theme.changed.connect(lambda: self.setFixedHeight(theme.px(41)))

    def show_counts(self, selected: int, rows: int, *, archived: bool = False) -> None:
        """Show how many are selected and how many there are."""
        self._selected.setText(f"{thousands(selected)} selected")
        self._rows.setText(f"{thousands(rows)} row{'' if rows == 1 else 's'}")
        self.buttons["library.archive"].set_text("Restore" if archived else "Archive")
        for button in self.buttons.values():
            button.setEnabled(selected > 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill, hairline above."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("bg2"))
        painter.fillRect(QRect(0, 0, self.width(), 1), self._theme.color("line2"))
