"""Causes of disagreements as one bar, the most frequent first, with words and counts beneath it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.services.calibrating.causes import TAXONOMY, Pareto
from app.ui.theme import Theme

BAR_PX, GAP_PX, WORDS_GAP_PX = 10, 6, 16
SHADES = (0.85, 0.68, 0.54, 0.44, 0.36, 0.3, 0.26)
"""Of the text's colour over the surface, from the most frequent cause on."""


class CauseBar(QWidget):
    """44 px: the title at the left, the bar, the words under it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pareto = Pareto(counts=(), untagged=0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def show_pareto(self, pareto: Pareto) -> None:
        """Show other counts."""
        self._pareto = pareto
        told = ", ".join(f"{words} {n}" for words, n in self._parts())
        self.setAccessibleName(f"Causes: {told}")
        share = round(100 * pareto.share_untagged)
        self.setToolTip(f"{share} % have no cause yet" if pareto.total else "")
        self.update()

    def _parts(self) -> list[tuple[str, int]]:
        """(words, count), the untagged last."""
        found = [(TAXONOMY.get(c, c), n) for c, n in self._pareto.counts]
        return [*found, ("no cause yet", self._pareto.untagged)]

    def sizeHint(self) -> QSize:
        """A bar and a line."""
        return QSize(200, BAR_PX + GAP_PX + self._theme.line("label") + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the shares, then as many words as there is room for."""
        painter, theme, total = QPainter(self), self._theme, self._pareto.total
        if not total:
            return
        parts = [(words, n) for words, n in self._parts() if n]
        room = self.width() - (len(parts) - 1)
        x = 0.0
        for at, (words, n) in enumerate(parts):
            width = room * n / total
            is_rest = words == "no cause yet"
            fill = (
                theme.color("bg3") if is_rest
                else theme.mixed("t1", SHADES[min(at, len(SHADES) - 1)], "bg1")
            )  # fmt: skip
            painter.fillRect(QRectF(x, 0, width, BAR_PX), fill)
            x += width + 1
        self._paint_words(painter, parts)

    def _paint_words(self, painter: QPainter, parts: list[tuple[str, int]]) -> None:
        theme, font = self._theme, self._theme.font("label")
        painter.setFont(font)
        measure = QFontMetrics(font)
        baseline = BAR_PX + GAP_PX + measure.ascent()
        shown = parts
        texts = [f"{words} {n}" for words, n in shown]
        widths = [measure.horizontalAdvance(text) + WORDS_GAP_PX for text in texts]
        while len(texts) > 2 and sum(widths) > self.width():  # the rarest cause gives way
            del texts[-2], widths[-2]
        x = 0
        for at, (text, width) in enumerate(zip(texts, widths)):
            is_rest = at == len(texts) - 1 and bool(self._pareto.untagged)
            painter.setPen(theme.color("t3" if is_rest else "t1"))
            painter.drawText(x, baseline, text)
            x += width
