"""What a test of an endpoint found, and what is remembered of earlier ones."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.endpoints import Capabilities
from app.ui.actions import ActionTable
from app.ui.judges.fact_list import FactList
from app.ui.judges.values import Fact, Tested
from app.ui.judges.words import RUNG_WORDS, when_words
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label

UNTESTED = "Not tested yet. A test asks for two or three short replies and may cost a little."
BUSY = "Asking the endpoint…"


class TestReport(QWidget):
    """A button, the outcome in a line, facts below; then what is remembered."""

    __test__ = False  # no test class, whatever its name says

    test_asked = Signal()

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = Button(theme, "Test", action="judges.run", actions=actions)
        self.button.clicked.connect(self.test_asked)
        self.title = Label(theme, "", "small", "t2", wrap=True)
        self.notes = Label(theme, "", "small", "t2", wrap=True)
        self.known_title = Label(theme, "Remembered", "small", "t2")
        self.known = FactList(theme)
        self.again = Button(theme, "Probe again", compact=True)
        self.again.clicked.connect(self.test_asked)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.button)
        head.addWidget(self.title, 1)
        known = QHBoxLayout()
        known.addWidget(self.known_title, 1)
        known.addWidget(self.again)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.notes)
        column.addSpacing(6)
        column.addLayout(known)
        column.addWidget(self.known)
        self.show_untested()

    def show_untested(self) -> None:
        """Another endpoint: nothing is known from here."""
        self.show_tested(Tested(ok=True, title=UNTESTED))

    def show_busy(self) -> None:
        """It is being asked."""
        self.show_tested(Tested(ok=True, title=BUSY))
        self.button.setEnabled(False)
        self.again.setEnabled(False)

    def show_idle(self) -> None:
        """Nothing is being asked any more; what came of it stays."""
        if self.title.text() == BUSY:
            self.show_untested()

    def show_tested(self, tested: Tested) -> None:
        """What came of it."""
        self.button.setEnabled(True)
        self.again.setEnabled(True)
        self.title.set_token("t2" if tested.ok else "danger")
        self.title.setText(tested.title)
        self.notes.setText("\n".join(w for w in tested.notes if w))
        self.notes.setVisible(bool(self.notes.text()))

    def show_known(self, known: Sequence[Capabilities]) -> None:
        """What is remembered of the endpoint, by model."""
        self.known.show_facts([Fact(c.model or "any model", _words(c)) for c in known])
        for widget in (self.known_title, self.known, self.again):
            widget.setVisible(bool(known))


def _words(known: Capabilities) -> str:
    can = [RUNG_WORDS[known.rung], "audio" if known.audio else "no audio"]
    if not known.temperature:
        can.append("no temperature 0")
    when = when_words(known.probed_at) if known.probed_at else ""
    return ", ".join(can) + (f"\nprobed {when}" if when else "")
