"""The head of the table of scores: back, the set, agents or versions; beneath it what is shown."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from app.ui.actions import ActionTable
from app.ui.library.words import calls_words
from app.ui.scores.work import Asked
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.bar import Bar
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import ElidedLabel, Label
from app.ui.widgets.segmented import Segment, Segmented

STRIP_PX = 40
HINT = "All calls. Or a query, as agent:nora"


class ScoresHead(Bar):
    """44 px."""

    back_asked = Signal()
    show_asked = Signal()
    group_chosen = Signal(str)

    def __init__(self, theme: Theme, actions: ActionTable) -> None:
        super().__init__(theme, Size.HEADER, gap=10)
        self._ids: tuple[str, ...] = ()
        self.back = Button(theme, icon="arrow-left", kind="quiet", name="Back to the library")
        self.back.clicked.connect(self.back_asked)
        self.edit = QLineEdit()
        self.edit.setFont(theme.font("body"))
        self.edit.setPlaceholderText(HINT)
        self.edit.setAccessibleName("Which calls, a query")
        self.edit.returnPressed.connect(self.show_asked)
        self.kept = Button(theme, "", icon="x")
        self.kept.setToolTip("Press to type a query instead")
        self.kept.clicked.connect(self._drop)
        self.kept.hide()
        self.group = Segmented(
            theme, [Segment("agent", "Agents"), Segment("version", "Versions")], name="Rows",
        )  # fmt: skip
        self.group.chosen.connect(self.group_chosen)
        self.go = Button(theme, "Show", kind="primary", action="scores.show", actions=actions)
        self.go.clicked.connect(self.show_asked)
        self.row.addWidget(self.back)
        self.row.addWidget(Label(theme, "Results", "title"))
        self.row.addSpacing(6)
        self.row.addWidget(self.edit, 1)
        self.row.addWidget(self.kept)
        self.row.addWidget(self.group)
        self.row.addWidget(self.go)
        theme.changed.connect(lambda: self.edit.setFont(theme.font("body")))

    @property
    def asked(self) -> Asked:
        """What the field says."""
        return Asked(ids=self._ids) if self._ids else Asked(self.edit.text().strip())

    def set_asked(self, asked: Asked) -> None:
        """Show another set."""
        self._ids = asked.ids
        self.edit.setText(asked.query)
        self.kept.set_text(f"{calls_words(len(asked.ids))} chosen")
        self.kept.setVisible(bool(asked.ids))
        self.edit.setVisible(not asked.ids)

    def _drop(self) -> None:
        self.set_asked(Asked())
        self.edit.setFocus()


class ScoresStrip(Bar):
    """40 px: what is shown and by whom, copy, export."""

    copy_asked = Signal()
    export_asked = Signal()

    def __init__(self, theme: Theme, actions: ActionTable) -> None:
        super().__init__(theme, STRIP_PX, gap=10)
        self.words = ElidedLabel(theme, "", "small", "t2")
        self.copy = Button(
            theme, "Copy", icon="copy", kind="quiet", action="scores.copy", actions=actions,
            compact=True,
        )  # fmt: skip
        self.export = Button(
            theme, "Export table", icon="export", kind="quiet", action="scores.export",
            actions=actions, compact=True,
        )  # fmt: skip
        self.copy.clicked.connect(self.copy_asked)
        self.export.clicked.connect(self.export_asked)
        self.row.addWidget(self.words, 1)
        self.row.addWidget(self.copy)
        self.row.addWidget(self.export)
