"""The empty state of a panel: what is missing, why, and what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label


class EmptyState(QWidget):
    """A title, one sentence and at most one button, in the middle of the space it is given."""

    acted = Signal()

    def __init__(
        self,
        theme: Theme,
        title: str,
        text: str = "",
        *,
        button: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._title = Label(theme, title, "title")
        self._text = Label(theme, text, "body", "t2", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(6)
        layout.addStretch(2)
        centre = Qt.AlignmentFlag.AlignHCenter
        for label in (self._title, self._text):
            label.setAlignment(centre)
            layout.addWidget(label)
        self._button = Button(theme, button)
        if button:
            self.setFocusProxy(self._button)
        else:  # setVisible(True) without a parent would open a window
            self._button.hide()
        self._button.clicked.connect(self.acted)
        layout.addSpacing(8)
        layout.addWidget(self._button, 0, centre)
        layout.addStretch(3)

    def set_words(self, title: str, text: str = "", button: str = "") -> None:
        """Say something else."""
        self._title.setText(title)
        self._text.setText(text)
        self._button.set_text(button)
        self._button.setVisible(bool(button))
        # Tab would come to a proxy that is hidden, and never get away from it. None takes it away,
        # as Qt says; PySide's types do not.
        self.setFocusProxy(self._button if button else None)  # type: ignore[arg-type]
