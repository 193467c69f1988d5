"""Evidence chips: the turns that a rater points at, with the same E-number as the transcript."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from app.domain.clock import format_time
from app.domain.ratings import Evidence
from app.ui.actions import ActionTable
from app.ui.icons import paint_icon
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button

MAX_CHIPS = 4


class EvidenceChip(QAbstractButton):
    """One turn; clicking it plays the turn, its cross takes it away."""

    removed = Signal()

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setText(text)
        self.setAccessibleName(f"Evidence {text}")
        self.setToolTip("Plays this turn. The cross, or the evidence key, takes it away.")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._theme.font("label", 500))
        return QSize(metrics.horizontalAdvance(self.text()) + 32, self._theme.px(20))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.position().x() > self.width() - 18:
            self.removed.emit()
        else:
            self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.pen("accent"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setPen(theme.color("accent"))
        painter.setFont(theme.font("label", 500))
        text = self.rect().adjusted(8, 0, -20, 0)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, self.text())
        cross = self.rect().adjusted(self.width() - 20, 0, -4, 0)
        paint_icon(painter, theme, "x", cross, "t3", size=10)


class EvidenceBar(QWidget):
    """The chips of the criterion in focus and the button that adds the current turn."""

    asked = Signal()
    """Add or take away the current turn."""
    removed = Signal(object)
    played = Signal(object)

    def __init__(self, theme: Theme, actions: ActionTable, rate_hz: int) -> None:
        super().__init__()
        self._theme, self._rate_hz = theme, rate_hz
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self._add = Button(
            theme, "Add turn", kind="quiet", action="score.evidence", actions=actions, compact=True
        )
        self._add.clicked.connect(self.asked)
        self._row.addWidget(self._add)
        self._row.addStretch(1)
        self._chips: list[QWidget] = []

    def show_turn(self, index: int | None) -> None:
        """Name the turn that the key would add."""
        self._add.set_text("Add turn" if index is None else f"Add turn {index}")
        self._add.setEnabled(index is not None)

    def show_evidence(self, evidence: Sequence[Evidence]) -> None:
        """Show those chips; what does not fit is counted."""
        for chip in self._chips:
            self._row.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = []
        for number, piece in enumerate(evidence[:MAX_CHIPS], start=1):
            more = len(evidence) - MAX_CHIPS if number == MAX_CHIPS else 0
            chip = EvidenceChip(self._theme, self._words(number, piece, more), self)
            chip.clicked.connect(lambda _=False, p=piece: self.played.emit(p))
            chip.removed.connect(lambda p=piece: self.removed.emit(p))
            self._row.insertWidget(len(self._chips), chip)
            self._chips.append(chip)
            chip.show()

    def _words(self, number: int, piece: Evidence, more: int) -> str:
        at = format_time(piece.span.start, self._rate_hz, millis=False)
        tail = f", {more} more" if more > 0 else ""
        return f"E{number} turn {piece.turn_id.lstrip('t')}, {at}{tail}"
