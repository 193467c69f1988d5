"""What can be done with the selected node; what was refused is said in the same place."""

from __future__ import annotations

from PySide6.QtCore import Signal

from app.ui.actions import ActionTable
from app.ui.flows.bar import Bar
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import ElidedLabel, Label

STRIP_PX, SAID_PX = 36, 30
TOOLS = (
    ("add", "Add"), ("kind", "Kind"), ("link", "Needs"), ("merge", "Merge"), ("split", "Split"),
    ("remove", "Delete"),
)  # fmt: skip


class ToolsBar(Bar):
    """36 px: a count, and a button for each verb."""

    asked = Signal(str)
    """The verb: `add`, `kind`, `link`…"""

    def __init__(self, theme: Theme, actions: ActionTable) -> None:
        super().__init__(theme, STRIP_PX)
        self.count = Label(theme, "", "small", "t2", weight=500)
        self.row.setSpacing(4)
        self.row.addWidget(self.count)
        self.row.addStretch(1)
        self.buttons: dict[str, Button] = {}
        for verb, words in TOOLS:
            button = Button(
                theme, words, kind="quiet", action=f"flows.{verb}", actions=actions, compact=True
            )
            button.clicked.connect(lambda _=False, v=verb: self.asked.emit(v))
            self.buttons[verb] = button
            self.row.addWidget(button)

    def show_count(self, nodes: int, key: int, *, any_selected: bool) -> None:
        """How many nodes there are, and whether one is selected."""
        self.count.setText(f"{nodes} node{'' if nodes == 1 else 's'}, {key} key")
        for verb, button in self.buttons.items():
            button.setEnabled(verb == "add" or any_selected)


class SaidBar(Bar):
    """One line of words, hidden while there is nothing to say."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, SAID_PX, token="warnBg")
        self.words = ElidedLabel(theme, "", "small", "t1")
        self.row.addWidget(self.words, 1)
        self.hide()

    def say(self, words: str) -> None:
        """Say something; nothing hides it."""
        self.words.setText(words)
        self.setVisible(bool(words))
