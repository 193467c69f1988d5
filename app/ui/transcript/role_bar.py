"""Above the transcript: what its text is, and the others that the call has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.domain.text_roles import ROLE_WORDS, ROLES
from app.ui.theme import Theme
from app.ui.widgets.labels import ElidedLabel
from app.ui.widgets.segmented import Segment, Segmented

if TYPE_CHECKING:
    from app.services.shown_text import ShownText


class RoleBar(QWidget):
    """`chosen(role)` fires on a change made by the person."""

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._choices: tuple[str, ...] = ()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 4, 16, 4)
        self._row.setSpacing(10)
        self.words = ElidedLabel(theme, "", "label", "t3")
        self.roles: Segmented | None = None
        self._row.addWidget(self.words, 1)
        self.hide()

    def show_text(self, text: ShownText | None) -> None:
        """Say which text is shown."""
        self.setVisible(text is not None)
        if text is None:
            return
        if text.choices != self._choices:
            self._choices = text.choices
            if self.roles is not None:
                self.roles.hide()
                self.roles.deleteLater()
            segments = [Segment(role, ROLE_WORDS[role]) for role in ROLES if role in text.choices]
            self.roles = Segmented(self._theme, segments, name="Transcript shown", compact=True)
            self.roles.chosen.connect(self.chosen)
            self._row.insertWidget(0, self.roles)
        if self.roles is not None:
            self.roles.set_current(text.role)
        settled = []
        if text.corrected:
            settled.append(f"{len(text.corrected)} corrected")
        if text.confirmed:
            settled.append(f"{len(text.confirmed)} confirmed")
        self.words.setText(" · ".join([text.layer.name, *settled]))
