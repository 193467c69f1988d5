"""What a judge is besides its texts: title, context, parameters."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.domain.judging import JudgeDefinition
from app.ui.judges.params_form import ParamsForm
from app.ui.judges.words import CONTEXT_WORDS
from app.ui.runs.sections import OverlayArea
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.labels import Label
from app.ui.widgets.segmented import Segment, Segmented

PARAMS_NOTE = (
    "What the model is given with each request, such as temperature and max_tokens, and options "
    "of the judge, such as na_mode. Numbers, true and false are read as such."
)
RULE_PARAMS_NOTE = "What the rules go by. Numbers, true and false are read as such."
RULES_NOTE = (
    "A baseline judge asks no model: rules find what they can see. Its title and its parameters "
    "are all there is to change."
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
        self.context.chosen.connect(lambda key: self.field_changed.emit("context", key))
        self.params = ParamsForm(theme)
        self.params.changed.connect(self.params_changed)
        self.note = Label(theme, "", "small", "t3", wrap=True)
        self._context = self._block("What it is shown of the call", self.context)
        self._lay_out()

    def _block(self, title: str, *parts: QWidget) -> QWidget:
        block = QWidget()
        column = QVBoxLayout(block)
        column.setContentsMargins(0, 0, 0, 12)
        column.setSpacing(6)
        column.addWidget(Label(self._theme, title, "small", "t2"))
        for part in parts:
            column.addWidget(part)
        return block

    def _lay_out(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(Size.INSET, 14, Size.INSET, Size.INSET)
        column.setSpacing(6)
        for part in (
            self.rules,
            self._block("Title", self.title),
            self._context,
            self._block("Parameters", self.note, self.params),
        ):
            column.addWidget(part)
        column.addStretch()
        area = OverlayArea(self)
        area.setWidget(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def show_definition(self, shown: JudgeDefinition, *, editable: bool) -> None:
        """Show a judge."""
        is_llm = shown.kind == "llm"
        self.rules.setVisible(not is_llm)
        self._context.setVisible(is_llm)
        self.note.setText(PARAMS_NOTE if is_llm else RULE_PARAMS_NOTE)
        if self.title.text().strip() != shown.title:
            self.title.setText(shown.title)
        self.title.setReadOnly(not editable)
        self.context.set_current(shown.context)
        # Not disabled while it is read: what it says must stay legible.
        self.context.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not editable)
        keys = Qt.FocusPolicy.TabFocus if editable else Qt.FocusPolicy.NoFocus
        self.context.setFocusPolicy(keys)
        self.params.show_params(shown.params, editable=editable)
