"""Paints one row of the transcript: number, time, speaker, text, overlap, latency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QTextLayout

from app.domain.clock import format_time
from app.domain.latency import Thresholds, frames_to_ms
from app.ui.icons import paint_icon
from app.ui.theme import Theme
from app.ui.timeline.marks import number
from app.ui.timeline.response_lane import BAR_TOKEN, INK_TOKEN, VOID_MARK
from app.ui.tokens import Size
from app.ui.transcript.row_text import RowText
from app.ui.transcript.rows import Piece, Row
from app.ui.widgets.speaker import paint_speaker

INDEX_X, TIME_X, SPEAKER_X = 16, 50, 119
COMMENT_FROM_RIGHT, OVERLAP_FROM_RIGHT = 166, 126
COMMENT_GAP_PX = 6
"""At least this much between the number of comments and what stands right of it."""
MARK_PX = {"ok": (8, 4), "slow": (10, 8), "late": (10, 12)}


@dataclass(slots=True)
class RowState:
    """How a row is shown at the moment."""

    selected: bool = False
    sounding: Piece | None = None
    matches: Sequence[tuple[int, int]] = ()
    """(start, length) of what a search found in it."""
    evidence: int = 0
    """Its E-number; 0 for none."""
    settled: str = ""
    """`corrected` or `confirmed` where a person settled its words."""


class RowPainter:
    """Geometry and paint of rows."""

    def __init__(self, theme: Theme, *, dense: bool = False) -> None:
        self.theme = theme
        self.text = RowText(theme, dense=dense)
        self.rate_hz = 8000
        self.thresholds = Thresholds()

    def paint(
        self, painter: QPainter, rect: QRect, row: Row, layout: QTextLayout, state: RowState
    ) -> None:
        """Paint `row` into `rect`."""
        theme = self.theme
        if state.selected:
            theme.paint_selection(painter, rect.adjusted(0, 0, 0, -1))
        line = rect.bottom()
        painter.fillRect(rect.left(), line, rect.width(), 1, theme.color("line1"))
        self._paint_head(painter, rect, row, state)
        origin = QPointF(rect.left() + self.text.text_left, rect.top() + self.text.pad)
        self.text.paint(
            painter, origin, row, layout, sounding=state.sounding, matches=state.matches
        )
        self._paint_right(painter, rect, row, state)

    def _line(self, rect: QRect, x: int, width: int) -> QRect:
        """The box of the first text line from `x` on."""
        return QRect(rect.left() + x, rect.top() + self.text.pad, width, self.theme.line("body"))

    def _paint_head(self, painter: QPainter, rect: QRect, row: Row, state: RowState) -> None:
        theme, middle = self.theme, Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("t2" if state.selected else "t3"))
        if row.turn is not None:
            box = self._line(rect, theme.px(INDEX_X), theme.px(32))
            painter.drawText(box, middle, str(row.turn.index))
        tenths = format_time(row.span.start, self.rate_hz)[:-2]
        painter.drawText(self._line(rect, theme.px(TIME_X), theme.px(66)), middle, tenths)
        if state.settled:
            # A pencil or a tick between the time and the speaker.
            icon = "pencil-simple" if state.settled == "corrected" else "check"
            box = self._line(rect, theme.px(SPEAKER_X) - theme.px(18), theme.px(14))
            paint_icon(painter, theme, icon, box, "accent", size=theme.px(13))
        side = theme.px(Size.SPEAKER)
        top = rect.top() + self.text.pad + (theme.line("body") - side) // 2
        paint_speaker(painter, theme, rect.left() + theme.px(SPEAKER_X), top, row.speaker)

    # right side ------------------------------------------------------------------------------

    def _paint_right(self, painter: QPainter, rect: QRect, row: Row, state: RowState) -> None:
        theme, middle = self.theme, Qt.AlignmentFlag.AlignVCenter
        if row.comments:
            side, count = theme.px(13), str(row.comments)
            wide = QFontMetrics(theme.font("small")).horizontalAdvance(count)
            end = rect.width() - theme.px(OVERLAP_FROM_RIGHT) - COMMENT_GAP_PX
            x = min(rect.width() - theme.px(COMMENT_FROM_RIGHT), end - wide - 4 - side)
            paint_icon(
                painter, theme, "chat-circle-dots", self._line(rect, x, side), "t2", size=side
            )
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("t2"))
            painter.drawText(self._line(rect, x + side + 4, wide + 2), middle, count)
        x = rect.width() - theme.px(OVERLAP_FROM_RIGHT)
        if state.evidence:
            self._paint_evidence(painter, self._line(rect, x, theme.px(26)), state.evidence)
        elif row.letter:
            self._paint_overlap(painter, rect, row, x)
        if row.latency_ms is not None:
            self._paint_latency(painter, rect, row.latency_ms, is_void=row.is_void)

    def _paint_evidence(self, painter: QPainter, box: QRect, n: int) -> None:
        theme = self.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.pen("accent"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        frame = QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, Size.RADIUS_CAP, Size.RADIUS_CAP)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(theme.font("label"))
        painter.setPen(theme.color("accent"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"E{n}")

    def _paint_overlap(self, painter: QPainter, rect: QRect, row: Row, x: int) -> None:
        theme, middle = self.theme, Qt.AlignmentFlag.AlignVCenter
        painter.setPen(theme.color("overlap"))
        painter.setFont(theme.font("small", 700))
        painter.drawText(self._line(rect, x, 20), middle, row.letter)
        if row.letter != "b" and row.overlap is not None:
            left = x + painter.fontMetrics().horizontalAdvance(row.letter) + 3
            painter.setFont(theme.font("small", 500))
            ms = number(frames_to_ms(row.overlap.span.frames, self.rate_hz))
            painter.drawText(self._line(rect, left, 60), middle, ms)

    def _paint_latency(self, painter: QPainter, rect: QRect, ms: float, *, is_void: bool) -> None:
        theme, band = self.theme, "ok" if is_void else self.thresholds.band(ms)
        text = f"{VOID_MARK}{number(ms)}" if is_void else number(ms)
        painter.setFont(theme.font("small", 400 if band == "ok" else 600))
        width = painter.fontMetrics().horizontalAdvance(text)
        right = rect.width() - theme.px(Size.INSET)
        painter.setPen(theme.color(INK_TOKEN[band]))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self._line(rect, right - width, width + 2), middle, text)
        if is_void:
            return
        mark_w, mark_h = MARK_PX[band]
        box = self._line(rect, right - width - 6 - mark_w, mark_w)
        top = box.top() + (box.height() - mark_h) // 2
        ink: QColor = theme.color(BAR_TOKEN[band])
        painter.fillRect(box.left(), top, mark_w, mark_h, ink)
