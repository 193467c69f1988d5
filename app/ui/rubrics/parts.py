"""The widgets of the rubric editor and how they lie; knows nothing of what they show."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.ui.actions import ActionTable
from app.ui.rubrics.editor import RubricEditor
from app.ui.rubrics.head_bar import RubricsHead
from app.ui.rubrics.preview import FormPreview
from app.ui.rubrics.rubric_list import RubricList
from app.ui.theme import Theme
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.labels import Hairline
from app.ui.widgets.splitter import LineSplitter

LIST_PX, EDITOR_PX, FORM_PX = 250, 500, 466


class RubricsParts(QWidget):
    """Head; below it list, fields, form. Or words in place of all."""

    def __init__(self, theme: Theme, actions: ActionTable) -> None:
        super().__init__()
        self._theme = theme
        self.head = RubricsHead(theme, actions)
        self.list = RubricList(theme, actions)
        self.editor = RubricEditor(theme)
        self.preview = FormPreview(theme, actions)
        self.words = EmptyState(
            theme, "Leads edit rubrics", "What you are asked is on the form that you score with.",
            button="Back to scoring",
        )  # fmt: skip
        self.split = LineSplitter(theme)
        self._full, self._pages = QWidget(), QStackedWidget()
        self._lay_out()

    def _lay_out(self) -> None:
        theme = self._theme
        for at, (part, width) in enumerate(
            ((self.list, LIST_PX), (self.editor, EDITOR_PX), (self.preview, FORM_PX))
        ):
            part.setMinimumWidth(theme.px(width * 0.7))
            self.split.addWidget(part)
            self.split.setStretchFactor(at, (0, 3, 2)[at])
        self.split.setSizes([LIST_PX, EDITOR_PX, FORM_PX])
        column = QVBoxLayout(self._full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(Hairline(theme))
        column.addWidget(self.split, 1)
        self._pages.addWidget(self.words)
        self._pages.addWidget(self._full)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)

    def show_full(self, *, shown: bool) -> None:
        """List, fields and form; or words in their place."""
        self._pages.setCurrentWidget(self._full if shown else self.words)
