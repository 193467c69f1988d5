"""Base of what stands in a pane: one part of a cell, drawn, with the words around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.services.calibrating.detail import Part, Source
from app.ui.theme import Theme


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Words around a plot.

    Attributes:
        under: beside the title: what it is of, n.
        caption: below: how intervals were made, what lines mean.
        said: the whole in a sentence or two, for who cannot see it.
        reason: why there is no plot; it then stands in its place.
    """

    under: str = ""
    caption: str = ""
    said: str = ""
    reason: str = ""


class Panel(QWidget):
    """Subclasses draw a part into `body` and say what is around it."""

    key: ClassVar[str] = ""
    title: ClassVar[str] = ""
    short: ClassVar[str] = ""
    """Its name in the chooser."""

    asked = Signal(object)
    """Which items' votes shall be shown: a `Wanted`."""
    words_changed = Signal(str)
    """What is chosen in the plot, in words; empty for nothing."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)

    def show_part(self, source: Source, part: Part) -> Told:
        """Draw a part."""
        raise NotImplementedError
