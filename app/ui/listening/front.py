"""Which page is in front, and the page between two others, which says something and waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.ui.listening.pages import Pages

if TYPE_CHECKING:
    from app.ui.listening.page import Page
    from app.ui.listening.session import ListenSession

ASK_AGAIN_MS = 2_000


class Front(QObject):
    """The page in front."""

    changed = Signal()

    def __init__(self, session: ListenSession, pages: Pages, parent: QObject) -> None:
        super().__init__(parent)
        self.page: Page = pages.list
        self._session, self._part = session, pages.part
        self._then: Callable[[], None] | None = None
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(ASK_AGAIN_MS)
        self._again.timeout.connect(self._go_on)
        pages.part.passed.connect(self._go_on)
        session.tick.connect(lambda: self.page.tick())

    def show(self, page: Page) -> None:
        """Bring a page to the front."""
        self._again.stop()
        if page is not self.page:
            self.page.depart()
            self.page = page
        self.changed.emit()

    def say(
        self, heading: str, words: str, then: Callable[[], None] | None, button: str = "Go on", *,
        by_itself: bool = False,
    ) -> None:  # fmt: skip
        """Say something and go on when Enter is pressed, or by itself after a while.

        Without `then` there is nothing to press until something else is said.
        """
        self._part.show_words(heading, words, button)
        self._part.go.setEnabled(then is not None)
        self._then = then
        self.show(self._part)
        if by_itself:
            self._again.start()

    def _go_on(self) -> None:
        if self._then is not None and not self._session.is_busy and self.page is self._part:
            self._then()
