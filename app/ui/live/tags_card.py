"""Tags F2 to F9 and a note F10, written back-dated at the moment that they are about."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QLineEdit, QSizePolicy, QWidget

from app.ui.actions import ActionTable
from app.ui.live import words
from app.ui.live.card import Card
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.keycap import paint_cap

HIGH = 34


class TagButton(QAbstractButton):
    """A key cap, a word, and how often it was set."""

    def __init__(self, theme: Theme, actions: ActionTable, action: str, word: str) -> None:
        super().__init__()
        self._theme, self._actions, self._action = theme, actions, action
        self._count = 0
        self.setText(word)
        self.setAccessibleName(f"Tag {word}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)
        actions.changed.connect(self.update)

    def set_count(self, count: int) -> None:
        """Show how often it was set."""
        if count != self._count:
            self._count = count
            self.setAccessibleDescription(f"set {count} times")
            self.update()

    def sizeHint(self) -> QSize:
        """34 px high."""
        return QSize(120, self._theme.px(HIGH))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint box, cap, word, count."""
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(theme.pen("line2"))
        painter.setBrush(theme.color("bg3" if self.isDown() else "bg2"))
        painter.drawRoundedRect(box, Size.RADIUS, Size.RADIUS)
        middle = self.height() / 2
        x = 6.0
        width = paint_cap(painter, theme, x, middle, self._actions.cap(self._action))
        x += width + 6 if width else 0
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("t1") if self.isEnabled() else theme.disabled("bg2"))
        area = QRectF(x, 0, self.width() - x - 18, self.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.setPen(theme.color("t1" if self._count else "t3"))
        painter.setFont(theme.font("small", 600 if self._count else 400))
        right = QRectF(self.width() - 30, 0, 23, self.height())
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(right, flags, str(self._count))


class TagsCard(Card):
    """Eight tags in two columns; below them the note."""

    tagged = Signal(str)
    noted = Signal(str)

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Tags", parent)
        self.side.setText("written at press time − 350 ms")
        self.buttons: dict[str, TagButton] = {}
        grid = QGridLayout()
        grid.setSpacing(6)
        for at, tag in enumerate(words.TAGS):
            button = TagButton(theme, actions, f"live.tag_{at + words.FIRST_TAG_KEY}", tag)
            button.clicked.connect(lambda _=False, t=tag: self.tagged.emit(t))
            grid.addWidget(button, at // 2, at % 2)
            self.buttons[tag] = button
        self.body.addLayout(grid)
        self.note = QLineEdit()
        self.note.setFont(theme.font("body"))
        self.note.setAccessibleName("Note at this moment")
        self.note.returnPressed.connect(self._note)
        self._actions = actions
        actions.changed.connect(self._hint)
        self._hint()
        self.body.addWidget(self.note)

    def _hint(self) -> None:
        cap = self._actions.cap("live.note")
        self.note.setPlaceholderText(f"{cap}  Note at this moment".strip())

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """How often each tag was set."""
        for tag, button in self.buttons.items():
            button.set_count(counts.get(tag, 0))

    def _note(self) -> None:
        text = self.note.text().strip()
        if text:
            self.note.clear()
            self.noted.emit(text)
