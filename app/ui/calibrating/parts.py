"""The widgets of the calibration screen and how they lie; knows nothing of what they show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.ui.calibrating.banner import Banner
from app.ui.calibrating.empty import READING, Said
from app.ui.calibrating.header import CalibrateHead
from app.ui.calibrating.judges_page import JudgesPage
from app.ui.calibrating.page import BoardPage
from app.ui.calibrating.progress_line import ProgressLine
from app.ui.widgets.empty import EmptyState

if TYPE_CHECKING:
    from app.ui.context import UiContext


class CalibrateParts(QWidget):
    """Head and banner above; below them words, or the page of a tab. Pages are made when shown."""

    acted = Signal(str)
    """The button of the words was pressed: what it does."""
    page_made = Signal(object)

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx, self._action = ctx, ""
        self.head = CalibrateHead(ctx.theme, ctx.actions)
        self.banner, self.progress = Banner(ctx.theme), ProgressLine(ctx.theme)
        self.words = EmptyState(ctx.theme, READING.title)
        self.words.acted.connect(lambda: self.acted.emit(self._action))
        self.judges = JudgesPage(ctx)
        self._made: dict[str, BoardPage] = {"judges": self.judges}
        self._pages = QStackedWidget()
        self._pages.addWidget(self.words)
        self._pages.addWidget(self.judges)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        for part in (self.head, self.progress, self.banner):
            outer.addWidget(part)
        outer.addWidget(self._pages, 1)
        self.say(READING)

    @property
    def shows_words(self) -> bool:
        """Whether words stand in place of a page."""
        return self._pages.currentWidget() is self.words

    def say(self, said: Said) -> None:
        """Words in place of the page."""
        self._action = said.action
        self.words.set_words(said.title, said.text, said.button)
        self.show_words()

    def show_words(self) -> None:
        """The words that were said last."""
        self._pages.setCurrentWidget(self.words)

    def page(self, tab: str) -> BoardPage:
        """The page of a tab."""
        if tab not in self._made:
            made = self._made[tab] = _page(tab, self._ctx)
            self._pages.addWidget(made)
            self.page_made.emit(made)
        return self._made[tab]

    @property
    def made(self) -> tuple[BoardPage, ...]:
        """Pages that were shown so far."""
        return tuple(self._made.values())

    def show_page(self, tab: str) -> BoardPage:
        """Bring a tab's page to the front."""
        page = self.page(tab)
        self._pages.setCurrentWidget(page)
        return page


def _page(tab: str, ctx: UiContext) -> BoardPage:
    if tab == "drift":
        from app.ui.calibrating.drift_page import DriftPage

        return DriftPage(ctx)
    if tab == "raters":
        from app.ui.calibrating.raters_page import RatersPage

        return RatersPage(ctx)
    from app.ui.calibrating.mos_page import MosPage

    return MosPage(ctx)
