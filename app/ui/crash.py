"""Tells the person about an error of ours, with the words to report it."""

from __future__ import annotations

import traceback

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.services import places
from app.ui.theme import Theme
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.labels import Label


class CrashDialog(Dialog):
    """What happened, that the work is saved, and the report to copy."""

    def __init__(self, theme: Theme, error: BaseException, parent: QWidget | None) -> None:
        super().__init__(theme, "Something went wrong inside Callbench", parent, width=640)
        words = (
            "What you scored and wrote up to now is saved. You can go on; if it happens again, "
            "restart the program. The report below helps to mend it."
        )
        self.body.addWidget(Label(theme, words, "body", "t2", wrap=True))
        self.report = report_of(error)
        text = QPlainTextEdit(self.report)
        text.setReadOnly(True)
        text.setFont(theme.font("mono_small"))
        text.setMinimumHeight(200)
        text.setAccessibleName("Report")
        self.body.addWidget(text)
        self.body.addWidget(Label(theme, f"Log: {places.log_path()}", "small", "t3", wrap=True))
        self.add_button("Copy report", self._copy, icon="copy")
        self.add_button("Go on", self.accept, primary=True)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report)


def report_of(error: BaseException) -> str:
    """Version and traceback as plain text."""
    trace = "".join(traceback.format_exception(error))
    return f"Callbench {places.version()}\n\n{trace}"
