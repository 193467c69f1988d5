"""A column of facts: what at the left, how much at the right, a remark below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.labels import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One line; `note` stands below it."""

    name: str
    value: str = ""
    note: str = ""
    token: str = "t1"


class Facts(QWidget):
    """Shows facts; their number may change."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._holder: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addStretch(1)
        self.facts: tuple[Fact, ...] = ()
        """What is shown."""

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show other facts."""
        if tuple(facts) == self.facts:
            return
        self.facts = tuple(facts)
        if self._holder is not None:
            self._column.removeWidget(self._holder)
            self._holder.deleteLater()
        self._holder = holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(Size.INSET, 4, Size.INSET, 4)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(0, 1)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
        line = 0
        for fact in self.facts:
            grid.addWidget(_wrapped(self._theme, fact.name, "small", "t2"), line, 0)
            value = Label(self._theme, fact.value, "small", fact.token, weight=600)
            grid.addWidget(value, line, 1, right)
            line += 1
            if fact.note:
                note = _wrapped(self._theme, fact.note, "label", "t3")
                note.setContentsMargins(0, 0, 0, 5)
                grid.addWidget(note, line, 0, 1, 2)
                line += 1
        self._column.insertWidget(0, holder)
        holder.show()

    @property
    def words(self) -> str:
        """All of them, to be read aloud."""
        return " ".join(f"{f.name}: {f.value}. {f.note}".strip() for f in self.facts)


def _wrapped(theme: Theme, text: str, role: str, token: str) -> Label:
    label = Label(theme, text, role, token, wrap=True)  # type: ignore[arg-type]
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label
