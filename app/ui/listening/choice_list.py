"""A short list of choices, moved through with Up and Down; digits choose too."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.scoring.level_option import LevelOption
from app.ui.theme import Theme
from app.ui.widgets.labels import Label


class ChoiceList(QWidget):
    """A question and its choices, none chosen at first. `chosen(index)`."""

    chosen = Signal(int)

    def __init__(
        self, theme: Theme, question: str, choices: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.current: int | None = None
        self._options: list[LevelOption] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._question = Label(theme, question, "body", weight=600, wrap=True)
        if question:
            self._column.addWidget(self._question)
            self._column.addSpacing(4)
        self.show_choices(choices)

    def show_choices(self, choices: Sequence[str]) -> None:
        """Offer these."""
        for option in self._options:
            self._column.removeWidget(option)
            option.deleteLater()
        self._options = []
        self.current = None
        for index, words in enumerate(choices):
            option = LevelOption(self._theme, str(index + 1), words, parent=self)
            option.clicked.connect(lambda _=False, n=index: self.choose(n))
            self._column.addWidget(option)
            self._options.append(option)

    def set_live(self, is_live: bool) -> None:
        """Whether keys choose here, where several questions stand on a page."""
        self._question.set_token("t1" if is_live else "t3")

    def choose(self, index: int) -> None:
        """Choose one; an index that is not there does nothing."""
        if 0 <= index < len(self._options):
            self.mark(index)
            self.chosen.emit(index)

    def mark(self, index: int | None) -> None:
        """Show one as chosen, without telling."""
        self.current = index
        for n, option in enumerate(self._options):
            option.setChecked(n == index)

    def step(self, by: int) -> None:
        """To the next or previous one."""
        last = len(self._options) - 1
        at = -1 if self.current is None and by > 0 else self.current or 0
        self.choose(max(0, min(last, at + by)))
