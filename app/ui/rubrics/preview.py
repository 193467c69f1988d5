"""The form as its raters will see it; the tall criterion is the one that is edited."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.rubrics import RubricVersion
from app.ui.actions import ActionTable
from app.ui.runs.sections import OverlayArea
from app.ui.scoring.criterion_card import CriterionCard
from app.ui.scoring.criterion_row import INSET, CriterionRow
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Hairline, Label

HEAD_PX = 36


class FormPreview(QWidget):
    """Up and Down move through the criteria; the buttons change their list."""

    chosen = Signal(int)
    add_asked = Signal()
    remove_asked = Signal()
    move_asked = Signal(int)

    def __init__(self, theme: Theme, actions: ActionTable) -> None:
        super().__init__()
        self._theme, self._actions = theme, actions
        self._rubric: RubricVersion | None = None
        self._at = 0
        self._parts: list[QWidget] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("ring", "inside")
        self.setAccessibleName("Criteria, as raters see them")
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        self._area = OverlayArea(self)
        self._area.setWidget(self._list)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._head())
        outer.addWidget(Hairline(theme))
        outer.addWidget(self._area, 1)
        theme.changed.connect(self._rebuild)

    def _head(self) -> QWidget:
        theme, head = self._theme, QWidget()
        head.setFixedHeight(theme.px(HEAD_PX))
        row = QHBoxLayout(head)
        row.setContentsMargins(INSET, 0, 8, 0)
        row.setSpacing(2)
        row.addWidget(Label(theme, "Form", "body", weight=600))
        row.addSpacing(6)
        self._count = Label(theme, "", "small", "t3")
        row.addWidget(self._count)
        row.addStretch(1)
        self._buttons: list[Button] = []
        for icon, name, action, act in (
            ("arrow-up", "Move up", "rubrics.earlier", lambda: self.move_asked.emit(-1)),
            ("arrow-down", "Move down", "rubrics.later", lambda: self.move_asked.emit(1)),
            ("trash", "Remove", "rubrics.remove", self.remove_asked.emit),
        ):
            button = Button(
                theme, icon=icon, kind="quiet", compact=True, name=name, action=action,
                actions=self._actions,
            )  # fmt: skip
            button.clicked.connect(lambda _c=False, a=act: a())
            row.addWidget(button)
            self._buttons.append(button)
        add = Button(
            theme, "Criterion", icon="plus", compact=True, action="rubrics.add",
            actions=self._actions,
        )  # fmt: skip
        add.setAccessibleName("Add a criterion")
        add.clicked.connect(lambda _c=False: self.add_asked.emit())
        row.addSpacing(4)
        row.addWidget(add)
        return head

    def show_rubric(self, rubric: RubricVersion, at: int) -> None:
        """Show the form with one criterion tall."""
        if rubric == self._rubric and at == self._at:
            return
        self._rubric, self._at = rubric, at
        self._rebuild()

    def _rebuild(self) -> None:
        if self._rubric is None:
            return
        criteria = self._rubric.criteria
        many = len(criteria)
        self._count.setText(f"{many} criteri{'on' if many == 1 else 'a'}")
        for button in self._buttons:
            button.setEnabled(bool(criteria))
        kept = self._area.verticalScrollBar().value()
        for old in self._parts:
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._parts = []
        for at, criterion in enumerate(criteria):
            part: QWidget
            if at == self._at:
                part = CriterionCard(self._theme, self._actions, at + 1, criterion, 8000)
                part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
                for child in part.findChildren(QWidget):
                    child.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            else:
                part = CriterionRow(self._theme, at + 1, criterion)
                part.clicked.connect(lambda n=at: self._choose(n))
            self._parts.append(part)
            self._column.insertWidget(at, part)
        self._area.verticalScrollBar().setValue(kept)

    def reveal(self) -> None:
        """Bring the tall criterion into sight."""
        if self._at < len(self._parts):
            self._area.ensureWidgetVisible(self._parts[self._at], 0, 0)

    def _choose(self, at: int) -> None:
        self.setFocus()
        self.chosen.emit(at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up, Down, Home, End."""
        many = len(self._rubric.criteria) if self._rubric is not None else 0
        to = {
            Qt.Key.Key_Up: self._at - 1,
            Qt.Key.Key_Down: self._at + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: many - 1,
        }.get(Qt.Key(event.key()))
        if to is None:
            super().keyPressEvent(event)
        elif 0 <= to < many:
            self.chosen.emit(to)
