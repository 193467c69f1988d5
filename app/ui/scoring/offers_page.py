"""What waits for a rater: queues of rubric studies; without any, how else to begin."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.services.rubric_queues import QueueOffer
from app.ui.scores.line_list import Line, LineList
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.labels import Hairline, Label

LIST_PX = 560


class OffersPage(QWidget):
    """Words where nothing waits; else the list, Enter begins."""

    begun = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.words = EmptyState(
            theme,
            "No call to score",
            "Open a call in the library, then press Score call. Every key is saved at once.",
        )
        self.list = LineList(theme, "Queues that wait for you", uniform=True)
        self.list.entered_row.connect(self.begun)
        self.list.clicked.connect(lambda _i: self.begun.emit(self.list.key))
        title = Label(theme, "Calls to score", "title")
        title.setContentsMargins(Size.INSET, 24, Size.INSET, 4)
        note = Label(
            theme, "Every key is saved at once; a call can be left and gone on with. Enter begins.",
            "small", "t2", wrap=True,
        )  # fmt: skip
        note.setContentsMargins(Size.INSET, 0, Size.INSET, 12)
        holder = QWidget()
        holder.setMaximumWidth(theme.px(LIST_PX))
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (title, note, Hairline(theme)):
            column.addWidget(part)
        column.addWidget(self.list, 1)
        self._holder, self._pages = holder, QStackedWidget()
        self._pages.addWidget(self.words)
        self._pages.addWidget(holder)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)

    @property
    def has_offers(self) -> bool:
        """Whether any queue waits."""
        return bool(self.list.lines)

    def show_offers(self, offers: Sequence[QueueOffer]) -> None:
        """Show other queues."""
        lines = [_line(offer) for offer in offers]
        if tuple(lines) != self.list.lines:
            self.list.show_lines(lines, select=self.list.key)
        self._pages.setCurrentWidget(self._holder if offers else self.words)

    def say(self, title: str, text: str) -> None:
        """Words about a call that cannot be scored."""
        self.words.set_words(title, text)
        self._pages.setCurrentWidget(self.words)

    def show_list(self) -> None:
        """Back to the queues, where any wait."""
        if self.has_offers:
            self._pages.setCurrentWidget(self._holder)


def _line(offer: QueueOffer) -> Line:
    begun = f"{offer.done} done, " if offer.done else ""
    due = f", due {offer.due}" if offer.due else ""
    return Line(
        key=offer.study_id,
        title=offer.rubric,
        value=f"{offer.left} left",
        lower=((f"{offer.code}, {begun}{offer.left} calls{due}", "t3"),),
    )
