"""A lane of one speaker's utterances: caller hatched, agent solid, words when there is room."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLine, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen

from app.domain.calls import Span, Speaker
from app.domain.clock import format_time
from app.domain.turns import Utterance
from app.ui.timeline.lane import Hit, Lane, Scene

WORDS_FROM_PX_PER_S = 60.0
NARROW_PX = 3
DENSE_SHARE = 4
"""From one mark per this many columns on, marks are drawn by column."""
ROW_PX, COLLAPSED_ROW_PX = 26, 18
PAD_PX = 4


class TurnLane(Lane):
    """Utterances of `speaker`."""

    def __init__(self, scene: Scene, speaker: Speaker) -> None:
        super().__init__(scene)
        self.speaker: Speaker = speaker
        self.key = f"{speaker}_turns"

    @property
    def height(self) -> int:
        return self.scene.theme.px(COLLAPSED_ROW_PX if self.scene.collapsed else ROW_PX)

    @property
    def body(self) -> tuple[int, int]:
        """Top (from the lane's top) and height of the boxes."""
        top = 3 if self.scene.collapsed else 4
        return top, self.height - top - (4 if self.scene.collapsed else 3)

    def paint(self, painter: QPainter, rect: QRect) -> None:
        first, last = self.reach(rect)
        marks, view = self.scene.data.utterances[self.speaker], self.scene.view
        window = marks.within(first, last)
        if not len(window):
            self._paint_unheard(painter, first, last)
            return
        some = slice(window.start, window.stop)
        lefts, rights = view.xs_of(marks.starts[some]), view.xs_of(marks.ends[some])
        if len(window) * DENSE_SHARE > view.width:
            self._paint_dense(painter, rect, lefts, rights)
            return
        for i, left, right in zip(window, lefts.tolist(), rights.tolist(), strict=True):
            self._paint_box(painter, marks.items[i], left, right)
        self._paint_unheard(painter, first, last)

    def _paint_dense(
        self,
        painter: QPainter,
        rect: QRect,
        lefts: np.typing.NDArray[np.int64],
        rights: np.typing.NDArray[np.int64],
    ) -> None:
        """Many marks: one line per column that any of them touches, none dropped."""
        touched = np.zeros(rect.width() + 1, np.int32)
        inside = (rights >= rect.left()) & (lefts <= rect.right())
        starts = np.clip(lefts[inside] - rect.left(), 0, rect.width())
        ends = np.clip(np.maximum(rights, lefts + 1)[inside] - rect.left(), 0, rect.width())
        np.add.at(touched, starts, 1)
        np.add.at(touched, ends, -1)
        columns = np.flatnonzero(np.cumsum(touched)[:-1] > 0) + rect.left()
        top, height = self.body
        painter.setPen(self.scene.theme.pen(self.speaker))
        y0, y1 = self.top + top, self.top + top + height - 1
        painter.drawLines([QLine(int(x), y0, int(x), y1) for x in columns])

    def _paint_box(self, painter: QPainter, item: Utterance, left: int, right: int) -> None:
        theme, (top, height) = self.scene.theme, self.body
        y = self.top + top
        if right - left < NARROW_PX:
            painter.fillRect(left, y, 1, height, theme.color(self.speaker))
            return
        box = QRect(left, y, right - left, height)
        words = self._words(item, box)
        self._fill(painter, box, carries_words=bool(words))
        if words:
            self._write(painter, box, words)

    def _fill(self, painter: QPainter, box: QRect, *, carries_words: bool) -> None:
        theme = self.scene.theme
        if self.speaker == "caller":
            origin = self.scene.view.origin % 5  # the hatch keeps its place while scrolling
            painter.setBrushOrigin(-origin, box.top())
            painter.fillRect(box, theme.hatch_brush("caller"))
        elif carries_words:
            painter.fillRect(box, theme.color("agentBg"))
            painter.fillRect(box.left(), box.top(), box.width(), 3, theme.color("agent"))
        else:
            painter.fillRect(box, theme.color("agent"))
            return
        painter.setPen(theme.pen(self.speaker))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(0, 0, -1, -1))

    def _words(self, item: Utterance, box: QRect) -> list[tuple[int, str, bool]]:
        """The words to write: x, text, whether it is being heard. Empty when they do not fit."""
        view = self.scene.view
        if self.scene.collapsed or view.px_per_s <= WORDS_FROM_PX_PER_S:
            return []
        plain = self.metrics("lane")
        room = box.right() - PAD_PX
        timed = self.scene.data.words[self.speaker]
        found = [timed.items[i] for i in timed.within(item.span.start, item.span.end)]
        found = [w for w in found if item.span.contains((w.span.start + w.span.end) // 2)]
        if not found:
            return self._untimed(item.text, plain, box.left() + PAD_PX, room)
        out: list[tuple[int, str, bool]] = []
        x, space = box.left() + PAD_PX, plain.horizontalAdvance(" ")
        for word in found:
            x = max(x, view.x_of(word.span.start))
            end = x + plain.horizontalAdvance(word.text)
            if end > room + 1:
                break
            out.append((x, word.text, word.span == self.scene.sounding))
            x = end + space
        return out

    @staticmethod
    def _untimed(
        text: str, metrics: QFontMetrics, left: int, room: int
    ) -> list[tuple[int, str, bool]]:
        """As many whole words of `text` as there is room for, written as one run."""
        kept, width, space = [], 0, metrics.horizontalAdvance(" ")
        for word in text.split():
            advance = metrics.horizontalAdvance(word)
            if left + width + advance > room + 1:
                break
            kept.append(word)
            width += advance + space
        return [(left, " ".join(kept), False)] if kept else []

    def _write(self, painter: QPainter, box: QRect, words: list[tuple[int, str, bool]]) -> None:
        theme, metrics = self.scene.theme, self.metrics("lane")
        base = box.top() + (box.height() + metrics.ascent() - metrics.descent()) // 2
        base += 1 if self.speaker == "agent" else 0
        if self.speaker == "caller":  # a plate keeps the hatch from behind the words
            last_x, last_text, _ = words[-1]
            end = min(last_x + metrics.horizontalAdvance(last_text) + 3, box.right())
            left = box.left() + 2
            plate = QRect(left, box.top() + 2, end - left, box.height() - 4)
            painter.fillRect(plate, theme.color("callerBg"))
        painter.setPen(theme.color("t1"))
        regular, bold = theme.font("lane"), theme.font("lane", 700)
        for x, text, sounding in words:
            painter.setFont(bold if sounding else regular)
            painter.drawText(x, base, text)

    def _paint_unheard(self, painter: QPainter, first: int, last: int) -> None:
        """Text that was generated but never played: a dashed outline, italic words."""
        theme, view, marks = self.scene.theme, self.scene.view, self.scene.data.unheard
        top, height = self.body
        for i in marks.within(first, last):
            segment = marks.items[i]
            if segment.speaker != self.speaker:
                continue
            left, right = view.x_of(segment.span.start), view.x_of(segment.span.end)
            box = QRect(left, self.top + top, max(1, right - left), height)
            painter.setPen(QPen(theme.color(self.speaker), 1, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(0, 0, -1, -1))
            font = QFont(theme.font("lane"))
            font.setItalic(True)
            metrics = QFontMetrics(font)
            room = box.width() - 2 * PAD_PX
            words = metrics.elidedText(
                f"not heard: {segment.text}", Qt.TextElideMode.ElideRight, room
            )
            if not self.scene.collapsed and room > metrics.horizontalAdvance("not heard…"):
                painter.setFont(font)
                painter.setPen(theme.color("t2"))
                painter.drawText(
                    box.left() + PAD_PX,
                    box.top() + (height + metrics.ascent() - metrics.descent()) // 2,
                    words,
                )

    def hit(self, x: int, y: int) -> Hit | None:
        view, marks = self.scene.view, self.scene.data.utterances[self.speaker]
        slack = max(1, round(NARROW_PX * view.frames_per_px))
        item = marks.near(view.frame_at(x), slack)
        if item is None:
            return None
        return Hit(self._tip(item), item.span, item.turn_id)

    def _tip(self, item: Utterance) -> str:
        rate = self.scene.view.rate_hz
        who = "Caller" if self.speaker == "caller" else "Agent"
        name = f"turn {item.turn_id[1:]}" if item.turn_id else "backchannel, takes no turn"
        span: Span = item.span
        times = f"{format_time(span.start, rate)}\u2013{format_time(span.end, rate)}"
        length = f"{span.frames / rate:.2f} s"
        lines = [f"{who}, {name}", f"{times}, {length}"]
        if item.text:
            lines.append(item.text)
        return "\n".join(lines)
