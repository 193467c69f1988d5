"""Freeze the splits: which calls teach, which choose, and which are the exam, for good."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QSpinBox, QWidget
from shiboken6 import isValid

from app.tasks.runner import Lane
from app.ui.calibrating.dialog_work import store
from app.ui.library.words import thousands
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.labels import Label
from app.ui.widgets.tick import TickBox

if TYPE_CHECKING:
    from app.services.calibrating.split_counts import Counts
    from app.services.calibrating.splits import Role
    from app.ui.context import UiContext

WIDTH_PX, SHARE_PX = 560, 84
ROLES: Mapping[Role, tuple[str, str]] = {
    "train": ("Train", "may stand in prompts as examples, and corrections are fitted on it"),
    "dev": ("Dev", "compares prompts, and corrections are fitted on it"),
    "anchor_test": ("Test, the anchors", "the exam: in no prompt and no fit, rerun to see drift"),
}
ABOUT = (
    "A call's role follows from its recording and is the same in every workspace; turns of a call "
    "stay together, and so do copies. Freezing keeps the test calls out of prompts and fits from "
    "now on. It cannot be undone, and shares cannot be changed afterwards."
)
FROZEN = "Frozen on {day}. A call keeps its role for life."
SURE = "I know that this cannot be undone"


class SplitsDialog(Dialog):
    """Accepted when the splits are frozen."""

    def __init__(self, ctx: UiContext, parent: QWidget | None) -> None:
        super().__init__(ctx.theme, "Freeze splits", parent, width=WIDTH_PX)
        self._ctx = ctx
        self._counts: Counts | None = None
        theme = ctx.theme
        self.about = Label(theme, ABOUT, "small", "t2", wrap=True)
        self.body.addWidget(self.about)
        self.body.addSpacing(6)
        self.shares: dict[Role, QSpinBox] = {}
        self.counts: dict[Role, Label] = {}
        self.body.addLayout(self._grid())
        self.sum = Label(theme, "", "small", "t3")
        self.body.addWidget(self.sum, 0, Qt.AlignmentFlag.AlignRight)
        self.sure = TickBox(theme, SURE)
        self.sure.toggled.connect(lambda _on: self._look())
        self.body.addWidget(self.sure)
        self.body.addStretch()
        self.close_button = self.add_button("Cancel", self.reject)
        self.freeze_button = self.add_button("Freeze", self.freeze, primary=True)
        self.freeze_button.setEnabled(False)
        ctx.runner.run(Lane.READ, _counts, ctx.ws, done=self._on_counts)

    def sizeHint(self) -> QSize:
        """As high as its lines need when they are broken at its width."""
        hint, layout = super().sizeHint(), self.layout()
        assert layout is not None
        return hint.expandedTo(QSize(0, layout.totalHeightForWidth(hint.width())))

    def _grid(self) -> QGridLayout:
        theme, grid = self.theme, QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 1)
        for row, (role, (name, what)) in enumerate(ROLES.items()):
            told = QWidget()
            lines = QGridLayout(told)
            lines.setContentsMargins(0, 0, 0, 0)
            lines.setVerticalSpacing(1)
            lines.addWidget(Label(theme, name, "body", weight=600), 0, 0)
            lines.addWidget(Label(theme, what, "small", "t2", wrap=True), 1, 0)
            spin = self.shares[role] = QSpinBox()
            spin.setRange(1, 98)
            spin.setSuffix(" %")
            spin.setFont(theme.font("body"))
            spin.setAlignment(Qt.AlignmentFlag.AlignRight)
            spin.setFixedWidth(theme.px(SHARE_PX))
            spin.setAccessibleName(f"Share of {name}")
            spin.valueChanged.connect(lambda _v: self._look())
            count = self.counts[role] = Label(theme, "", "small", "t2")
            count.setMinimumWidth(theme.px(120))
            count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            for column, part in enumerate((told, spin, count)):
                grid.addWidget(part, row, column)
        return grid

    def _on_counts(self, found: Counts) -> None:
        if not isValid(self):
            return
        self._counts = found
        for role, spin in self.shares.items():
            spin.blockSignals(True)
            spin.setValue(round(found.splits.shares[role] * 100))
            spin.blockSignals(False)
        frozen = found.splits.is_frozen
        if frozen:
            self.heading.setText("Splits")
            self.about.setText(FROZEN.format(day=found.splits.frozen_at[:10]))
            self.close_button.set_text("Close")
        for part in (self.sure, self.freeze_button, self.sum):
            part.setVisible(not frozen)
        for spin in self.shares.values():
            spin.setVisible(not frozen)
        self._look()
        self.resize(self.width(), self.sizeHint().height())

    def wanted(self) -> dict[Role, float]:
        """The shares in the fields."""
        return {role: spin.value() / 100 for role, spin in self.shares.items()}

    def _look(self) -> None:
        """Count under the shares in the fields, and say whether they add up."""
        found = self._counts
        if found is None:
            return
        total = sum(spin.value() for spin in self.shares.values())
        self.sum.setText(f"{total} % in all" + ("" if total == 100 else ", must be 100 %"))
        self.sum.set_token("t3" if total == 100 else "danger")
        self.freeze_button.setEnabled(total == 100 and self.sure.isChecked())
        shown = found if found.splits.is_frozen else found.of(self.wanted())
        for role, label in self.counts.items():
            n, labelled = shown.calls[role], shown.labelled[role]
            share = f"{shown.splits.shares[role] * 100:.0f} %: " if found.splits.is_frozen else ""
            label.setText(f"{share}{thousands(n)} calls, {thousands(labelled)} labelled")

    def freeze(self) -> None:
        """Freeze, with the shares in the fields."""
        self.freeze_button.setEnabled(False)
        store(self._ctx, self, _freeze, self.wanted())


def _counts(ws: Any) -> Counts:
    from app.services.calibrating import split_counts

    return split_counts.counts(ws)


def _freeze(ws: Any, viewer: Any, shares: Mapping[Role, float]) -> object:
    from app.services.calibrating import splits

    return splits.freeze(ws, viewer, shares)
