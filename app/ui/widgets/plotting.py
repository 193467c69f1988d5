"""A plot in the theme's colours. The plotting library is imported when the first one is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.errors import EnvironmentFault
from app.ui.theme import Theme

LABELLED_PX, TICKS_PX = 40, 22
"""Height of the lower axis with and without words."""


def svg_of(widget: QWidget, title: str) -> bytes:
    """A widget as a drawing, by Qt: the plotting library's own exporter fails on some paths."""
    from PySide6.QtCore import QBuffer, QIODevice, QPoint
    from PySide6.QtGui import QPainter
    from PySide6.QtSvg import QSvgGenerator

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    made = QSvgGenerator()
    made.setOutputDevice(buffer)
    made.setSize(widget.size())
    made.setResolution(widget.logicalDpiX())  # else ticks lie where no value is
    made.setViewBox(widget.rect())
    made.setTitle(title)
    painter = QPainter(made)
    painter.fillRect(widget.rect(), widget.palette().window())
    QWidget.render(widget, painter, QPoint(0, 0))  # a view of graphics has another `render`
    painter.end()
    return bytes(buffer.data().data())


class PlotHolder(QWidget):
    """Room for one plot; subclasses draw into `self.plot` from `draw`.

    Left and Right move through what is drawn, Enter opens it: subclasses say what that is.
    """

    stepped = Signal(int)
    entered = Signal()

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._widget: Any = None
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(1, 1, 1, 1)
        theme.changed.connect(self._on_theme)

    @property
    def is_made(self) -> bool:
        """Whether a plot has been shown yet."""
        return self._widget is not None

    @property
    def plot(self) -> Any:
        """The plot item, made at first use."""
        if self._widget is None:
            import pyqtgraph as pg

            pg.setConfigOptions(antialias=True)
            self._widget = pg.PlotWidget(self)
            self._widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._widget.setFrameShape(self._widget.Shape.NoFrame)
            self._layout.addWidget(self._widget)
            item = self._widget.getPlotItem()
            item.setMenuEnabled(False)
            item.hideButtons()
            item.setMouseEnabled(x=False, y=False)
            self._dress()
        return self._widget.getPlotItem()

    def _dress(self) -> None:
        theme = self._theme
        self._widget.setBackground(theme.color("canvas"))
        item = self._widget.getPlotItem()
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setPen(theme.pen("line2"))
            axis.setTextPen(theme.color("t3"))
            axis.setTickFont(theme.font("label"))
            axis.label.setFont(theme.font("label"))

    def set_labels(self, left: str, bottom: str) -> None:
        """Words along the axes; units are part of them."""
        for side, words in (("left", left), ("bottom", bottom)):
            axis = self.plot.getAxis(side)
            axis.setLabel(words, color=self._theme.hex("t2"))
            axis.label.setFont(self._theme.font("label"))
            if side == "bottom":
                axis.setHeight(self._theme.px(LABELLED_PX if words else TICKS_PX))
            axis.resizeEvent()  # else the words stay where shorter or longer ones were

    def _on_theme(self) -> None:
        if self._widget is not None:
            self._dress()
            self.draw()

    def draw(self) -> None:
        """Draw anew; subclasses fill the plot."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left, Right, Enter."""
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.stepped.emit(1 if key == Qt.Key.Key_Right else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        else:
            super().keyPressEvent(event)

    def save(self, path: Path) -> None:
        """Write the plot as it is shown, as PNG or SVG by the name's ending.

        Raises:
            EnvironmentFault: it cannot be written.
        """
        try:
            if path.suffix.lower() == ".svg":
                path.write_bytes(svg_of(self._widget, self.accessibleName()))
                return
            written = self._widget.grab().save(str(path), "PNG")
        except OSError as error:
            raise EnvironmentFault(
                f"The plot {path} could not be written: {error.strerror or error}.",
                "Choose another folder.",
            ) from error
        if not written:
            raise EnvironmentFault(
                f"The plot {path} could not be written.", "Choose another folder."
            )
