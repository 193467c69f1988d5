"""What an import did: how many, and each file that failed with its reason."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from app.domain.imports import ImportResult
from app.ui.theme import Theme
from app.ui.widgets.labels import Label


class ResultPage(QWidget):
    """Counts above, a list to read and copy below."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summary = Label(theme, "", "title", "t1", wrap=True)
        self.list = QPlainTextEdit()
        self.list.setReadOnly(True)
        self.list.setFont(theme.font("small"))
        self.list.setAccessibleName("Files that failed, and warnings")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.summary)
        layout.addWidget(self.list, 1)

    def show_result(self, result: ImportResult) -> None:
        """Show the outcome."""
        count = len(result.imported)
        words = [f"{count} recording{'' if count == 1 else 's'} imported"]
        if result.duplicates:
            words.append(f"{len(result.duplicates)} were already here")
        if result.failed:
            words.append(f"{len(result.failed)} failed")
        self.summary.setText(", ".join(words))
        lines = [f"{Path(f.path).name}: {f.reason}" for f in result.failed]
        if result.warnings:
            lines += ["", "Worth knowing:"] if lines else []
            lines += list(result.warnings)
        self.list.setPlainText("\n".join(lines))
        self.list.setVisible(bool(lines))
