"""The head of one judge: what it is called, what kind it is, what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.domain.judging import JudgeDefinition
from app.ui.actions import ActionTable
from app.ui.judges.tags import Tags
from app.ui.judges.words import tags_of
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.bar import Bar
from app.ui.widgets.buttons import Button
from app.ui.widgets.caps_give_way import CapsGiveWay
from app.ui.widgets.labels import ElidedLabel, Label

LEADS_ONLY = "Only a lead changes judges"


class DetailHead(Bar):
    """44 px. Its buttons only ask."""

    edit_asked = Signal()
    diff_asked = Signal()
    try_asked = Signal()
    save_asked = Signal()
    close_asked = Signal()
    discard_asked = Signal()

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(theme, Size.HEADER, parent=parent)
        self.title = ElidedLabel(theme, "", "title", "t1")
        self.ref = Label(theme, "", "mono_small", "t3")
        self.tags = Tags(theme)
        self.try_out = Button(theme, "Try out", action="judges.try_out", actions=actions)
        self.diff = Button(theme, "Diff", action="judges.diff", actions=actions)
        self.edit = Button(theme, "Edit", action="judges.edit", actions=actions)
        self.discard = Button(theme, "Discard", kind="quiet")
        self.close_edit = Button(theme, "Close", action="judges.escape", actions=actions)
        self.close_edit.setToolTip("Stop editing; what is not saved is kept")
        self.save = Button(theme, "Save", kind="primary", action="judges.save", actions=actions)
        for button, signal in (
            (self.try_out, self.try_asked),
            (self.diff, self.diff_asked),
            (self.edit, self.edit_asked),
            (self.discard, self.discard_asked),
            (self.close_edit, self.close_asked),
            (self.save, self.save_asked),
        ):
            button.clicked.connect(signal)
        row = self.row
        row.addWidget(self.title)
        row.addWidget(self.ref)
        row.addSpacing(4)
        row.addWidget(self.tags)
        row.addStretch(1)
        for button in (
            self.discard, self.try_out, self.diff, self.edit, self.close_edit, self.save,
        ):  # fmt: skip
            row.addWidget(button)
        CapsGiveWay(self, (self.try_out, self.diff, self.edit, self.close_edit, self.save))

    def show_judge(
        self, shown: JudgeDefinition, *, editing: bool, changed: bool, next_version: int, lead: bool
    ) -> None:
        """Show a judge, and the verbs that hold for it now."""
        self.title.setText(shown.title)
        self.ref.setText(f"{shown.ref}, changed" if editing and changed else shown.ref)
        self.tags.show_words(tags_of(shown))
        self.tags.setVisible(not editing)
        self.edit.setVisible(not editing)
        self.edit.setEnabled(lead)
        self.edit.setToolTip("" if lead else LEADS_ONLY)
        for button in (self.discard, self.close_edit, self.save):
            button.setVisible(editing)
        self.discard.setEnabled(changed)
        self.save.setEnabled(changed)
        self.save.set_text(f"Save as @{next_version}")
