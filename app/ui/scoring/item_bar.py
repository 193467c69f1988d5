"""Which turn of a call is being scored, of how many; steps between them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.domain.clock import format_time
from app.ui.scoring.criterion_row import INSET
from app.ui.scoring.form_state import FormState
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label

HEIGHT = 32
STEPS = (("caret-left", -1, "Previous item"), ("caret-right", 1, "Next item"))


class ItemBar(QWidget):
    """Hidden where a form has one item only."""

    stepped = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setFixedHeight(theme.px(HEIGHT))
        row = QHBoxLayout(self)
        row.setContentsMargins(INSET, 0, INSET - 6, 0)
        row.setSpacing(6)
        self._words = Label(theme, "", "small", "t1", weight=500)
        self._count = Label(theme, "", "small", "t3")
        row.addWidget(self._words)
        row.addWidget(self._count)
        row.addStretch(1)
        for icon, step, name in STEPS:
            button = Button(theme, icon=icon, kind="quiet", compact=True, name=name)
            button.clicked.connect(lambda _=False, s=step: self.stepped.emit(s))
            row.addWidget(button)

    def show_item(self, state: FormState, rate_hz: int) -> None:
        """Name the item in focus, and how many are complete."""
        indices, item = state.item_indices, state.item
        self.setVisible(len(indices) > 1)
        if item.kind == "turn":
            when = format_time(item.span.start, rate_hz, millis=False)
            self._words.setText(f"{str(item.speaker).capitalize()} turn {item.turn_index}, {when}")
        else:
            self._words.setText("The whole call")
        full = sum(all(state.is_set(c) for c in state.cells_of(i)) for i in indices)
        at = indices.index(state.cell[0]) + 1
        self._count.setText(f"{at} of {len(indices)}, {full} complete")
