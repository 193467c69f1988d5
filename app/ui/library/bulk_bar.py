"""What can be done with the selected calls, at the foot of the table."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QWidget

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
    ("library.judge", "Judge"),
    ("library.scores", "Scores"),
    ("library.study", "Study…"),
    ("calls.compare", "Compare…"),
    ("calls.perturb", "Perturb…"),
    ("library.archive", "Archive"),
    ("library.export", "Export"),
)
LEAVING = (
    "calls.perturb",
    "calls.compare",
    "library.study",
    "library.scores",
    "library.flag",
    "library.tag",
    "library.evaluate",
)
"""What goes into the menu first where there is no room for all."""
_SLACK_PX = 24


class BulkBar(QWidget):
    """Count of selected, the actions with their keys, count of rows.

    Where the window is too narrow for all actions, the rarer ones are in a menu at their end.
    """

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        # The actions that are shown follow from the width, and so must not hold it open.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
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
        self.more = Button(theme, "More", kind="quiet", icon="caret-down")
        self.more.clicked.connect(self._open_more)
        layout.addWidget(self.more)
        layout.addStretch()
        layout.addWidget(self._rows)
        self.setFixedHeight(theme.px(41))
        theme.changed.connect(self._restyle)
        actions.changed.connect(self._fit)

    def _restyle(self) -> None:
        self.setFixedHeight(self._theme.px(41))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Decide anew what has room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Keep every button whole: those that have no room go into the menu."""
        hints = {name: button.sizeHint().width() for name, button in self.buttons.items()}
        rest = self._selected.sizeHint().width() + self._rows.sizeHint().width() + Size.INSET
        room = self.width() - rest - _SLACK_PX - 4 * len(hints)
        gone: list[str] = []
        if sum(hints.values()) > room:
            room -= self.more.sizeHint().width()
            for name in LEAVING:
                if sum(hints.values()) - sum(hints[n] for n in gone) <= room:
                    break
                gone.append(name)
        for name, button in self.buttons.items():
            button.setVisible(name not in gone)
        self.more.setVisible(bool(gone))

    def _open_more(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        words = dict(BULK_ACTIONS)
        for name in (n for n in words if self.buttons[n].isHidden()):
            entry = menu.addAction(words[name])
            entry.triggered.connect(self.buttons[name].click)
        menu.popup(self.more.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def show_counts(self, selected: int, rows: int, *, archived: bool = False) -> None:
        """Show how many are selected and how many there are."""
        self._selected.setText(f"{thousands(selected)} selected")
        self._rows.setText(f"{thousands(rows)} row{'' if rows == 1 else 's'}")
        self.buttons["library.archive"].set_text("Restore" if archived else "Archive")
        for button in (*self.buttons.values(), self.more):
            button.setEnabled(selected > 0)
        self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill, hairline above."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("bg2"))
        painter.fillRect(QRect(0, 0, self.width(), 1), self._theme.color("line2"))
