"""The strips under the responses: overlap, events, and what the platform reported."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLine, QRect, Qt
from PySide6.QtGui import QPainter

from app.domain.latency import frames_to_ms
from app.domain.turns import Overlap, OverlapKind, Profile
from app.ui.timeline.lane import LABEL_REACH_PX, Hit, Lane, paint_columns
from app.ui.timeline.marks import OVERLAP_LETTERS, OVERLAP_WORDS, Reported, number
from app.ui.tokens import Role

GAP_PX = 5
NARROW_PX, MIN_LABEL_PX = 3, 7
OVERLAP_ROW_PX, REPORTED_ROW_PX = 20, 20


def overlap_rule(kind: OverlapKind, profile: Profile | None) -> str:
    """What makes an overlap of that kind, with the profile's own limits."""
    if profile is None:
        return ""
    p = profile.params
    return {
        "backchannel": (
            f"At most {p['backchannel_max_ms'] / 1000:g} s and {p['backchannel_max_words']} words, "
            f"begun inside the other's speech, which goes on for at least "
            f"{p['backchannel_resume_ms']} ms."
        ),
        "interruption": (
            f"A turn begun more than {p['terminal_overlap_ms']} ms before the other's end, who "
            f"stopped within {p['yield_window_ms'] / 1000:g} s. Barge-in reaction: from this onset "
            "to the other's stop."
        ),
        "false_interruption": "The other was talked into without a turn being meant; by hand.",
        "talk_over": (
            f"A turn begun inside the other's speech, who did not stop within "
            f"{p['yield_window_ms'] / 1000:g} s."
        ),
        "terminal": (
            f"The new turn begins at most {p['terminal_overlap_ms']} ms before the other's end: no "
            "interruption."
        ),
    }[kind] + f" Rules: {profile.id}."


class Strip(Lane):
    """Shared by the strips: labels that are left out where they do not fit."""

    def write(
        self,
        painter: QPainter,
        x: int,
        text: str,
        *,
        until: int,
        token: str = "t2",
        weight: int | None = None,
        role: Role = "label",
    ) -> int:
        """Write `text` at `x` if it ends before `until`; gives where it ended (else `x`)."""
        end = x + self.advance(text, role, weight)
        if end > until:
            return x
        metrics = self.metrics(role, weight)
        painter.setFont(self.scene.theme.font(role, weight))
        painter.setPen(self.scene.theme.color(token))
        middle = self.top + (self.height - 1) // 2
        painter.drawText(x, middle + (metrics.ascent() - metrics.descent() + 1) // 2, text)
        return end


class OverlapLane(Strip):
    """Where both speak: hatch, a letter, what it was and for how long."""

    key = "overlap"

    @property
    def height(self) -> int:
        return self.scene.theme.px(OVERLAP_ROW_PX)

    def paint(self, painter: QPainter, rect: QRect) -> None:
        marks, view = self.scene.data.overlaps, self.scene.view
        window = marks.within(*self.reach(rect))
        some = slice(window.start, window.stop + 1)
        lefts, rights = (view.xs_of(a[some]).tolist() for a in (marks.starts, marks.ends))
        lefts.append(view.total_px + LABEL_REACH_PX)  # nothing follows the last one
        columns = np.zeros(rect.width(), np.bool_)
        for n, i in enumerate(window):
            left, right, until = lefts[n], rights[n], lefts[n + 1] - GAP_PX
            if right - left >= NARROW_PX:
                self._box(painter, left, right)
            elif rect.left() <= left <= rect.right():
                columns[left - rect.left()] = True
            x = max(right, left + 1) + GAP_PX
            if until - x > MIN_LABEL_PX:
                self._label(painter, marks.items[i], x, until)
        ink = self.scene.theme.color("overlap")
        paint_columns(painter, columns, rect.left(), self.top + 4, self.height - 9, ink)

    def _box(self, painter: QPainter, left: int, right: int) -> None:
        theme = self.scene.theme
        box = QRect(left, self.top + 4, right - left, self.height - 9)
        painter.setBrushOrigin(-(self.scene.view.origin % 5), box.top())
        painter.fillRect(box, theme.hatch_brush("overlap"))
        painter.setPen(theme.pen("overlap"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(0, 0, -1, -1))

    def _label(self, painter: QPainter, item: Overlap, x: int, until: int) -> None:
        letter = OVERLAP_LETTERS[item.kind]
        if letter:
            end = self.write(painter, x, letter, until=until, token="overlap", weight=700)
            if end == x:
                return
            x = end + GAP_PX
        words = OVERLAP_WORDS[item.kind]
        if item.kind != "backchannel":
            ms = number(frames_to_ms(item.span.frames, self.scene.view.rate_hz))
            words = f"{words} \u00b7 {ms}"
        self.write(painter, x, words, until=until)

    def hit(self, x: int, y: int) -> Hit | None:
        view = self.scene.view
        slack = max(1, round(3 * view.frames_per_px))
        item = self.scene.data.overlaps.near(view.frame_at(x), slack)
        if item is None:
            return None
        ms = number(frames_to_ms(item.span.frames, view.rate_hz))
        told = " Set by a person." if item.edited else ""
        name = "Overlap at the turn's end" if item.kind == "terminal" else OVERLAP_WORDS[item.kind]
        first = f"{name[0].upper()}{name[1:]}, {ms} ms, the {item.by} began second.{told}"
        return Hit(f"{first}\n{overlap_rule(item.kind, self.scene.profile)}", item.span)


class ReportedLane(Strip):
    """When the agent spoke according to the platform, and how far off that is."""

    key = "reported"

    @property
    def height(self) -> int:
        return self.scene.theme.px(REPORTED_ROW_PX)

    def paint(self, painter: QPainter, rect: QRect) -> None:
        marks, view, theme = self.scene.reported, self.scene.view, self.scene.theme
        middle = self.top + (self.height - 1) // 2
        for i in marks.within(*self.reach(rect)):
            item = marks.items[i]
            left, right = view.x_of(int(marks.starts[i])), view.x_of(int(marks.ends[i])) - 1
            right = max(left, right)
            painter.setPen(theme.pen("line3"))
            painter.drawLines(
                [
                    QLine(left, middle - 5, left, middle + 5),
                    QLine(right, middle - 5, right, middle + 5),
                ]
            )
            words = self._words(item)
            width = self.metrics("label").horizontalAdvance(words)
            if words and right - left > width + 28:
                painter.drawLine(left, middle, left + 13, middle)
                end = self.write(painter, left + 18, words, until=right)
                painter.setPen(theme.pen("line3"))
                painter.drawLine(end + 4, middle, right, middle)
            else:
                painter.drawLine(left, middle, right, middle)

    @staticmethod
    def _words(item: Reported) -> str:
        if item.goes_on:
            return ""
        if item.off_ms is None:
            return "no such speech"
        if abs(item.off_ms) < 1:
            return "on time"
        return f"{number(abs(item.off_ms))} ms {'early' if item.off_ms < 0 else 'late'}"

    def hit(self, x: int, y: int) -> Hit | None:
        view = self.scene.view
        item = self.scene.reported.at(view.frame_at(x))
        if item is None:
            return None
        if item.goes_on:
            return Hit("The platform reported that the turn goes on here.", item.segment.span)
        return Hit(
            f"The platform reported the agent's speech from here: {self._words(item)}\n"
            "Compared with the onset measured from the audio.",
            item.segment.span,
        )
