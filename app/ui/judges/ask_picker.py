"""Which call a judge is tried on, which turn of it, and whom to ask."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QGridLayout, QLineEdit, QWidget

from app.domain.endpoints import EndpointProfile
from app.ui.judges.trying import AskChoice, CallChoice
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.labels import Label

PAUSE_MS = 350
NO_ENDPOINT = "No endpoint yet"
NAME_PX = 62


class AskPicker(QWidget):
    """Fields in two columns. Emits; decides nothing."""

    call_changed = Signal()
    ask_changed = Signal()
    endpoint_changed = Signal()
    entered = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._profiles: tuple[EndpointProfile, ...] = ()
        self.call, self.other = self._edit("Call", "code"), self._edit("Other call", "code")
        self.ask, self.endpoint, self.model = QComboBox(), QComboBox(), QComboBox()
        self.model.setEditable(True)
        self._rows: dict[str, tuple[Label, QWidget]] = {}
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.call_changed)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, (name, field) in enumerate(
            (
                ("Call", self.call),
                ("Other", self.other),
                ("What", self.ask),
                ("Endpoint", self.endpoint),
                ("Model", self.model),
            )
        ):
            self._add(grid, row, name, field)
        for edit in (self.call, self.other):
            edit.textEdited.connect(lambda _text: self._pause.start())
            edit.returnPressed.connect(self._now)
        self.ask.activated.connect(lambda _at: self.ask_changed.emit())
        self.endpoint.activated.connect(lambda _at: self._on_endpoint())
        line = self.model.lineEdit()
        if line is not None:
            line.returnPressed.connect(self.entered)
        self.show_pair(pair=False)

    def _edit(self, name: str, hint: str) -> QLineEdit:
        edit = QLineEdit()
        edit.setAccessibleName(name)
        edit.setPlaceholderText(hint)
        return edit

    def _add(self, grid: QGridLayout, row: int, name: str, field: QWidget) -> None:
        theme = self._theme
        label = Label(theme, name, "small", "t2")
        label.setMinimumWidth(theme.px(NAME_PX))
        field.setFont(theme.font("body"))
        field.setMinimumHeight(theme.px(Size.CONTROL))
        field.setAccessibleName(name)
        if isinstance(field, QComboBox):
            policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            field.setSizeAdjustPolicy(policy)
            field.setMinimumContentsLength(8)
        grid.addWidget(label, row, 0)
        grid.addWidget(field, row, 1)
        self._rows[name] = (label, field)

    def _show_row(self, name: str, *, shown: bool) -> None:
        for widget in self._rows[name]:
            widget.setVisible(shown)

    def _now(self) -> None:
        self._pause.stop()
        self.call_changed.emit()

    def show_pair(self, *, pair: bool) -> None:
        """A pair needs a second call."""
        self._show_row("Other", shown=pair)

    def show_llm(self, *, llm: bool) -> None:
        """Rules need neither endpoint nor model."""
        for name in ("What", "Endpoint", "Model"):
            self._show_row(name, shown=llm)

    def show_calls(self, calls: Sequence[CallChoice]) -> None:
        """Offer calls by code or title; the first is taken where none was chosen."""
        from PySide6.QtCore import QStringListModel, Qt

        for edit in (self.call, self.other):
            completer = QCompleter(edit)
            completer.setModel(QStringListModel([f"{c.code}  {c.title}" for c in calls], edit))
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.activated.connect(lambda _text: self._pause.start())
            edit.setCompleter(completer)
        if calls and not self.call.text().strip():
            self.call.setText(calls[0].code)

    @property
    def codes(self) -> tuple[str, str]:
        """Codes of the call and of the other one; a title after a code is dropped."""
        found = []
        for edit in (self.call, self.other):
            words = edit.text().split()
            found.append(words[0] if words else "")
        return found[0], found[1]

    def show_asks(self, asks: Sequence[AskChoice]) -> None:
        """Offer what can be asked about; the same place in the list stays chosen."""
        at = max(0, self.ask.currentIndex())
        self.ask.clear()
        for ask in asks:
            self.ask.addItem(ask.label)
        self.ask.setCurrentIndex(min(at, len(asks) - 1))
        self.ask.setEnabled(bool(asks))

    @property
    def ask_index(self) -> int:
        """Place of the chosen ask in the plan; −1 for none."""
        return self.ask.currentIndex()

    def show_endpoints(self, profiles: Sequence[EndpointProfile], models: Sequence[str]) -> None:
        """Offer endpoints; `models` are known of the chosen one."""
        name, typed = self.endpoint_name, self.model.currentText()
        self._profiles = tuple(profiles)
        self.endpoint.clear()
        for profile in profiles:
            self.endpoint.addItem(profile.name)
        if not profiles:
            self.endpoint.addItem(NO_ENDPOINT)
        self.endpoint.setEnabled(bool(profiles))
        at = self.endpoint.findText(name)
        self.endpoint.setCurrentIndex(max(0, at))
        if at >= 0 and typed:
            self.model.setEditText(typed)
        else:
            self._on_endpoint()
        if models:
            self.show_models(models)

    def show_models(self, models: Sequence[str]) -> None:
        """Offer models; what is typed stays."""
        typed = self.model.currentText()
        self.model.clear()
        self.model.addItems(list(models))
        self.model.setEditText(typed or (models[0] if models else ""))

    def _on_endpoint(self) -> None:
        at = self.endpoint.currentIndex()
        if 0 <= at < len(self._profiles):
            self.model.clear()
            self.model.setEditText(self._profiles[at].model)
        self.endpoint_changed.emit()

    @property
    def endpoint_name(self) -> str:
        """The endpoint; empty where there is none."""
        at = self.endpoint.currentIndex()
        return self._profiles[at].name if 0 <= at < len(self._profiles) else ""
