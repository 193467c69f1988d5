"""What came of making copies: how many, and why some could not be made."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.services.perturbing import Perturbed
from app.ui.library.words import thousands
from app.ui.theme import Theme
from app.ui.widgets.labels import Label

MOST_FAILURES = 8


class OutcomePage(QWidget):
    """Words in the middle of the dialog."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.told = Label(theme, "", "body", "t1", wrap=True)
        self.failures = Label(theme, "", "small", "t2", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addStretch(2)
        column.addWidget(self.told)
        column.addWidget(self.failures)
        column.addStretch(3)

    def show_counts(self, result: Perturbed) -> None:
        """How many copies there are now."""
        made, known, failed = len(result.made), len(result.known), len(result.failed)
        self.told.setText(
            f"{thousands(made)} cop{'y' if made == 1 else 'ies'} made, {thousands(known)} known "
            f"already, {thousands(failed)} failed."
        )

    def show_failures(self, result: Perturbed, codes: Mapping[str, str]) -> None:
        """Why the first of those that failed did; `codes` names them."""
        lines = [f"{codes.get(i, i)}: {why}" for i, why in result.failed[:MOST_FAILURES]]
        if len(result.failed) > MOST_FAILURES:
            lines.append(f"and {thousands(len(result.failed) - MOST_FAILURES)} more.")
        self.failures.setText("\n".join(lines))
