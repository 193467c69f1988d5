"""Two versions of a judge against each other: which, what else changed, the texts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.judging import JudgeDefinition
from app.services.judging.prompt_diff import FieldChange, PromptDiff, diff
from app.ui.actions import ActionTable
from app.ui.judges.diff_view import DiffView
from app.ui.judges.words import when_words
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import ElidedLabel, Hairline, Label

SAME = "These two are the same."
SAME_TEXTS = "No text differs."
UNSAVED = "unsaved changes"


class FieldChanges(QWidget):
    """Parameters and settings that differ: name, before, after."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(Size.INSET, 8, Size.INSET, 10)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(4, 1)

    def show_fields(self, fields: Sequence[FieldChange]) -> None:
        """Show other changes; none hides it."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for row, change in enumerate(fields):
            cells = (
                (change.name, "small", "t3"),
                (change.before or "none", "mono_small", "t2"),
                ("→", "small", "t3"),
                (change.after or "none", "mono_small", "t1"),
            )
            for column, (text, role, token) in enumerate(cells):
                label = ElidedLabel(self._theme, text, role, token)  # type: ignore[arg-type]
                self._grid.addWidget(label, row, column)
        self.setVisible(bool(fields))


class DiffPage(QWidget):
    """Choose an earlier and a later version; F8 goes from change to change."""

    left = Signal()

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._versions: tuple[JudgeDefinition, ...] = ()
        self.before, self.after = QComboBox(), QComboBox()
        for box, name in ((self.before, "Earlier version"), (self.after, "Later version")):
            box.setFont(theme.font("small"))
            box.setAccessibleName(name)
            box.setMinimumWidth(theme.px(120))
            box.activated.connect(lambda _at: self._show())
        self.count = Label(theme, "", "small", "t2")
        self.previous = Button(theme, icon="caret-up", name="Previous change", compact=True,
                               action="judges.previous_change", actions=actions)  # fmt: skip
        self.next = Button(theme, icon="caret-down", name="Next change", compact=True,
                           action="judges.next_change", actions=actions)  # fmt: skip
        self.close_button = Button(
            theme, "Close", compact=True, action="judges.escape", actions=actions
        )
        self.close_button.clicked.connect(self.left)
        self.fields = FieldChanges(theme)
        self.view = DiffView(theme)
        self.view.moved.connect(lambda _at: self._count())
        self.previous.clicked.connect(lambda: self.view.step(-1))
        self.next.clicked.connect(lambda: self.view.step(1))
        self._found = PromptDiff(fields=(), rows=())
        self._lay_out(theme)

    def _lay_out(self, theme: Theme) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(Size.INSET, 6, Size.INSET, 6)
        head.setSpacing(8)
        head.addWidget(self.before)
        head.addWidget(Label(theme, "→", "small", "t3"))
        head.addWidget(self.after)
        head.addSpacing(8)
        head.addWidget(self.count)
        head.addStretch()
        head.addWidget(self.previous)
        head.addWidget(self.next)
        head.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(Hairline(theme))
        column.addWidget(self.fields)
        column.addWidget(self.view, 1)
        self.setFocusProxy(self.view)

    def show_versions(
        self, versions: Sequence[JudgeDefinition], unsaved: JudgeDefinition | None, shown: str
    ) -> None:
        """Offer versions, newest first; compare the one shown with what came before it.

        `unsaved` is what is being changed; it is compared with its base, which is `shown`.
        """
        self._versions = (*((unsaved,) if unsaved is not None else ()), *versions)
        for box in (self.before, self.after):
            box.clear()
            for version in self._versions:
                box.addItem(_words(version, unsaved), version)
        refs = [v.ref if v is not unsaved else "" for v in self._versions]
        after = 0 if unsaved is not None else refs.index(shown)
        before = refs.index(shown) if unsaved is not None else min(after + 1, len(refs) - 1)
        if before == after and len(refs) > 1:
            after = before - 1
        self.before.setCurrentIndex(before)
        self.after.setCurrentIndex(after)
        self._show()

    def _show(self) -> None:
        if self.before.currentIndex() < 0 or self.after.currentIndex() < 0:
            return
        before = self._versions[self.before.currentIndex()]
        after = self._versions[self.after.currentIndex()]
        self._found = diff(before, after)
        self.fields.show_fields(self._found.fields)
        self.view.show_diff(self._found)
        self._count()

    def _count(self) -> None:
        changes = len(self._found.changes)
        for button in (self.previous, self.next):
            button.setEnabled(changes > 0)
        if self._found.is_empty:
            self.count.setText(SAME)
        elif not changes:
            self.count.setText(SAME_TEXTS)
        else:
            self.count.setText(f"Change {self.view.current + 1} of {changes}")


def _words(version: JudgeDefinition, unsaved: JudgeDefinition | None) -> str:
    if version is unsaved:
        return UNSAVED
    return f"@{version.version}  {when_words(version.created_at)}".rstrip()
