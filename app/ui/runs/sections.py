"""What the panel is put together from: an area that scrolls, sections, facts."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QScrollBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.labels import Hairline, Label

GAP_PX = 12


class OverlayArea(QScrollArea):
    """Scrolls up and down by a bar that lies over the right inset, so that nothing jumps for it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._over = QScrollBar(Qt.Orientation.Vertical, self)
        self._over.hide()
        hidden = self.verticalScrollBar()
        hidden.rangeChanged.connect(self._on_range)
        hidden.valueChanged.connect(self._over.setValue)
        self._over.valueChanged.connect(hidden.setValue)

    def _on_range(self, least: int, most: int) -> None:
        hidden = self.verticalScrollBar()
        self._over.setRange(least, most)
        self._over.setPageStep(hidden.pageStep())
        self._over.setSingleStep(hidden.singleStep())
        self._over.setValue(hidden.value())
        self._over.setVisible(most > least)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The bar keeps to the right edge."""
        super().resizeEvent(event)
        wide = self._over.sizeHint().width()
        self._over.setGeometry(self.width() - wide, 0, wide, self.height())
        self._over.raise_()


class Section(QWidget):
    """A hairline, a title with a figure, and what is put into `body`."""

    def __init__(self, theme: Theme, title: str, *, inset: bool = True) -> None:
        super().__init__()
        self.figure = Label(theme, "", "body", "t1", weight=500)
        head = QHBoxLayout()
        head.setContentsMargins(Size.INSET, 0, Size.INSET, 0)
        head.setSpacing(8)
        self._title = Label(theme, title, "body", "t1", weight=500)
        head.addWidget(self._title)
        head.addStretch()
        head.addWidget(self.figure)
        self.head = head
        self.body = QVBoxLayout()
        side = Size.INSET if inset else 0
        self.body.setContentsMargins(side, 0, side, 0)
        self.body.setSpacing(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, GAP_PX)
        layout.setSpacing(0)
        layout.addWidget(Hairline(theme))
        layout.addSpacing(GAP_PX)
        layout.addLayout(head)
        layout.addSpacing(8)
        layout.addLayout(self.body)

    def set_title(self, title: str) -> None:
        """Take another title."""
        self._title.setText(title)


class FactLabel(Label):
    """Copied exactly: mono, wrapped anywhere, selectable."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__(theme, text, "mono_small", "t1", wrap=True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def _restyle(self) -> None:
        """Without ligatures: what is copied must look as it is typed."""
        super()._restyle()
        font = self.font()
        font.setFeature(QFont.Tag("calt"), 0)
        self.setFont(font)

    def minimumSizeHint(self) -> QSize:
        """May be narrower than its longest word."""
        return QSize(40, super().minimumSizeHint().height())


class Facts(QWidget):
    """Names at the left, values in mono at the right."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[tuple[str, str], ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP_PX)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)
        theme.changed.connect(self._widen)

    def show_facts(self, facts: tuple[tuple[str, str], ...]) -> None:
        """Show other facts; a name that is empty continues the one above."""
        if facts == self._shown:
            return
        self._shown = facts
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        top = Qt.AlignmentFlag.AlignTop
        for row, (name, value) in enumerate(facts):
            self._grid.addWidget(Label(self._theme, name, "small", "t3"), row, 0, top)
            self._grid.addWidget(FactLabel(self._theme, value), row, 1, top)
        self._widen()

    def _widen(self) -> None:
        metrics = QFontMetrics(self._theme.font("small"))
        names = (metrics.horizontalAdvance(name) for name, _ in self._shown)
        self._grid.setColumnMinimumWidth(0, max(names, default=0) + 2)
