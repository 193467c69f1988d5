"""A lane of one speaker's utterances: caller hatched, agent solid, words when there is room."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QBrush, QFont, QFontMetrics, QPainter, QPen

from app.domain.calls import Span, Speaker
from app.domain.clock import format_time
from app.domain.segments import Segment
from app.domain.turns import Utterance
from app.ui.timeline.lane import Hit, Lane, Scene, paint_columns
from app.ui.tokens import Size

WORDS_FROM_PX_PER_S = 60.0
NARROW_PX = 3
AGENT_BAR_PX = 3
MORE = "\u2026"
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
        wide = (rights - lefts >= NARROW_PX) & (rights >= rect.left()) & (lefts <= rect.right())
        self._paint_slivers(painter, rect, lefts[~wide])
        top, height = self.body
        spans = zip(np.flatnonzero(wide).tolist(), lefts[wide].tolist(), rights[wide].tolist())
        boxes = [(n, QRect(left, self.top + top, right - left, height)) for n, left, right in spans]
        self._paint_boxes(painter, [(marks.items[window.start + n], box) for n, box in boxes])
        self._paint_unheard(painter, first, last)

    def _paint_slivers(
        self, painter: QPainter, rect: QRect, lefts: np.typing.NDArray[np.int64]
    ) -> None:
        """Utterances too short for a box: one column each, none dropped."""
        inside = lefts[(lefts >= rect.left()) & (lefts <= rect.right())] - rect.left()
        columns = np.zeros(rect.width(), np.bool_)
        columns[inside] = True
        top, height = self.body
        ink = self.scene.theme.color(self.speaker)
        paint_columns(painter, columns, rect.left(), self.top + top, height, ink)

    def _paint_boxes(self, painter: QPainter, boxes: list[tuple[Utterance, QRect]]) -> None:
        writes = not self.scene.collapsed and self.scene.view.px_per_s > WORDS_FROM_PX_PER_S
        words = [self._words(item, box) if writes else [] for item, box in boxes]
        theme = self.scene.theme
        every = [box for _, box in boxes]
        told = [box for box, found in zip(every, words, strict=True) if found]
        if self.speaker == "caller":
            # The hatch keeps its place on the call while the view scrolls.
            painter.setBrushOrigin(-(self.scene.view.origin % Size.HATCH), self.top)
            self._fill(painter, every, theme.hatch_brush("caller"), outlined=True)
        else:
            mute = [box for box, found in zip(every, words, strict=True) if not found]
            self._fill(painter, mute, QBrush(theme.color("agent")), outlined=False)
            self._fill(painter, told, QBrush(theme.color("agentBg")), outlined=True)
            bars = [QRect(box.left(), box.top(), box.width(), AGENT_BAR_PX) for box in told]
            self._fill(painter, bars, QBrush(theme.color("agent")), outlined=False)
        for box, found in zip(every, words, strict=True):
            if found:
                self._write(painter, box, found)

    def _fill(
        self, painter: QPainter, boxes: list[QRect], brush: QBrush, *, outlined: bool
    ) -> None:
        painter.setBrush(brush)
        if outlined:
            painter.setPen(self.scene.theme.pen(self.speaker))
            painter.drawRects([box.adjusted(0, 0, -1, -1) for box in boxes])
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawRects(boxes)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _words(self, item: Utterance, box: QRect) -> list[tuple[int, str, bool]]:
        """The words to write: x, text, whether it is being heard. Empty when they do not fit."""
        view = self.scene.view
        room = box.right() - PAD_PX
        timed = self.scene.data.words[self.speaker]
        found = [timed.items[i] for i in timed.within(item.span.start, item.span.end)]
        found = [w for w in found if item.span.contains((w.span.start + w.span.end) // 2)]
        if not found:
            return self._untimed(item.text, box.left() + PAD_PX, room)
        widths = [self.advance(w.text, "lane") for w in found]
        wanted = [view.x_of(w.span.start) for w in found]
        space = self.advance(" ", "lane")
        xs = spread(wanted, widths, box.left() + PAD_PX, room + 1, space)
        placed = zip(xs, found, strict=False)
        out = [(x, w.text, w.span == self.scene.sounding) for x, w in placed]
        return out if len(out) == len(found) else self._cut(out, room)

    def _cut(self, words: list[tuple[int, str, bool]], room: int) -> list[tuple[int, str, bool]]:
        """Words that are not all: the last one that leaves room for it carries the sign of that."""
        more = self.advance(MORE, "lane")
        while words:
            x, text, sounding = words.pop()
            if x + self.advance(text, "lane") + more <= room + 1:
                return [*words, (x, text + MORE, sounding)]
        return []

    def _untimed(self, text: str, left: int, room: int) -> list[tuple[int, str, bool]]:
        """As many whole words of `text` as there is room for, written as one run."""
        kept, width, space = [], 0, self.advance(" ", "lane")
        for word in text.split():
            advance = self.advance(word, "lane")
            if left + width + advance > room + 1:
                break
            kept.append(word)
            width += advance + space
        every = len(text.split())
        while kept and len(kept) < every:
            shown = " ".join(kept) + MORE
            if left + self.advance(shown, "lane") <= room + 1:
                return [(left, shown, False)]
            kept.pop()
        return [(left, " ".join(kept), False)] if kept else []

    def _write(self, painter: QPainter, box: QRect, words: list[tuple[int, str, bool]]) -> None:
        theme, metrics = self.scene.theme, self.metrics("lane")
        base = box.top() + (box.height() + metrics.ascent() - metrics.descent()) // 2
        base += 1 if self.speaker == "agent" else 0
        if self.speaker == "caller":  # a plate keeps the hatch from behind the words
            last_x, last_text, _ = words[-1]
            end = min(last_x + self.advance(last_text, "lane") + 3, box.right())
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
            span = self._room_of(segment) if segment.speaker == self.speaker else None
            if span is None:
                continue
            left, right = view.x_of(span.start), view.x_of(span.end)
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

    def _room_of(self, unheard: Segment) -> Span | None:
        """Between what was cut and what was said, or lost, next; None where nothing is left."""
        said, lost = self.scene.data.utterances[self.speaker], self.scene.data.unheard
        cut = said.at(unheard.span.start)
        start = max(unheard.span.start, cut.span.end) if cut else unheard.span.start
        end = min(unheard.span.end, said.next_start(start), lost.next_start(unheard.span.start))
        return Span(start, end) if start < end else None

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


def spread(
    wanted: Sequence[int], widths: Sequence[int], left: int, right: int, space: int
) -> list[int]:
    """Where to write words so that none overlap and all lie in `[left, right]`.

    Each is as near to its wanted x as its neighbours allow; what is too much at the end is left
    out, so the result may be shorter than the input.
    """
    count, used = 0, -space
    for width in widths:
        used += width + space
        if used > right - left:
            break
        count += 1
    xs: list[int] = []
    x = left
    for want, width in zip(wanted[:count], widths[:count], strict=True):
        x = max(x, want)
        xs.append(x)
        x += width + space
    limit = right
    for i in range(count - 1, -1, -1):
        xs[i] = min(xs[i], limit - widths[i])
        limit = xs[i] - space
    return xs
