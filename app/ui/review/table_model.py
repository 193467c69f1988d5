"""The review as tables: turns, latencies, overlaps, events, comments. One row a thing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from app.domain.calls import Span
from app.domain.clock import format_time
from app.domain.latency import Thresholds, frames_to_ms
from app.services.reviewing import Review
from app.ui.review.comment_text import span_of
from app.ui.timeline.marks import OVERLAP_WORDS, number, responses
from app.ui.transcript.rows import Row, rows

AnyIndex = QModelIndex | QPersistentModelIndex
BAND_WORDS = {"ok": "ok", "slow": "slow", "late": "late"}


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its cells, where it lies in the call, and the turn that it belongs to."""

    cells: tuple[str, ...]
    span: Span
    turn_id: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: heads (a leading `>` aligns the column right) and rows."""

    heads: tuple[str, ...]
    lines: tuple[Line, ...]


def sheets(review: Review, thresholds: Thresholds) -> dict[str, Sheet]:
    """Every table of the call, by key."""
    return {
        "turns": _turns(review),
        "latencies": _latencies(review, thresholds),
        "overlaps": _overlaps(review),
        "events": _events(review),
        "comments": _comments(review),
    }


def _at(review: Review, frame: int) -> str:
    return format_time(frame, review.call.rate_hz)


def _ms(review: Review, frames: int) -> str:
    return number(frames_to_ms(frames, review.call.rate_hz))


def _turns(review: Review) -> Sheet:
    made: list[Row] = rows(review.turn_set, review.transcript, review.comments)
    lines = tuple(
        Line(
            (
                str(r.turn.index) if r.turn else "",
                r.speaker,
                _at(review, r.span.start),
                _at(review, r.span.end),
                number(r.latency_ms) if r.latency_ms is not None else "",
                OVERLAP_WORDS[r.overlap.kind] if r.overlap else "",
                str(r.comments) if r.comments else "",
                r.text or r.note,
            ),
            r.span,
            r.turn.id if r.turn else "",
        )
        for r in made
    )
    heads = (">Turn", "Speaker", ">Start", ">End", ">Latency, ms", "Overlap", ">Comments", "Text")
    return Sheet(heads, lines)


def _latencies(review: Review, thresholds: Thresholds) -> Sheet:
    found = responses(review.turn_set) if review.turn_set else []
    lines = tuple(
        Line(
            (
                str(r.turn.index),
                _at(review, r.turn.span.start),
                number(r.ms),
                BAND_WORDS[thresholds.band(r.ms)],
                "agent began first" if r.ms < 0 else "",
            ),
            r.span,
            r.turn.id,
        )
        for r in found
    )
    return Sheet((">Turn", ">Agent starts", ">Latency, ms", "Band", "Note"), lines)


def _overlaps(review: Review) -> Sheet:
    found = review.turn_set.overlaps if review.turn_set else ()
    lines = tuple(
        Line(
            (
                _at(review, o.span.start),
                _ms(review, o.span.frames),
                OVERLAP_WORDS[o.kind],
                o.by,
                "a person" if o.edited else "rules",
            ),
            o.span,
        )
        for o in found
    )
    return Sheet((">Start", ">Length, ms", "Type", "Began second", "Set by"), lines)


def _events(review: Review) -> Sheet:
    lines = tuple(
        Line(
            (
                _at(review, e.span.start),
                _ms(review, e.span.frames) if e.span.frames else "",
                e.kind.replace("_", " "),
                e.label,
                "turns" if e.derived else "recording's log",
            ),
            e.span,
        )
        for e in review.events
    )
    return Sheet((">Start", ">Length, ms", "Kind", "Name", "From"), lines)


def _comments(review: Review) -> Sheet:
    lines = tuple(
        Line(
            (
                _at(review, c.start),
                _at(review, c.end) if c.end is not None else "",
                str(c.turn_index) if c.turn_index is not None else "",
                str(c.severity),
                ", ".join(c.tags),
                c.rater_name,
                c.body,
            ),
            span_of(c),
        )
        for c in review.comments
    )
    return Sheet((">Start", ">End", ">Turn", ">Severity", "Tags", "By", "Comment"), lines)


class SheetModel(QAbstractTableModel):
    """A sheet for a table view."""

    def __init__(self) -> None:
        super().__init__()
        self.sheet = Sheet((), ())

    def show_sheet(self, sheet: Sheet) -> None:
        """Take another."""
        self.beginResetModel()
        self.sheet = sheet
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.sheet.lines)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.sheet.heads)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.sheet.lines[index.row()].cells[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._align(index.column())
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.sheet.heads[section].removeprefix(">")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._align(section)
        return None

    def _align(self, column: int) -> Qt.AlignmentFlag:
        right = self.sheet.heads[column].startswith(">")
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def first(self, test: Callable[[Line], bool]) -> int:
        """The first row that passes, or -1."""
        lines: Sequence[Line] = self.sheet.lines
        return next((n for n, line in enumerate(lines) if test(line)), -1)
