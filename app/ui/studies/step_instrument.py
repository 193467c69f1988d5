"""First step of a new study: its name, and what is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from app.domain.rubrics import RubricVersion
from app.domain.studies import Instrument
from app.ui.rubrics.rubric_list import newest
from app.ui.scores.line_list import Line, LineList
from app.ui.studies.setup import Setup
from app.ui.studies.words import INSTRUMENT_NOTES, INSTRUMENT_WORDS
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label


class InstrumentStep(QWidget):
    """`changed` after each change by a person."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._rubrics: tuple[RubricVersion, ...] = ()
        self._wanted = ""
        self.name = QLineEdit()
        self.name.setAccessibleName("Name of the study")
        self.name.setPlaceholderText("As you will find it again; raters see the question alone")
        self.name.textEdited.connect(lambda _t: self.changed.emit())
        self.list = LineList(theme, "Instrument", uniform=True)
        self.list.show_lines(
            [
                Line(key=k, title=w, lower=((INSTRUMENT_NOTES[k], "t3"),))
                for k, w in INSTRUMENT_WORDS.items()
            ]
        )
        self.list.chosen.connect(self._on_chosen)
        self.rubric = Button(theme, "Choose a rubric", menu=True)
        self.rubric.clicked.connect(self._open_menu)
        self._rubric_row = QWidget()
        row = QHBoxLayout(self._rubric_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(Label(theme, "Rubric", "small", "t2"))
        row.addWidget(self.rubric)
        row.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(Label(theme, "Name", "small", "t2"))
        column.addWidget(self.name)
        column.addSpacing(8)
        column.addWidget(Label(theme, "What is asked", "small", "t2"))
        column.addWidget(self.list, 1)
        column.addWidget(self._rubric_row)
        self._rubric_row.hide()
        self.setFocusProxy(self.name)

    def show_setup(self, setup: Setup) -> None:
        """Show what was told before."""
        self.name.setText(setup.name)
        self._wanted = setup.rubric_key
        keys = list(INSTRUMENT_WORDS)
        self.list.setCurrentIndex(self.list.model().index(keys.index(setup.instrument), 0))

    def show_rubrics(self, rubrics: Sequence[RubricVersion]) -> None:
        """Offer the rubrics that ask about calls or turns."""
        self._rubrics = tuple(r for r in newest(rubrics) if r.has_form)
        if not any(r.key == self._wanted for r in self._rubrics) and self._rubrics:
            handling = [r.key for r in self._rubrics if r.key == "call_handling"]
            self._wanted = handling[0] if handling else self._rubrics[0].key
        self._name_rubric()

    def _name_rubric(self) -> None:
        found = next((r for r in self._rubrics if r.key == self._wanted), None)
        self.rubric.set_text(f"{found.title} v{found.version}" if found else "Choose a rubric")

    def _open_menu(self) -> None:
        menu = QMenu(self)
        for rubric in self._rubrics:
            action = menu.addAction(f"{rubric.title} v{rubric.version}")
            action.triggered.connect(lambda _c=False, k=rubric.key: self._choose(k))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.rubric.mapToGlobal(self.rubric.rect().bottomLeft()))

    def _choose(self, key: str) -> None:
        self._wanted = key
        self._name_rubric()
        self.changed.emit()

    def _on_chosen(self, key: str) -> None:
        self._rubric_row.setVisible(key == "rubric")
        self.changed.emit()

    @property
    def instrument(self) -> Instrument:
        """Which one is chosen."""
        return self.list.key or "acr"  # type: ignore[return-value]

    def told(self, setup: Setup) -> Setup:
        """The setup with what this step says."""
        key = self._wanted if self.instrument == "rubric" else ""
        return replace(
            setup, name=self.name.text().strip(), instrument=self.instrument, rubric_key=key
        )

    def problem(self) -> str:
        """What is missing; empty for nothing."""
        if not self.name.text().strip():
            return "Give the study a name."
        if self.instrument == "rubric" and not self._wanted:
            return "Choose a rubric."
        return ""
