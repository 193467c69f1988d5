"""The head of the rubric editor: version, undo, files, new, save."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from app.domain.rubrics import RubricVersion
from app.ui.actions import ActionTable
from app.ui.rubrics.draft import RubricDraft
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button, Kind
from app.ui.widgets.labels import ElidedLabel, Label


class RubricsHead(QWidget):
    """44 px."""

    version_chosen = Signal(str)
    back_asked = Signal()
    undo_asked = Signal()
    redo_asked = Signal()
    take_asked = Signal()
    give_asked = Signal()
    new_asked = Signal()
    copy_asked = Signal()
    save_asked = Signal()

    def __init__(self, theme: Theme, actions: ActionTable) -> None:
        super().__init__()
        self.setFixedHeight(theme.px(Size.HEADER))
        self._versions: Sequence[RubricVersion] = ()
        row = QHBoxLayout(self)
        row.setContentsMargins(Size.INSET - 6, 0, Size.INSET, 0)
        row.setSpacing(6)

        def button(
            text: str,
            signal: SignalInstance,
            icon: str = "",
            action: str = "",
            *,
            name: str = "",
            kind: Kind = "quiet",
        ) -> Button:
            made = Button(
                theme, text, icon=icon, action=action, actions=actions, name=name, kind=kind
            )
            made.clicked.connect(lambda _c=False: signal.emit())
            return made

        back = button("", self.back_asked, "arrow-left", name="Back to the studies")
        self.version = Button(theme, "Version", kind="quiet", menu=True)
        self.version.clicked.connect(self._open_menu)
        self.state = ElidedLabel(theme, "", "small", "t3")
        self.undo = button(
            "", self.undo_asked, "arrow-counter-clockwise", "edit_history.undo", name="Undo",
        )  # fmt: skip
        self.redo = button("", self.redo_asked, "arrow-clockwise", "edit_history.redo", name="Redo")
        take = button("Import", self.take_asked, "download-simple")
        self.give = button("Export", self.give_asked, "export")
        self.copy = button("Copy", self.copy_asked, "copy")
        new = button("New", self.new_asked, "plus", kind="plain")
        self.save = button("Save", self.save_asked, "", "rubrics.save", kind="primary")
        row.addWidget(back)
        row.addWidget(Label(theme, "Rubrics", "title"))
        row.addSpacing(6)
        row.addWidget(self.version)
        row.addWidget(self.state, 1)
        for part in (self.undo, self.redo, take, self.give, self.copy, new, self.save):
            row.addWidget(part)

    def show_draft(self, draft: RubricDraft, versions: Sequence[RubricVersion]) -> None:
        """Say which version it is and whether anything is not saved."""
        self._versions = tuple(sorted(versions, key=lambda r: -r.version))
        newest = self._versions[0].version if self._versions else 0
        self.version.setVisible(bool(self._versions))
        self.version.set_text(f"Version {draft.base.version} of {newest}")
        changed = draft.is_changed
        words = "Not saved yet" if draft.is_new else "Changed, not saved" if changed else ""
        if not words and draft.base.version < newest:
            words = "An older version; saving it makes it the newest again"
        self.state.setText(words)
        self.state.set_token("warn" if changed else "t3")
        self.save.set_text(f"Save as version {newest + 1}")
        self.save.setEnabled(changed or draft.base.version < newest)
        self.undo.setEnabled(draft.can_undo)
        self.redo.setEnabled(draft.can_redo)

    def _open_menu(self) -> None:
        menu = QMenu(self)
        for version in self._versions:
            action = menu.addAction(f"Version {version.version}  {version.title}")
            action.triggered.connect(lambda _c=False, i=version.id: self.version_chosen.emit(i))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.version.mapToGlobal(self.version.rect().bottomLeft()))
