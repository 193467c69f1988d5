"""Dialogs: a title, a body, a row of buttons at the right. They `open()`; nothing waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Hairline, Label

_INSET = 20


class Dialog(QDialog):
    """Base of our dialogs. Fill `body`; add buttons with `add_button`."""

    def __init__(self, theme: Theme, title: str, parent: QWidget | None, width: int = 480) -> None:
        super().__init__(parent)
        self.theme = theme
        self._width, self._shown = width, False
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.heading = Label(theme, title, "title")
        self.heading.setContentsMargins(_INSET, 14, _INSET, 10)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(_INSET, 8, _INSET, 16)
        self.body.setSpacing(8)
        self.problem = Label(theme, "", "small", "danger", wrap=True)
        self.problem.setContentsMargins(_INSET, 0, _INSET, 8)
        self.problem.hide()
        self.foot = QHBoxLayout()
        self.foot.setContentsMargins(_INSET, 10, _INSET, 12)
        self.foot.setSpacing(8)
        self.foot.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.heading)
        layout.addWidget(Hairline(theme))
        layout.addLayout(self.body, 1)
        layout.addWidget(self.problem)
        layout.addWidget(Hairline(theme))
        layout.addLayout(self.foot)

    def sizeHint(self) -> QSize:
        """As wide as asked for, scaled."""
        return QSize(self.theme.px(self._width), super().sizeHint().height())

    def showEvent(self, event: QShowEvent) -> None:
        """Qt would hold a new dialog to two thirds of the screen, which may clip it."""
        if not self._shown:
            self._shown = True
            wanted = self.sizeHint().expandedTo(self.minimumSizeHint())
            self.resize(wanted.boundedTo(self.screen().availableSize()))
        super().showEvent(event)

    def add_button(
        self, text: str, act: Callable[[], object], *, primary: bool = False, icon: str = ""
    ) -> Button:
        """Add a button at the right; the primary one is also Enter."""
        button = Button(self.theme, text, kind="primary" if primary else "plain", icon=icon)
        button.clicked.connect(lambda: act())
        self.foot.addWidget(button)
        return button

    def say_problem(self, words: str) -> None:
        """Say what is wrong with what was entered; empty takes it back."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the focused button, as Space does."""
        focused = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, Button):
            focused.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill."""
        QPainter(self).fillRect(self.rect(), self.theme.color("bg1"))


class TextDialog(Dialog):
    """Asks for one line of text."""

    def __init__(
        self,
        theme: Theme,
        title: str,
        label: str,
        accept: Callable[[str], str | None],
        parent: QWidget | None,
        *,
        text: str = "",
        button: str = "Save",
        suggestions: Sequence[str] = (),
    ) -> None:
        """`accept` takes the text and returns what is wrong with it, or None."""
        super().__init__(theme, title, parent, width=400)
        self._accept = accept
        self.body.addWidget(Label(theme, label, "small", "t2"))
        self.edit = QLineEdit(text)
        self.edit.setFont(theme.font("body"))
        self.edit.setAccessibleName(label)
        self.edit.selectAll()
        self.edit.returnPressed.connect(self._done)
        self.body.addWidget(self.edit)
        if suggestions:
            row = QHBoxLayout()
            row.setSpacing(4)
            for word in suggestions[:6]:
                chip = Button(theme, word, compact=True)
                chip.clicked.connect(lambda _=False, w=word: self._take(w))
                row.addWidget(chip)
            row.addStretch()
            self.body.addLayout(row)
        self.add_button("Cancel", self.reject)
        self.add_button(button, self._done, primary=True)
        self.edit.setFocus()

    def _take(self, word: str) -> None:
        self.edit.setText(word)
        self._done()

    def _done(self) -> None:
        problem = self._accept(self.edit.text().strip())
        if problem is None:
            self.accept()
        else:
            self.say_problem(problem)
