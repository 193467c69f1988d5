"""The widgets of the judge tab and how they lie; knows nothing of what they show."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.ui.review.judge_list import JudgeList
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.labels import Hairline, Label
from app.ui.widgets.segmented import Segment, Segmented

INSET_PX = 16
ORDERS = (Segment("turn", "By turn"), Segment("criterion", "By criterion"))


class JudgeParts(QWidget):
    """Order and filter, a line of words, the list; or words in place of all; at first nothing."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.list = JudgeList(theme)
        self.order = Segmented(theme, ORDERS, name="Verdicts", compact=True)
        self.notable = Button(theme, "Notable", compact=True, checkable=True)
        self.notable.setToolTip("Only the lowest level, contradictions, stale and unscored")
        self.judge = Button(theme, icon="plus", name="Judge this call", kind="quiet", compact=True)
        self.status = Label(theme, "", "label", "t3", wrap=True)
        self.empty = EmptyState(theme, "")
        self._full, self._pages = QWidget(), QStackedWidget()
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(INSET_PX, 6, INSET_PX - 6, 6)
        head.setSpacing(8)
        head.addWidget(self.order)
        head.addWidget(self.notable)
        head.addStretch(1)
        head.addWidget(self.judge)
        self.status.setContentsMargins(INSET_PX, 0, INSET_PX, 6)
        column = QVBoxLayout(self._full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.status)
        column.addWidget(Hairline(self._theme))
        column.addWidget(self.list, 1)
        for page in (QWidget(), self._full, self.empty):
            self._pages.addWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)

    def show_nothing(self) -> None:
        """Before the first answer."""
        self._pages.setCurrentIndex(0)

    def show_list(self) -> None:
        """The verdicts."""
        self._pages.setCurrentWidget(self._full)

    def show_words(self, title: str, text: str, button: str) -> None:
        """Words in place of the verdicts."""
        self.empty.set_words(title, text, button)
        self._pages.setCurrentWidget(self.empty)

    def show_notable(self, count: int) -> None:
        """How many verdicts are notable."""
        self.notable.set_text(f"{count} notable" if count else "Notable")
        self.notable.setEnabled(count > 0 or self.notable.isChecked())
