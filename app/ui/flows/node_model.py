"""Columns of the list of nodes, and the nodes as a table's model. Main thread only."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.domain.errors import BadInput
from app.domain.flows import FlowNode
from app.ui.flows.draft import FlowDraft

Index = QModelIndex | QPersistentModelIndex
NODE_ROLE = Qt.ItemDataRole.UserRole
_NONE = QModelIndex()


@dataclass(frozen=True, slots=True)
class Column:
    """One column, `width` px at 100 %; the text takes what is left."""

    key: str
    title: str
    width: int
    least: int
    """Px that it may shrink to at 100 %."""
    right: bool = False
    drop: int = 0
    """Where there is no room for all, the highest goes first; 0 stays."""


COLUMNS: tuple[Column, ...] = (
    Column("id", "Id", 58, 44),
    Column("kind", "Kind", 74, 64),
    Column("text", "What the agent does", 150, 150),
    Column("trigger", "Only if", 150, 96),
    Column("prereq", "Needs", 84, 60),
    Column("weight", "Weight", 66, 54, right=True, drop=1),
)
TEXT = 2


def fitted(room: int, scale: float) -> list[int]:
    """Widths in px that fill `room`; 0 for a column that is left out."""
    kept = list(COLUMNS)
    for column in sorted(COLUMNS, key=lambda c: -c.drop):
        if column.drop and scale * sum(c.least for c in kept) > room:
            kept.remove(column)
    excess = sum(c.width for c in kept) - room / scale
    slack = sum(c.width - c.least for c in kept)
    share = min(1.0, max(0.0, excess / slack))
    widths = [
        round(scale * (c.width - share * (c.width - c.least))) if c in kept else 0 for c in COLUMNS
    ]
    widths[TEXT] += max(0, room - sum(widths))
    return widths


def shown(node: FlowNode, key: str) -> str:
    """What a cell says."""
    if key == "prereq":
        return ", ".join(node.prereq)
    if key == "weight":
        return f"{node.weight:g}"
    return str(getattr(node, key))


class NodeModel(QAbstractTableModel):
    """Rows follow the draft; an edit goes to the draft, which may refuse it."""

    def __init__(self, draft: FlowDraft, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self._nodes: tuple[FlowNode, ...] = ()
        draft.changed.connect(self._on_changed)

    @property
    def nodes(self) -> tuple[FlowNode, ...]:
        """The nodes that are listed."""
        return self._nodes

    def row_of(self, node_id: str) -> int | None:
        """The row of a node."""
        return next((at for at, n in enumerate(self._nodes) if n.id == node_id), None)

    def _on_changed(self) -> None:
        same = [n.id for n in self._nodes] == [n.id for n in self._draft.nodes]
        if same:
            self._nodes = self._draft.nodes
            last = self.index(len(self._nodes) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self._nodes = self._draft.nodes
        self.endResetModel()

    def rowCount(self, parent: Index = _NONE) -> int:
        """One row a node."""
        return 0 if parent.isValid() else len(self._nodes)

    def columnCount(self, parent: Index = _NONE) -> int:
        """All columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A trigger is only a branch's."""
        found = super().flags(index)
        is_trigger = COLUMNS[index.column()].key == "trigger"
        if is_trigger and self._nodes[index.row()].kind != "branch":
            return found
        return found | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words for display, editing and the tooltip; the node itself by `NODE_ROLE`."""
        node = self._nodes[index.row()]
        if role == NODE_ROLE:
            return node
        key = COLUMNS[index.column()].key
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return shown(node, key)
        if role == Qt.ItemDataRole.ToolTipRole and key in ("text", "trigger"):
            return None  # painted whole, or read in the panel; a tooltip could be read as markup
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{COLUMNS[index.column()].title}: {shown(node, key) or 'none'}"
        return None

    def headerData(
        self,
        section: int,
        _orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Titles."""
        return COLUMNS[section].title if role == Qt.ItemDataRole.DisplayRole else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Change a node."""
        if role != Qt.ItemDataRole.EditRole:
            return False
        node, key = self._nodes[index.row()], COLUMNS[index.column()].key
        try:
            read = _READ[key](str(value))
        except BadInput as error:
            self._draft.refused.emit(f"{error.what} {error.remedy}".strip())
            return False
        changes: dict[str, Any] = {key: read}
        if key == "kind" and read != "branch":
            changes["trigger"] = ""
        return self._draft.change(node.id, **changes)


def _weight(words: str) -> float:
    try:
        found = float(words.replace(",", "."))
    except ValueError:
        found = 0.0
    if not 0.0 < found < 1000.0:
        raise BadInput(f"“{words}” is no weight.", "A number above 0.")
    return found


def _needs(words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(w for w in re.split(r"[,;，、\s]+", words) if w))


def _plain(words: str) -> str:
    return " ".join(words.split())


_READ: dict[str, Callable[[str], Any]] = {
    "id": lambda words: "".join(words.split()), "kind": str, "text": _plain, "trigger": _plain,
    "prereq": _needs, "weight": _weight,
}  # fmt: skip
