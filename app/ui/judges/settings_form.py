"""What a judge is besides its texts: title, context, way to ask, parameters."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.domain.judging import JudgeDefinition
from app.ui.judges.params_form import ParamsForm
from app.ui.judges.words import CONTEXT_WORDS, REQUEST_WORDS
from app.ui.runs.sections import OverlayArea
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.labels import Label
from app.ui.widgets.segmented import Segment, Segmented

PARAMS_NOTE = (
    "What the model is given with each request, such as temperature and max_tokens, and options "
    "of the judge, such as na_mode. Numbers, true and false are read as such."
)
RULES_NOTE = (
    "A baseline judge asks no model: rules find what they can see. Its parameters are all there "
    "is to change."
)


class SettingsForm(QWidget):
    """Emits what the person changes; knows nothing of drafts."""

    field_changed = Signal(str, str)
    params_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rules = Label(theme, RULES_NOTE, "small", "t2", wrap=True)
        self.title = QLineEdit()
        self.title.setFont(theme.font("body"))
        self.title.setAccessibleName("Title")
        self.title.setMaximumWidth(theme.px(420))
        self.title.textEdited.connect(lambda text: self.field_changed.emit("title", text.strip()))
        self.context = Segmented(
            theme, [Segment(k, w) for k, w in CONTEXT_WORDS.items()], name="What it is shown"
        )
        self.request = Segmented(
            theme, [Segment(k, w) for k, w in REQUEST_WORDS.items()], name="Requests"
        )
        self.context.chosen.connect(lambda key: self.field_changed.emit("context", key))
        self.request.chosen.connect(lambda key: self.field_changed.emit("request", key))
        self.params = ParamsForm(theme)
        self.params.changed.connect(self.params_changed)
        self._asking: list[QWidget] = []
        """What only a judge with a model has."""
        self._requests: list[QWidget] = []
        self._lay_out()

    def _lay_out(self) -> None:
        theme = self._theme
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(Size.INSET, 14, Size.INSET, Size.INSET)
        column.setSpacing(6)
        column.addWidget(self.rules)
        parts: tuple[tuple[str, QWidget, str, list[QWidget] | None], ...] = (
            ("Title", self.title, "", None),
            ("What it is shown of the call", self.context, "", self._asking),
            ("Requests", self.request, "", self._requests),
            ("Parameters", self.params, PARAMS_NOTE, None),
        )
        for title, part, note, group in parts:
            made: list[QWidget] = [Label(theme, title, "small", "t2"), part]
            if note:
                made.insert(1, Label(theme, note, "small", "t3", wrap=True))
            for widget in made:
                column.addWidget(widget)
            if group is not None:
                group += made
            column.addSpacing(12)
        column.addStretch()
        area = OverlayArea(self)
        area.setWidget(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def show_definition(self, shown: JudgeDefinition, *, editable: bool, criteria: int) -> None:
        """Show a judge; `criteria` is how many its rubric has."""
        is_llm = shown.kind == "llm"
        self.rules.setVisible(not is_llm)
        for widget in self._asking:
            widget.setVisible(is_llm)
        for widget in self._requests:
            widget.setVisible(is_llm and (criteria > 1 or shown.request == "one"))
        if self.title.text().strip() != shown.title:
            self.title.setText(shown.title)
        self.title.setReadOnly(not editable)
        self.context.set_current(shown.context)
        self.request.set_current(shown.request)
        self.context.setEnabled(editable)
        self.request.setEnabled(editable)
        self.params.show_params(shown.params, editable=editable)
