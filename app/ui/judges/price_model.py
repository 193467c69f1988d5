"""The table of prices: rows that can be edited in place, and what is wrong with a cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from app.domain.endpoints import Price
from app.ui.widgets.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
ADD_HINT = "add a model"


@dataclass(frozen=True, slots=True)
class PriceColumn:
    """One column: the field of `Price` behind it."""

    key: str
    title: str
    tip: str
    right: bool = False
    optional: bool = False


COLUMNS = (
    PriceColumn("model", "Model", "Its exact name, or a prefix that ends in *"),
    PriceColumn("endpoint", "Endpoint", "Only at this endpoint; empty for any", optional=True),
    PriceColumn("input_per_m", "Input", "Per million tokens", right=True),
    PriceColumn("output_per_m", "Output", "Per million tokens", right=True),
    PriceColumn("cached_per_m", "Cached input", "Empty: as input", right=True, optional=True),
    PriceColumn("audio_per_m", "Audio input", "Empty: as input", right=True, optional=True),
    PriceColumn("currency", "Currency", "Three letters"),
    PriceColumn("as_of", "As of", "The day on which it was looked up", optional=True),
)
NUMBERS = frozenset({"input_per_m", "output_per_m", "cached_per_m", "audio_per_m"})


@dataclass(slots=True)
class PriceRow:
    """A row as it is typed."""

    model: str = ""
    endpoint: str = ""
    input_per_m: str = ""
    output_per_m: str = ""
    cached_per_m: str = ""
    audio_per_m: str = ""
    currency: str = "USD"
    as_of: str = ""

    @property
    def is_blank(self) -> bool:
        """Nothing was typed yet."""
        return not any(getattr(self, f.name) for f in fields(self) if f.name != "currency")

    def problem(self, key: str) -> str:
        """What is wrong with a cell, in words; empty where nothing is."""
        text = getattr(self, key).strip()
        if not text:
            optional = next(c.optional for c in COLUMNS if c.key == key)
            return "" if optional else "Needed"
        if key in NUMBERS:
            return "" if _number(text) is not None else "A number from 0 on"
        if key == "currency":
            return "" if len(text) == 3 and text.isalpha() else "Three letters, such as USD"
        if key == "as_of":
            return "" if _is_day(text) else "A day, such as 2026-11-30"
        if key == "model":
            return "" if "*" not in text[:-1] else "A * only at the end"
        return ""

    @property
    def is_valid(self) -> bool:
        """Whether it can be stored."""
        return not any(self.problem(column.key) for column in COLUMNS)

    def price(self) -> Price:
        """As stored; only of a valid row."""
        numbers = {key: _number(getattr(self, key)) for key in NUMBERS}
        return Price(
            model=self.model.strip(),
            endpoint=self.endpoint.strip(),
            input_per_m=numbers["input_per_m"] or 0.0,
            output_per_m=numbers["output_per_m"] or 0.0,
            cached_per_m=numbers["cached_per_m"],
            audio_per_m=numbers["audio_per_m"],
            currency=self.currency.strip().upper(),
            as_of=self.as_of.strip(),
        )


def row_of(price: Price) -> PriceRow:
    """A stored price as it is typed."""

    def text(value: float | None) -> str:
        return "" if value is None else f"{value:.10g}"

    return PriceRow(
        price.model, price.endpoint, text(price.input_per_m), text(price.output_per_m),
        text(price.cached_per_m), text(price.audio_per_m), price.currency, price.as_of,
    )  # fmt: skip


def _number(text: str) -> float | None:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if 0 <= value < 1e9 else None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


class PriceModel(QAbstractTableModel):
    """Rows as typed, and a blank one at the end. `edited` follows each change by the person."""

    edited = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[PriceRow] = [PriceRow()]

    def show_prices(self, prices: Sequence[Price]) -> None:
        """Show what is stored."""
        self.beginResetModel()
        self.rows = [*(row_of(price) for price in prices), PriceRow()]
        self.endResetModel()

    @property
    def prices(self) -> tuple[Price, ...] | None:
        """What can be stored; None while a row is not valid."""
        filled = [row for row in self.rows if not row.is_blank]
        return tuple(r.price() for r in filled) if all(r.is_valid for r in filled) else None

    def problem(self, row: int, column: int) -> str:
        """What is wrong with a cell; nothing is with the blank row."""
        held = self.rows[row]
        return "" if held.is_blank else held.problem(COLUMNS[column].key)

    def remove(self, at: int) -> PriceRow | None:
        """Take a row out; the blank one stays."""
        if not 0 <= at < len(self.rows) - 1:
            return None
        self.beginRemoveRows(QModelIndex(), at, at)
        gone = self.rows.pop(at)
        self.endRemoveRows()
        self.edited.emit()
        return gone

    def insert(self, at: int, row: PriceRow) -> None:
        """Put a row back."""
        self.beginInsertRows(QModelIndex(), at, at)
        self.rows.insert(at, row)
        self.endInsertRows()
        self.edited.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Prices and the blank row."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def flags(self, _index: Index) -> Qt.ItemFlag:
        """All can be edited."""
        flag = Qt.ItemFlag
        return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, and what is wrong with it."""
        row, column = self.rows[index.row()], COLUMNS[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return getattr(row, column.key)
        problem = self.problem(index.row(), index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(problem) or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column.title}: {getattr(row, column.key)} {problem}".strip()
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take what was typed."""
        if role != Qt.ItemDataRole.EditRole:
            return False
        row, key = self.rows[index.row()], COLUMNS[index.column()].key
        text = str(value).strip()
        if text == getattr(row, key):
            return True
        was_blank = row.is_blank
        setattr(row, key, text)
        if was_blank and not row.is_blank:
            row.as_of = row.as_of or datetime.now().astimezone().date().isoformat()
            if index.row() == len(self.rows) - 1:
                end = len(self.rows)
                self.beginInsertRows(QModelIndex(), end, end)
                self.rows.append(PriceRow())
                self.endInsertRows()
        last = len(COLUMNS) - 1
        self.dataChanged.emit(self.index(index.row(), 0), self.index(index.row(), last))
        self.edited.emit()
        return True

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Titles and what they mean."""
        if orientation == Qt.Orientation.Vertical:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tip
        return None
