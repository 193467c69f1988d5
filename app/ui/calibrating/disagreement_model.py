"""The list of disagreements as a table's model: columns, what is left out where it is narrow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.services.calibrating.disagreement import PATTERN_TIPS, PATTERN_WORDS, Differing

Index = QModelIndex | QPersistentModelIndex
NO_CAUSE = "no cause yet"
ICON_ONLY_PX = 34
LEAST_CAUSE_PX = 112
BOTH_CALLS_PX = 142
"""Of the column of calls, where items are pairs."""
PART_PX = 132
"""Of the same, where items are turns or clips."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column, `width` px at 100 %."""

    key: str
    title: str
    width: int
    right: bool = False
    tip: str = ""


COLUMNS: tuple[Column, ...] = (
    Column("play", "", 34, tip="Hear what the judge points at"),
    Column("call", "Call", 76),
    Column("judge", "Judge", 46, right=True, tip="Both ends where repeats or orders differ"),
    Column("median", "Median", 54, right=True, tip="Of people's votes"),
    Column("votes", "Votes", 58),
    Column("pattern", "Pattern", 124, tip="Whose doing it looks like"),
    Column("cause", "Cause", 108),
    Column("z", "z", 42, right=True, tip="Surprise: difference over what is expected of it"),
)
_AT = {column.key: at for at, column in enumerate(COLUMNS)}


def fitted(room: int, scale: float, *, call_px: int | None = None, votes_px: int = 0) -> list[int]:
    """Widths in px that fill `room`; where it is narrow votes go, then the patterns' words.

    Where it is wide, votes get what their longest words need.
    """
    widths = [round(column.width * scale) for column in COLUMNS]
    if call_px is not None:
        widths[_AT["call"]] = round(call_px * scale)
    least = round(LEAST_CAUSE_PX * scale)
    rest = room - (sum(widths) - widths[_AT["cause"]])
    for key, narrow in (("pattern", ICON_ONLY_PX), ("votes", 0), ("median", 0)):
        if rest < least:
            saved = widths[_AT[key]] - round(narrow * scale)
            widths[_AT[key]] -= saved
            rest += saved
    spare = rest - round(COLUMNS[_AT["cause"]].width * scale)
    if widths[_AT["votes"]] and spare > 0:
        more = max(0, min(votes_px - widths[_AT["votes"]], spare))
        widths[_AT["votes"]] += more
        rest -= more
    widths[_AT["cause"]] = max(least, rest)
    return widths


def number(value: float | None) -> str:
    """A value of a scale as shown; a true minus sign."""
    return "\u2013" if value is None else f"{value:g}".replace("-", "\u2212")


def judge_words(row: Differing) -> str:
    """What the judge gave: `3 / 5` where it is not the same each time."""
    values = row.judge_values
    ends = (values[0], values[-1]) if len(values) > 1 else (row.judge,)
    return " / ".join(map(number, ends))


def votes_words(row: Differing) -> str:
    """What people gave."""
    return ", ".join(map(number, row.votes))


def cells(row: Differing) -> dict[str, str]:
    """Column → words."""
    return {
        "play": "",
        "call": f"{row.name} {row.second_code}".strip(),
        "judge": judge_words(row),
        "median": number(row.median),
        "votes": votes_words(row),
        "pattern": PATTERN_WORDS[row.pattern],
        "cause": NO_CAUSE if row.cause is None else row.cause.words,
        "z": f"{row.z:.1f}",
    }


class DisagreementModel(QAbstractTableModel):
    """Rows as they are shown. `playing` is the item that sounds."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[Differing] = ()
        self.longest_votes = ""
        self.playing = ""

    @property
    def call_px(self) -> int | None:
        """What the column of calls needs at 100 %, where it names more than a call."""
        if any(row.second_code for row in self.rows[:1]):
            return BOTH_CALLS_PX
        return PART_PX if any(row.name != row.code for row in self.rows[:1]) else None

    def set_rows(self, rows: Sequence[Differing]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.longest_votes = max((votes_words(r) for r in rows), key=len, default="")
        self.endResetModel()

    def change_row(self, row: Differing) -> None:
        """Show an item anew, in its place."""
        for at, known in enumerate(self.rows):
            if known.item_id == row.item_id:
                self.rows = (*self.rows[:at], row, *self.rows[at + 1 :])
                self._tell(at)

    def set_playing(self, item_id: str) -> None:
        """Which item sounds; empty for none."""
        before, self.playing = self.playing, item_id
        for at, row in enumerate(self.rows):
            if row.item_id in (before, item_id):
                self._tell(at)

    def _tell(self, at: int) -> None:
        self.dataChanged.emit(self.index(at, 0), self.index(at, len(COLUMNS) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Items."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Cells as text, for accessibility and tooltips; the delegate paints from `rows`."""
        row, column = self.rows[index.row()], COLUMNS[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return cells(row)[column.key]
        if role != Qt.ItemDataRole.ToolTipRole:
            return None
        if column.key == "pattern":
            return PATTERN_TIPS[row.pattern]
        if column.key == "cause" and row.cause is not None:
            return ": ".join(filter(None, (row.cause.words, row.cause.note)))
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Column titles and their tooltips."""
        if orientation == Qt.Orientation.Vertical or not 0 <= section < len(COLUMNS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        return (COLUMNS[section].tip or None) if role == Qt.ItemDataRole.ToolTipRole else None
