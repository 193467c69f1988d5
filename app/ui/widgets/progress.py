"""A page of a dialog while long work runs: words, a bar, a count."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from app.ui.theme import Theme
from app.ui.widgets.labels import ElidedLabel, Label


class ProgressPage(QWidget):
    """Steps at most ten times a second: the runner sees to that."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = Label(theme, "", "body", "t1", wrap=True)
        self._note = ElidedLabel(theme, "", "small", "t3")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addStretch(2)
        for part in (self._title, self._bar, self._note):
            layout.addWidget(part)
        layout.addStretch(3)
        self._title.setAlignment(Qt.AlignmentFlag.AlignLeft)

    @property
    def words(self) -> str:
        """What is being said."""
        return self._title.text()

    def begin(self, words: str) -> None:
        """Start from nothing."""
        self._title.set_token("t1")
        self._title.setText(words)
        self._note.setText("")
        self._bar.setRange(0, 100)
        self._bar.setValue(0)
        self._bar.show()

    def step(self, done: int, total: int, note: str) -> None:
        """`done` of `total`; a total of 0 is not known yet."""
        self._bar.setRange(0, max(total, 1))
        self._bar.setValue(done)
        count = f"{done} of {total}" if total else ""
        self._note.setText(note if count and count in note else f"{count}  {note}".strip())

    def fail(self, words: str) -> None:
        """Say why it ended."""
        self._title.set_token("danger")
        self._title.setText(words)
        self._bar.hide()
        self._note.setText("")
