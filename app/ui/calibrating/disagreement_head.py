"""The head of the list of disagreements: how many, in which order, the way to the large view."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QWidget

from app.ui.actions import ActionTable
from app.ui.calibrating.disagreement_acts import DisagreementActs
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import ElidedLabel, Label

HEAD_PX = 36


class DisagreementHead(QWidget):
    """36 px."""

    large_asked = Signal()

    def __init__(
        self, theme: Theme, actions: ActionTable, acts: DisagreementActs, *, large: bool = True
    ) -> None:
        """`large` says whether there is a larger view to go to."""
        super().__init__()
        self._theme, self._acts = theme, acts
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.count = ElidedLabel(theme, "", "small", "t2")
        self.order = Button(
            theme, icon="sort-ascending", kind="quiet", compact=True, action="differ.order",
            actions=actions, name="Order by",
        )  # fmt: skip
        self.order.clicked.connect(self._ask_order)
        self.export = Button(
            theme, icon="export", kind="quiet", compact=True, action="differ.export",
            actions=actions, name="Write the list as CSV",
        )  # fmt: skip
        self.export.clicked.connect(lambda: acts.ask_export(self))
        self.large = Button(
            theme, "Open list", kind="quiet", compact=True, action="differ.large", actions=actions
        )
        self.large.clicked.connect(self.large_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(Size.INSET, 0, Size.INSET - 8, 0)
        row.setSpacing(4)
        row.addWidget(Label(theme, "Disagreements", "body", weight=600))
        row.addSpacing(4)
        row.addWidget(self.count, 1)
        for button in (self.order, self.export, self.large):
            row.addWidget(button)
        if not large:
            self.large.hide()
        acts.listed.connect(self._show)
        theme.changed.connect(self._resize)
        self._resize()
        self._show()

    def _resize(self) -> None:
        self.setFixedHeight(self._theme.px(HEAD_PX))

    def _show(self) -> None:
        told = self._acts.listing
        count = 0 if told is None else len(told.rows)
        by = "surprise" if self._acts.order not in self._acts.orders else self._acts.order
        words = f"{count} item{'' if count == 1 else 's'}, by {by}"
        self.count.setText(words if told is not None else "")
        for button in (self.order, self.export, self.large):
            button.setEnabled(count > 0)

    def _ask_order(self) -> None:
        menu = QMenu(self)
        for order in self._acts.orders:
            words = {"surprise": "Surprise", "spread": "Spread among people"}.get(
                order, order.capitalize()
            )
            made = menu.addAction(words, partial(self._acts.order_by, order))
            made.setCheckable(True)
            made.setChecked(order == self._acts.order)
        menu.popup(self.order.mapToGlobal(self.order.rect().bottomLeft()))
