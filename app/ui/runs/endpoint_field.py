"""Where judges are asked: an endpoint, and the model there, typed or picked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.endpoints import EndpointProfile
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label

NONE_YET = "No endpoint is set up. Judges that ask a model need one; baselines do not."
SENT = "The calls' words are sent to {address}."
HEARD = "The calls' words and sound are sent to {address}."
NOBODY = "Nothing is sent anywhere: baselines judge by rules."
MODEL_HINT = "model"


class EndpointField(QWidget):
    """Without endpoints it says so, and offers to set one up."""

    changed = Signal()
    setup_asked = Signal()
    models_asked = Signal(object)
    """List the models of this profile."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._profiles: tuple[EndpointProfile, ...] = ()
        self._is_needed, self._hears = True, False
        self.endpoint, self.model = QComboBox(), QComboBox()
        self.endpoint.setAccessibleName("Endpoint")
        self.model.setAccessibleName("Model")
        self.model.setEditable(True)
        self.model.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        for box in (self.endpoint, self.model):
            box.setFont(theme.font("body"))
            box.setMinimumHeight(theme.px(Size.CONTROL))
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
        self.list = Button(theme, "List models")
        self.list.setToolTip("Ask the endpoint which models it has")
        self.setup = Button(theme, "Set up an endpoint")
        self.note = Label(theme, "", "small", "t3", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.model, 1)
        row.addWidget(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.endpoint)
        column.addLayout(row)
        column.addWidget(self.note)
        column.addWidget(self.setup)
        self.endpoint.activated.connect(self._on_endpoint)
        self.model.editTextChanged.connect(lambda _text: self.changed.emit())
        self.list.clicked.connect(lambda: self.models_asked.emit(self.profile))
        self.setup.clicked.connect(self.setup_asked)
        self.show_endpoints((), "", "")

    @property
    def profile(self) -> EndpointProfile | None:
        """The chosen endpoint."""
        at = self.endpoint.currentIndex()
        return self._profiles[at] if 0 <= at < len(self._profiles) else None

    @property
    def model_name(self) -> str:
        """As typed or picked."""
        return self.model.currentText().strip()

    def show_endpoints(self, profiles: Sequence[EndpointProfile], chosen: str, model: str) -> None:
        """Offer endpoints, with what was chosen last."""
        self._profiles = tuple(profiles)
        self.endpoint.clear()
        self.endpoint.addItems([profile.name for profile in profiles])
        at = max(0, self.endpoint.findText(chosen))
        self.endpoint.setCurrentIndex(at if profiles else -1)
        is_same = self.profile is not None and self.profile.name == chosen
        self._fill(model if is_same else "")
        for widget in (self.endpoint, self.model, self.list):
            widget.setVisible(bool(profiles))
        self.setup.setVisible(not profiles)

    def show_need(self, *, needed: bool, hears: bool) -> None:
        """Whether anything is asked of a model, and whether it is sent sound."""
        self._is_needed, self._hears = needed, hears
        for widget in (self.endpoint, self.model, self.list):
            widget.setEnabled(needed)
        self._say()

    def show_models(self, models: Sequence[str]) -> None:
        """Offer models; what is typed stays."""
        typed = self.model_name
        self.model.clear()
        self.model.addItems(list(models))
        self.model.setEditText(typed or (models[0] if models else ""))

    def _on_endpoint(self) -> None:
        self._fill("")
        self.changed.emit()

    def _fill(self, model: str) -> None:
        profile = self.profile
        self.model.clear()
        self.model.setEditText(model or (profile.model if profile is not None else ""))
        self._say()

    def _say(self) -> None:
        profile = self.profile
        if profile is None:
            self.note.setText(NONE_YET)
        elif not self._is_needed:
            self.note.setText(NOBODY)
        else:
            words = HEARD if self._hears else SENT
            self.note.setText(words.format(address=profile.base_url))
