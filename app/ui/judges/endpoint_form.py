"""The fields of one endpoint: where it is, how it is asked, how much at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.endpoints import EndpointProfile
from app.domain.errors import BadInput
from app.ui.judges.key_field import KeyField
from app.ui.judges.presets import BY_KEY, PRESETS, preset_of
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label
from app.ui.widgets.segmented import Segment, Segmented

NUMBERS = (
    ("timeout_s", "Timeout", "s"),
    ("retries", "Retries", ""),
    ("concurrency", "At a time", "requests"),
    ("rpm", "Limit", "requests/min"),
    ("tpm", "Limit", "tokens/min"),
)
OPTIONAL = frozenset({"rpm", "tpm"})
NAMES = {
    "timeout_s": "Timeout", "retries": "Retries", "concurrency": "Requests at a time",
    "rpm": "Requests a minute", "tpm": "Tokens a minute",
}  # fmt: skip


class EndpointForm(QWidget):
    """Fields in two columns; `profile()` reads them."""

    changed = Signal()
    models_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.preset = Segmented(theme, [Segment(p.key, p.title) for p in PRESETS], name="Server")
        self.name, self.address = self._edit("Name"), self._edit("Address")
        self.address.setPlaceholderText("https://host/v1")
        self.note = Label(theme, "", "small", "t3", wrap=True)
        self.key = KeyField(theme)
        self.model = QComboBox()
        self.model.setEditable(True)
        self.model.setFont(theme.font("body"))
        self.model.setAccessibleName("Model")
        self.model.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.fetch = Button(theme, "List models")
        self.fetch.setToolTip("Ask the endpoint which models it has")
        self.numbers = {key: self._number(NAMES[key]) for key, _, _ in NUMBERS}
        self._wire()
        self._lay_out()

    def _edit(self, name: str) -> QLineEdit:
        edit = QLineEdit()
        edit.setFont(self._theme.font("body"))
        edit.setAccessibleName(name)
        return edit

    def _number(self, name: str) -> QLineEdit:
        edit = self._edit(name)
        edit.setFixedWidth(self._theme.px(84))
        edit.setPlaceholderText("none")
        return edit

    def _wire(self) -> None:
        self.preset.chosen.connect(self._on_preset)
        for edit in (self.name, self.address, *self.numbers.values()):
            edit.textEdited.connect(lambda _text: self.changed.emit())
        self.address.textEdited.connect(lambda _text: self._show_preset())
        self.key.changed.connect(self.changed)
        self.model.editTextChanged.connect(lambda _text: self.changed.emit())
        self.fetch.clicked.connect(self.models_asked)

    def _lay_out(self) -> None:
        theme = self._theme
        model = QHBoxLayout()
        model.setContentsMargins(0, 0, 0, 0)
        model.setSpacing(6)
        model.addWidget(self.model, 1)
        model.addWidget(self.fetch)
        left = QVBoxLayout()
        left.setSpacing(6)
        for title, part in (
            ("Name", self.name), ("Address, up to and with /v1", self.address),
            ("Key", self.key), ("Model that runs take unless told otherwise", model),
        ):  # fmt: skip
            left.addWidget(Label(theme, title, "small", "t2"))
            if isinstance(part, QWidget):
                left.addWidget(part)
            else:
                left.addLayout(part)
            left.addSpacing(6)
        left.addStretch()
        right = QVBoxLayout()
        right.setSpacing(6)
        right.addWidget(Label(theme, "How it is asked", "small", "t2"))
        right.addLayout(self._numbers())
        right.addStretch()
        self.side = right
        columns = QHBoxLayout()
        columns.setSpacing(32)
        columns.addLayout(left, 3)
        columns.addLayout(right, 2)
        top = QVBoxLayout(self)
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(6)
        top.addWidget(Label(theme, "Server", "small", "t2"))
        top.addWidget(self.preset)
        top.addWidget(self.note)
        top.addSpacing(6)
        top.addLayout(columns, 1)

    def _numbers(self) -> QGridLayout:
        theme = self._theme
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(2, 1)
        for row, (key, title, unit) in enumerate(NUMBERS):
            label = Label(theme, title, "small", "t3")
            label.setMinimumSize(theme.px(64), theme.px(Size.CONTROL))
            grid.addWidget(label, row, 0)
            grid.addWidget(self.numbers[key], row, 1)
            grid.addWidget(Label(theme, unit, "small", "t3"), row, 2)
        return grid

    # values -------------------------------------------------------------------------------------

    def show_profile(self, profile: EndpointProfile) -> None:
        """Show an endpoint as it is stored."""
        numbers = {key: getattr(profile, key) for key in self.numbers}
        self.show_state(
            {
                "name": profile.name,
                "address": profile.base_url,
                "key": profile.key_ref,
                "model": profile.model,
                **{k: "" if v is None else f"{v:g}" for k, v in numbers.items()},
            }
        )

    @property
    def state(self) -> dict[str, str]:
        """What stands in the fields, whether it can be stored or not."""
        return {
            "name": self.name.text(),
            "address": self.address.text(),
            "key": self.key.reference,
            "model": self.model.currentText(),
            **{key: edit.text() for key, edit in self.numbers.items()},
        }

    def show_state(self, state: Mapping[str, str]) -> None:
        """Put texts into the fields."""
        self.blockSignals(True)  # what is shown is no change
        self.name.setText(state["name"])
        self.address.setText(state["address"])
        self.key.show_reference(state["key"], state["name"])
        self.model.clear()
        self.model.setEditText(state["model"])
        for key, edit in self.numbers.items():
            edit.setText(state[key])
        self._show_preset()
        self.blockSignals(False)

    def offer_models(self, models: Sequence[str]) -> None:
        """Offer what the endpoint has; what was typed stays."""
        typed = self.model.currentText()
        self.model.blockSignals(True)  # the same text is no change
        self.model.clear()
        self.model.addItems(list(models))
        self.model.setEditText(typed)
        self.model.blockSignals(False)

    def show_models(self, models: Sequence[str]) -> None:
        """Offer what the endpoint was asked for, opened."""
        self.offer_models(models)
        if models:
            self.model.showPopup()

    def _show_preset(self) -> None:
        preset = preset_of(self.address.text())
        self.preset.set_current(preset.key)
        self.note.setText(preset.note)

    def _on_preset(self, key: str) -> None:
        preset = BY_KEY[key]
        known = {p.title.lower().replace(" ", "-") for p in PRESETS} | {"endpoint", ""}
        if self.name.text().strip() in known and key != "other":
            self.name.setText(preset.title.lower().replace(" ", "-"))
        self.address.setText(preset.base_url)
        self.key.show_reference(preset.key_ref, self.name.text().strip())
        self.numbers["concurrency"].setText(str(preset.concurrency))
        self.note.setText(preset.note)
        self.changed.emit()

    def profile(self) -> EndpointProfile:
        """The endpoint as it stands.

        Raises:
            BadInput: a field cannot be so; says which.
        """
        name, address = self.name.text().strip(), self.address.text().strip().rstrip("/")
        if not name:
            raise BadInput("The endpoint needs a name.", "Runs and prices call it by that.")
        if not address.startswith(("http://", "https://")):
            raise BadInput("The address begins with http:// or https://.", "Up to and with /v1.")
        found = {key: self._read(key) for key in self.numbers}
        return EndpointProfile(
            name=name,
            base_url=address,
            key_ref=self.key.reference,
            model=self.model.currentText().strip(),
            timeout_s=found["timeout_s"] or 60.0,
            retries=int(found["retries"] or 0),
            concurrency=int(found["concurrency"] or 1),
            rpm=found["rpm"],
            tpm=found["tpm"],
        )

    def _read(self, key: str) -> float | None:
        text = self.numbers[key].text().strip().replace(",", ".")
        if not text and key in OPTIONAL:
            return None
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        least = 0 if key == "retries" else 1
        whole = key in ("retries", "concurrency")
        if not least <= value < 1e9 or (whole and value != int(value)):
            kind = "a whole number" if whole else "a number"
            raise BadInput(f"{NAMES[key]} is {kind} from {least} on, not “{text}”.")
        return value
