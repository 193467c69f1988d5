"""Where the parts of a judge's row lie: one line closed, everything when it is the current one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics

from app.ui.review.chip import HEIGHT_PX, chip_width
from app.ui.review.verdict_row import JudgeRow
from app.ui.theme import Theme

INSET_PX, PAD_PX, GAP_PX = 16, 5, 6
LINE_PX, HEAD_PX, GROUP_PX = 18, 44, 26
REPLY_WORDS = "Show reply"
WRAP = Qt.TextFlag.TextWordWrap
MOST_WRAPPED_PX = 600
"""Of a rationale; what is longer is read in the reply."""

PartKind = Literal["text", "anchor", "note", "evidence", "made_of", "reply"]


@dataclass(frozen=True, slots=True)
class Part:
    """Something beneath the first line. `at` counts evidence from 0."""

    kind: PartKind
    rect: QRect
    words: str
    at: int = 0


class RowLayout:
    """Heights and places for one theme. Rectangles are relative to the row's top left corner."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._kept: tuple[tuple[str, int], tuple[list[Part], int]] | None = None
        theme.changed.connect(self._forget)

    def _forget(self) -> None:
        self._kept = None

    def height(self, row: JudgeRow, width: int, *, is_open: bool) -> int:
        """Of the whole row."""
        theme = self._theme
        if row.kind == "judge":
            return theme.px(HEAD_PX)
        if row.kind == "group":
            return theme.px(GROUP_PX)
        if is_open:
            return self.parts(row, width)[1]
        return theme.px(LINE_PX) * (2 if row.text or row.notes else 1) + 2 * PAD_PX

    def parts(self, row: JudgeRow, width: int) -> tuple[list[Part], int]:
        """What an open verdict shows beneath its first line, and its whole height."""
        key = (row.key, width)
        if self._kept is None or self._kept[0] != key:
            self._kept = (key, self._lay_out(row, width))
        return self._kept[1]

    def _lay_out(self, row: JudgeRow, width: int) -> tuple[list[Part], int]:
        theme = self._theme
        left, room = INSET_PX, max(60, width - 2 * INSET_PX)
        top = PAD_PX + theme.px(LINE_PX) + 2
        out: list[Part] = []
        lines: list[tuple[PartKind, str, QFont]] = [
            ("anchor", row.anchor, theme.font("label")),
            ("text", row.text, theme.font("small")),
            *(("note", note, theme.font("label")) for note in row.notes),
        ]
        for kind, words, font in lines:
            if words:
                box = QRect(left, top, room, MOST_WRAPPED_PX)
                high = QFontMetrics(font).boundingRect(box, WRAP, words).height()
                out.append(Part(kind, QRect(left, top, room, min(high, MOST_WRAPPED_PX)), words))
                top += min(high, MOST_WRAPPED_PX) + 3
        top = self._chips(row, out, top, room)
        return out, self._foot(row, out, top, room) + PAD_PX

    def _chips(self, row: JudgeRow, out: list[Part], top: int, room: int) -> int:
        """A chip for each turn that it points at, in as many lines as they take."""
        theme, x = self._theme, INSET_PX
        if not row.evidence:
            return top
        high = theme.px(HEIGHT_PX)
        for at, evidence in enumerate(row.evidence):
            words = f"turn {evidence.turn_id.lstrip('t')}"
            wide = chip_width(theme, words, icon=True)
            if x > INSET_PX and x + wide > INSET_PX + room:
                x, top = INSET_PX, top + high + 4
            out.append(Part("evidence", QRect(x, top + 2, wide, high), words, at))
            x += wide + GAP_PX
        return top + high + 6

    def _foot(self, row: JudgeRow, out: list[Part], top: int, room: int) -> int:
        """What it was made of at the left, the way to the reply at the right."""
        theme = self._theme
        if not row.made_of and not row.has_reply:
            return top
        high = theme.px(LINE_PX)
        reply = QFontMetrics(theme.font("small", 500)).horizontalAdvance(REPLY_WORDS)
        reply = reply + 2 if row.has_reply else 0
        rest = room - reply - (10 if reply else 0)
        out.append(Part("made_of", QRect(INSET_PX, top, rest, high), row.made_of))
        if reply:
            where = QRect(INSET_PX + room - reply, top, reply, high)
            out.append(Part("reply", where, REPLY_WORDS))
        return top + high

    def part_at(self, row: JudgeRow, width: int, at: QPoint) -> Part | None:
        """The evidence or the way to the reply under a point of an open row."""
        for part in self.parts(row, width)[0]:
            if part.kind in ("evidence", "reply") and part.rect.adjusted(-3, -3, 3, 3).contains(at):
                return part
        return None
