"""What can be done with the selected node; what was refused is said in the same place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal

from app.domain.flows import FlowNode
from app.ui.actions import ActionTable
from app.ui.flows.words import count_words
from app.ui.theme import Theme
from app.ui.widgets.bar import Bar
from app.ui.widgets.buttons import Button
from app.ui.widgets.caps_give_way import CapsGiveWay
from app.ui.widgets.labels import ElidedLabel

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
        self.count = ElidedLabel(theme, "", "small", "t2")
        self.row.setSpacing(4)
        self.row.addWidget(self.count, 1)
        self.buttons: dict[str, Button] = {}
        for verb, words in TOOLS:
            button = Button(
                theme, words, kind="quiet", action=f"flows.{verb}", actions=actions, compact=True
            )
            button.clicked.connect(lambda _=False, v=verb: self.asked.emit(v))
            self.buttons[verb] = button
            self.row.addWidget(button)
        CapsGiveWay(self, self.buttons.values())

    def show_nodes(self, nodes: Sequence[FlowNode], selected: str) -> None:
        """How many nodes there are, and what the selected one weighs."""
        self.count.setText(count_words(nodes, selected))
        for verb, button in self.buttons.items():
            button.setEnabled(verb == "add" or bool(selected))


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
