"""The head of the editor: which flow, where it stands, and what can be done with all of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from app.ui.actions import ActionTable
from app.ui.flows.picker import Picker
from app.ui.flows.words import entry_words
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.bar import Bar
from app.ui.widgets.buttons import Button
from app.ui.widgets.caps_give_way import CapsGiveWay
from app.ui.widgets.labels import ElidedLabel

if TYPE_CHECKING:
    from app.services.judging.flows import FlowEntry

PICKER_PX = 300


class FlowHead(Bar):
    """44 px. Its buttons only ask."""

    flow_chosen = Signal(str)
    derive_asked = Signal()
    undo_asked = Signal()
    redo_asked = Signal()
    save_asked = Signal()
    approve_asked = Signal()

    def __init__(self, theme: Theme, actions: ActionTable) -> None:
        super().__init__(theme, Size.HEADER)
        self.picker = Picker(theme, "Flow")
        self.picker.setFixedWidth(theme.px(PICKER_PX))
        self.picker.activated.connect(lambda at: self.flow_chosen.emit(self.picker.itemData(at)))
        self.state = ElidedLabel(theme, "", "small", "t2")
        self.undo = Button(
            theme, icon="arrow-counter-clockwise", kind="quiet", name="Undo",
            action="edit_history.undo", actions=actions,
        )  # fmt: skip
        self.redo = Button(
            theme, icon="arrow-clockwise", kind="quiet", name="Redo",
            action="edit_history.redo", actions=actions,
        )  # fmt: skip
        self.derive = Button(theme, "Derive", icon="plus", action="flows.derive", actions=actions)
        self.save = Button(theme, "Save", action="flows.save", actions=actions)
        self.approve = Button(
            theme, "Approve", kind="primary", action="flows.approve", actions=actions
        )
        for button, signal in (
            (self.undo, self.undo_asked), (self.redo, self.redo_asked),
            (self.derive, self.derive_asked), (self.save, self.save_asked),
            (self.approve, self.approve_asked),
        ):  # fmt: skip
            button.clicked.connect(signal)
        self.row.addWidget(self.picker)
        self.row.addWidget(self.state, 1)
        for button in (self.undo, self.redo, self.derive, self.save, self.approve):
            self.row.addWidget(button)
        CapsGiveWay(self, (self.derive, self.save, self.approve))
        theme.changed.connect(self._restyle)

    def _restyle(self) -> None:
        self.picker.setFixedWidth(self._theme.px(PICKER_PX))

    def show_entries(self, entries: Sequence[FlowEntry], current: str) -> None:
        """Offer these flows."""
        self.picker.clear()
        for entry in entries:
            self.picker.addItem(entry_words(entry), entry.key)
        at = self.picker.findData(current, Qt.ItemDataRole.UserRole)
        self.picker.setCurrentIndex(at)

    def show_state(self, words: str, *, undo: str, redo: str, can_save: bool, why_not: str) -> None:
        """What is open, and which buttons hold."""
        self.state.setText(words)
        self.undo.setEnabled(bool(undo))
        self.redo.setEnabled(bool(redo))
        self.undo.setAccessibleDescription(undo)
        self.redo.setAccessibleDescription(redo)
        self.save.setEnabled(can_save)
        self.approve.setEnabled(not why_not)
        self.approve.setAccessibleDescription(why_not)
