"""Changing keys: press the new key; a key that is taken where it would hold is refused."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import BadInput
from app.ui.action_specs import SCOPE_TITLES, ActionSpec
from app.ui.actions import ActionTable
from app.ui.context import UiContext
from app.ui.key_events import candidates, cap_words
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label

_MODIFIERS = frozenset(
    {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr}
)


class KeyField(QLineEdit):
    """Shows an action's keys; the next key pressed in it becomes its key."""

    def __init__(self, page: KeysPage, actions: ActionTable, spec: ActionSpec) -> None:
        super().__init__()
        self._page, self._actions, self.spec = page, actions, spec
        self.setFixedWidth(170)
        self.setAccessibleName(f"Key for {spec.text}")
        self.show_keys()

    def show_keys(self) -> None:
        """Show the keys in force."""
        self.setText("  ".join(cap_words(key) for key in self._actions.keys(self.spec.id)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the key, but leave Tab for moving on and Backspace alone for clearing."""
        key = Qt.Key(event.key())
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if key in _MODIFIERS:
            return
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            super().keyPressEvent(event)
        elif plain and key == Qt.Key.Key_Escape:
            self.show_keys()
        elif plain and key == Qt.Key.Key_Delete and self.spec.id != "library.archive":
            self._page.remap(self.spec, ())
        else:
            self._page.remap(self.spec, (candidates(event)[-1],))


class KeysPage(QWidget):
    """All actions by where they hold."""

    def __init__(self, ctx: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        theme = ctx.theme
        self._fields: dict[str, KeyField] = {}
        self.problem = Label(theme, "", "small", "danger", wrap=True)
        note = "Click a field and press the key. Delete leaves the action without a key."
        reset = Button(theme, "All back to default", compact=True)
        reset.clicked.connect(self._reset)
        head = QHBoxLayout()
        head.addWidget(Label(theme, note, "small", "t3"), 1)
        head.addWidget(reset)
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 0, 12, 0)
        grid.setVerticalSpacing(4)
        self._fill(grid)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(head)
        layout.addWidget(self.problem)
        layout.addWidget(area, 1)
        self.problem.hide()

    def _fill(self, grid: QGridLayout) -> None:
        theme, actions = self._ctx.theme, self._ctx.actions
        row, scope = 0, None
        for spec in actions.specs:
            if spec.scope != scope:
                scope = spec.scope
                heading = Label(theme, SCOPE_TITLES[scope], "small", "t2", weight=600)
                heading.setContentsMargins(0, 10 if row else 0, 0, 2)
                grid.addWidget(heading, row, 0, 1, 2)
                row += 1
            grid.addWidget(Label(theme, spec.text, "small", "t1"), row, 0)
            field = KeyField(self, actions, spec)
            field.setFont(theme.font("small"))
            self._fields[spec.id] = field
            grid.addWidget(field, row, 1)
            row += 1
        grid.setColumnStretch(0, 1)

    def remap(self, spec: ActionSpec, keys: tuple[str, ...]) -> None:
        """Give an action other keys, or say who has them."""
        try:
            self._ctx.actions.remap(spec.id, keys)
        except BadInput as error:
            self.problem.setText(f"{error.what} {error.remedy}")
            self.problem.show()
        else:
            self.problem.hide()
            self._ctx.settings.set("keys", self._ctx.actions.remapped)
        self._fields[spec.id].show_keys()

    def _reset(self) -> None:
        self._ctx.actions.reset()
        self._ctx.settings.set("keys", {})
        self.problem.hide()
        for field in self._fields.values():
            field.show_keys()
