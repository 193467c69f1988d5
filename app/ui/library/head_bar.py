"""The library's header: title, search box, what was found, Save view, Import."""

from __future__ import annotations

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.ui.actions import ActionTable
from app.ui.library.search_box import SearchBox
from app.ui.library.words import calls_words, long_duration, thousands
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import ElidedLabel, Label


class HeadBar(QWidget):
    """44 px."""

    import_asked = Signal()
    save_asked = Signal()

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._title = Label(theme, "Library", "title")
        self.search = SearchBox(theme, actions)
        self._found = ElidedLabel(theme, "", "body", "t2")
        self._found.setMinimumWidth(40)
        self.save = Button(
            theme, "Save view", kind="quiet", action="library.save_view", actions=actions
        )
        self.bring = Button(theme, "Import", icon="download-simple", kind="primary")
        self.bring.setToolTip(actions.tip("import.files"))
        self.save.clicked.connect(self.save_asked)
        self.bring.clicked.connect(self.import_asked)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(Size.INSET, 0, Size.INSET, 1)
        layout.setSpacing(12)
        layout.addWidget(self._title)
        layout.addSpacing(6)
        layout.addWidget(self.search)
        layout.addWidget(self._found, 1)
        layout.addWidget(self.save)
        layout.addWidget(self.bring)
        self._resize()
        theme.changed.connect(self._resize)

    def _resize(self) -> None:
        self.setFixedHeight(self._theme.px(Size.HEADER))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The box takes its share of the width."""
        super().resizeEvent(event)
        self.search.setFixedWidth(max(280, min(760, self.width() * 46 // 100)))

    def show_found(self, count: int, everything: int, duration_ms: int) -> None:
        """How many calls of how many, and how long together."""
        of = "" if count == everything else f" of {calls_words(everything)}"
        number = calls_words(count) if not of else thousands(count)
        self._found.set_token("t2")
        self._found.setText(f"{number}{of}, {long_duration(duration_ms)}")

    def show_problem(self, words: str) -> None:
        """Why the query cannot be read."""
        self._found.set_token("danger")
        self._found.setText(words)

    def show_empty(self, *, is_empty: bool) -> None:
        """Without calls there is nothing to search or save, and importing is done below."""
        self.search.set_usable(usable=not is_empty)
        self.save.setVisible(not is_empty)
        if is_empty:
            self._found.setText("")
        self.bring.set_kind("plain" if is_empty else "primary")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill, hairline below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("bg1"))
        line = QRect(0, self.height() - 1, self.width(), 1)
        painter.fillRect(line, self._theme.color("line1"))
