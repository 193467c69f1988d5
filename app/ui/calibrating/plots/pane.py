"""A pane of the detail area: title, plot or the reason why there is none, caption, export."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QCursor
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from app.services.calibrating.detail import Part, Source
from app.ui.calibrating.plots.panel import Panel
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import ElidedLabel, Label

CAPTION_LINES = 3


class Pane(QWidget):
    """Frames one panel at a time; `save_asked` tells the ending of the file that is wanted."""

    save_asked = Signal(str)

    def __init__(self, theme: Theme, panel: Panel) -> None:
        super().__init__()
        self._theme, self.panel = theme, panel
        self._caption_words = self._said = ""
        self.title = Label(theme, panel.title, "body", weight=600)
        self.under = ElidedLabel(theme, "", "small", "t3")
        self.more = Button(theme, icon="export", kind="quiet", compact=True, name="Export the plot")
        self.more.clicked.connect(self.ask_format)
        self.reason = Label(theme, "", "small", "t2", wrap=True)
        self.reason.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
        self.reason.setContentsMargins(24, 0, 24, 0)
        self.caption = Label(theme, "", "label", "t3", wrap=True)
        self.caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.stack = QStackedWidget()
        self.stack.addWidget(panel)
        self.stack.addWidget(self.reason)
        self.stack.setCurrentIndex(1)
        self._lay_out()
        panel.words_changed.connect(self._say)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(Size.INSET, 6, 8, 4)
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.under, 1)
        head.addWidget(self.more)
        below = QHBoxLayout()
        below.setContentsMargins(Size.INSET, 4, Size.INSET, 8)
        below.addWidget(self.caption)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.stack, 1)
        column.addLayout(below)

    def show_part(self, source: Source, part: Part) -> None:
        """Draw a part, or say why it cannot be drawn."""
        told = self.panel.show_part(source, part)
        self.under.setText("" if told.reason else told.under)
        self._caption_words = "" if told.reason else told.caption
        self.caption.setText(self._caption_words)
        self.reason.setText(told.reason)
        self.stack.setCurrentIndex(1 if told.reason else 0)
        self.more.setEnabled(not told.reason)
        self._said = told.reason or told.said
        self.panel.setAccessibleName(self.panel.title)
        self._describe(self._said)

    def show_words(self, words: str) -> None:
        """Words in place of a plot."""
        self.reason.setText(words)
        self.under.setText("")
        self.caption.setText("")
        self.more.setEnabled(False)
        self.stack.setCurrentIndex(1)

    def _describe(self, words: str) -> None:
        """For who cannot see the plot."""
        self.panel.setAccessibleDescription(words)
        focused = self.panel.focusProxy()
        if focused is not None:
            focused.setAccessibleDescription(words)

    def _say(self, words: str) -> None:
        self._describe(words or self._said)
        self.caption.setText(f"{words}\n{self._caption_words}" if words else self._caption_words)

    def ask_format(self) -> None:
        """Offer the formats of a file."""
        if self.stack.currentIndex():
            return
        menu = QMenu(self)
        for ending, words in (("png", "Save as PNG"), ("svg", "Save as SVG")):
            act = QAction(words, menu)
            act.triggered.connect(lambda _=False, e=ending: self.save_asked.emit(e))
            menu.addAction(act)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        under = self.more.mapToGlobal(self.more.rect().bottomLeft())
        menu.popup(under if self.more.isVisible() else QCursor.pos())
