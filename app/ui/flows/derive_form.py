"""What a derivation is asked for: the SOP, key and title, and who makes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.services.judging.flow_deriving import Sop
from app.ui.flows.picker import Picker
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label
from app.ui.widgets.segmented import Segment, Segmented

if TYPE_CHECKING:
    from app.domain.endpoints import EndpointProfile
    from app.services.judging.flows import FlowEntry

RULES = (
    "Numbered steps become nodes, sentences that begin with if or when become branches. Nothing "
    "leaves this machine. A first flow to edit, not one to trust."
)
MODEL = (
    "The model parses the steps, words them as criteria and gives prerequisites; coverage and "
    "overlap are checked and repaired in between. Every round is kept."
)
NO_ENDPOINT = "No endpoint is saved yet. Add one in the tab Endpoints, or derive by rules."
EXAMPLE = "1. Greet the customer.\n2. Verify who is calling. If they refuse, offer a letter.\n3. …"


class DeriveForm(QWidget):
    """Fields only; it asks nobody."""

    changed = Signal()
    scenario_chosen = Signal(str)
    """Key of a scenario whose steps are wanted."""
    file_asked = Signal()

    def __init__(self, theme: Theme, entries: Sequence[FlowEntry]) -> None:
        super().__init__()
        self._profiles: tuple[EndpointProfile, ...] = ()
        self.scenario = Picker(theme, "Where the SOP comes from", "body")
        self.scenario.addItem("Pasted text", "")
        for entry in entries:
            self.scenario.addItem(f"{entry.key}  {entry.title}", entry.key)
        self.file_button = Button(theme, "Open a file", icon="folder-open")
        self.text = QPlainTextEdit()
        self.text.setPlaceholderText(EXAMPLE)
        self.text.setTabChangesFocus(True)
        self.found = Label(theme, "", "small", "t2")
        self.key, self.title, self.model = QLineEdit(), QLineEdit(), QLineEdit()
        self.key.setPlaceholderText("As 1.1")
        self.maker = Segmented(
            theme, [Segment("rules", "Rules (baseline)"), Segment("model", "Model")], name="By"
        )
        self.endpoint = Picker(theme, "Endpoint", "body")
        self.about = Label(theme, "", "small", "t2", wrap=True)
        named = (
            (self.text, "SOP"),
            (self.key, "Key"),
            (self.title, "Title"),
            (self.model, "Model"),
        )
        for field, name in named:
            field.setFont(theme.font("body"))
            field.setAccessibleName(name)
        self._lay_out(theme)
        self._wire()
        self.show_maker()

    def _lay_out(self, theme: Theme) -> None:
        source, by = QHBoxLayout(), QHBoxLayout()
        source.addWidget(self.scenario, 1)
        source.addWidget(self.file_button)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for at, (word, field) in enumerate((("Key", self.key), ("Title", self.title))):
            grid.addWidget(Label(theme, word, "small", "t2"), 0, at)
            grid.addWidget(field, 1, at)
        grid.setColumnStretch(1, 1)
        by.addWidget(self.maker)
        by.addWidget(self.endpoint, 1)
        by.addWidget(self.model, 1)
        by.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(source)
        column.addWidget(self.text, 1)
        column.addWidget(self.found)
        column.addLayout(grid)
        column.addSpacing(4)
        column.addLayout(by)
        column.addWidget(self.about)

    def _wire(self) -> None:
        self.scenario.activated.connect(lambda _at: self._on_scenario())
        self.file_button.clicked.connect(self.file_asked)
        self.text.textChanged.connect(self.changed)
        self.key.textChanged.connect(lambda _words: self.changed.emit())
        self.maker.chosen.connect(lambda _key: self.show_maker())
        self.endpoint.currentIndexChanged.connect(lambda _at: self._on_endpoint())

    def _on_scenario(self) -> None:
        key = str(self.scenario.currentData() or "")
        if key:
            self.scenario_chosen.emit(key)

    def choose_scenario(self, key: str) -> None:
        """Take a scenario as if it had been picked."""
        self.scenario.setCurrentIndex(max(0, self.scenario.findData(key)))
        self._on_scenario()

    def show_profiles(self, profiles: Sequence[EndpointProfile]) -> None:
        """Offer endpoints."""
        self._profiles = tuple(profiles)
        for profile in self._profiles:
            self.endpoint.addItem(profile.name)
        self.show_maker()

    def _on_endpoint(self) -> None:
        at = self.endpoint.currentIndex()
        if 0 <= at < len(self._profiles):
            self.model.setText(self._profiles[at].model)

    def show_maker(self) -> None:
        """Say what rules or a model do, and show what a model needs."""
        can_ask = self.by_model and bool(self._profiles)
        self.endpoint.setVisible(can_ask)
        self.model.setVisible(can_ask)
        self.about.setText(RULES if not self.by_model else MODEL if can_ask else NO_ENDPOINT)
        self.changed.emit()

    def fill(self, text: str, key: str, title: str) -> None:
        """Take an SOP."""
        self.text.setPlainText(text)
        self.key.setText(key)
        self.title.setText(title)

    @property
    def by_model(self) -> bool:
        """Whether a model is to make it."""
        return self.maker.current == "model"

    @property
    def sop(self) -> Sop:
        """What the fields say."""
        return Sop(key=self.key.text(), title=self.title.text(), text=self.text.toPlainText())

    @property
    def is_ready(self) -> bool:
        """Whether there is enough to begin."""
        has_text = not self.text.document().isEmpty() and bool(self.key.text().strip())
        return has_text and (not self.by_model or bool(self._profiles))
