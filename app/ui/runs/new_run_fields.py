"""Two fields of the dialog for a new run: which recogniser with which arguments, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.domain.evaluation import Where
from app.services.evaluating.choosing import Choice, Offer
from app.ui.runs.arg_form import ArgForm
from app.ui.theme import Theme
from app.ui.widgets.labels import Label
from app.ui.widgets.segmented import Segment, Segmented

SHORT = {
    "asr.pocketsphinx": "PocketSphinx",
    "asr.whisper": "Whisper",
    "asr.endpoint": "Endpoint",
}
NONE = "none"
NOTES = {
    NONE: "Error rates and the like need a transcript of what was spoken.",
    "asr.pocketsphinx": "English only, and of low accuracy. Nothing leaves this machine.",
    "asr.whisper": "Runs on this machine. A model that is named is fetched once.",
    "asr.endpoint": "The calls' sound is sent to this address.",
}
MOST_WORKERS = 64


class RecogniserField(QWidget):
    """One recogniser or none; the arguments of the chosen one beneath."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._forms: dict[str, ArgForm] = {}
        self.choose: Segmented | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._note = Label(theme, NOTES[NONE], "small", "t3", wrap=True)
        self._column.addWidget(self._note)

    def show_offers(self, offers: Sequence[Offer], names: Sequence[str], choice: Choice) -> None:
        """Show what can be chosen, with what was chosen last."""
        segments = [Segment(NONE, "None")]
        segments += [Segment(o.name, SHORT.get(o.name, o.title)) for o in offers]
        self.choose = Segmented(self._theme, segments, name="Transcribe with")
        chosen = next((o.name for o in offers if o.name in names), NONE)
        self.choose.set_current(chosen)
        self.choose.chosen.connect(self._on_chosen)
        self._column.insertWidget(0, self.choose)
        self.choose.show()  # at once: Tab goes by what is visible
        for offer in offers:
            form = ArgForm(self._theme, {**offer.args, **choice.args.get(offer.name, {})})
            self._forms[offer.name] = form
            self._column.addWidget(form)
        self._on_chosen(chosen)

    def _on_chosen(self, key: str) -> None:
        for name, form in self._forms.items():
            form.setVisible(name == key and bool(form.fields))
        self._note.setText(NOTES.get(key, ""))
        self._note.setVisible(key in NOTES)
        self.changed.emit()

    @property
    def current(self) -> str:
        """Name of the recogniser; empty for none."""
        key = self.choose.current if self.choose is not None else None
        return key if key and key != NONE else ""

    def args(self) -> Mapping[str, Mapping[str, Any]]:
        """Arguments of the chosen one, by its name.

        Raises:
            BadInput: a field cannot be read.
        """
        return {self.current: self._forms[self.current].values()} if self.current else {}


class WhereField(QWidget):
    """This machine with so many processes, or a Dask cluster by its address."""

    def __init__(self, theme: Theme, cores: int) -> None:
        super().__init__()
        self._cores = cores
        places = [Segment("processes", "This machine"), Segment("dask", "Dask cluster")]
        self.choose = Segmented(theme, places, name="Compute")
        self.workers = QSpinBox()
        self.workers.setRange(1, MOST_WORKERS)
        self.workers.setValue(cores)
        self.workers.setFixedWidth(theme.px(64))
        self.workers.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.workers.setAccessibleName("Processes")
        self.address = QLineEdit()
        self.address.setPlaceholderText("tcp://host:8786")
        self.address.setAccessibleName("Address of the scheduler")
        for field in (self.workers, self.address):
            field.setFont(theme.font("body"))
        words = f"processes; this machine has {cores} core{'' if cores == 1 else 's'}"
        note = "Its workers must see the workspace's folder under the same path."
        self._here = _row(self.workers, Label(theme, words, "small", "t3"))
        self._there = _stack(self.address, Label(theme, note, "small", "t3", wrap=True))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.choose)
        column.addWidget(self._here)
        column.addWidget(self._there)
        self._there.hide()
        self.choose.chosen.connect(self._on_chosen)

    def _on_chosen(self, key: str) -> None:
        self._here.setVisible(key != "dask")
        self._there.setVisible(key == "dask")

    def show_choice(self, choice: Choice) -> None:
        """Show what was chosen last."""
        key = "dask" if choice.where == "dask" else "processes"
        self.choose.set_current(key)
        self._on_chosen(key)
        self.workers.setValue(choice.workers or self._cores)
        self.address.setText(choice.address)

    def values(self) -> tuple[Where, int, str]:
        """Where, how many processes, and the cluster's address."""
        where: Where = "dask" if self.choose.current == "dask" else "processes"
        return where, self.workers.value(), self.address.text().strip()


def _row(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch()
    return holder


def _stack(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    for widget in widgets:
        column.addWidget(widget)
    return holder
