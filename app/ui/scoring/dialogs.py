"""The two small dialogs of scoring: skip with a reason, and examples of a criterion."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.rubrics import Criterion
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label

SKIP_REASONS = ("Audio unusable", "Wrong language", "Not a real call", "I know this agent")


class SkipDialog(QDialog):
    """Asks why the criterion in focus is left unscored; an empty reason is not accepted."""

    chosen = Signal(str)
    call_chosen = Signal(str)
    """The reason why the whole call is left out of its queue."""

    def __init__(
        self,
        theme: Theme,
        criterion: Criterion,
        parent: QWidget | None = None,
        *,
        in_queue: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Skip with a reason")
        self.setMinimumWidth(420)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(Label(theme, criterion.title, "title"))
        column.addWidget(
            Label(theme, "It stays unscored, and the reason is kept with it.", "small", "t2")
        )
        self._text = QLineEdit()
        self._text.setPlaceholderText("Reason")
        self._text.setAccessibleName("Reason for skipping")
        self._text.textChanged.connect(self._on_text)
        column.addWidget(self._text)
        chips = QHBoxLayout()
        chips.setSpacing(6)
        for reason in SKIP_REASONS:
            chip = Button(theme, reason, compact=True)
            chip.clicked.connect(lambda _=False, r=reason: self._text.setText(r))
            chips.addWidget(chip)
        chips.addStretch(1)
        column.addLayout(chips)
        row = QHBoxLayout()
        row.addStretch(1)
        cancel = Button(theme, "Cancel")
        cancel.clicked.connect(self.reject)
        self._ok = Button(theme, "Skip", kind="primary")
        self._ok.setEnabled(False)
        self._ok.clicked.connect(self._accept)
        self._text.returnPressed.connect(self._accept)
        self._call = Button(theme, "Skip the whole call")
        self._call.setEnabled(False)
        self._call.clicked.connect(self._skip_call)
        row.addWidget(cancel)
        if in_queue:
            row.addWidget(self._call)
        row.addWidget(self._ok)
        column.addSpacing(8)
        column.addLayout(row)
        self._text.setFocus()

    def _on_text(self, text: str) -> None:
        for button in (self._ok, self._call):
            button.setEnabled(bool(text.strip()))

    def _skip_call(self) -> None:
        reason = self._text.text().strip()
        if reason:
            self.accept()
            self.call_chosen.emit(reason)

    def _accept(self) -> None:
        reason = self._text.text().strip()
        if reason:
            self.accept()
            self.chosen.emit(reason)


class ExamplesDialog(QDialog):
    """The examples that a rubric gives for a criterion."""

    def __init__(self, theme: Theme, criterion: Criterion, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Examples")
        self.setMinimumWidth(460)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(Label(theme, criterion.title, "title"))
        for example in criterion.examples:
            label = Label(theme, example, "small", "t2", wrap=True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        close = Button(theme, "Close")
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(close)
        column.addLayout(row)
