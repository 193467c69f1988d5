"""The list of nodes: one is selected, any cell is edited in place."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from app.ui.flows.draft import FlowDraft
from app.ui.flows.node_delegate import EDGE, PAD, ROW_PX, NodeDelegate, TextCell
from app.ui.flows.node_model import COLUMNS, TEXT, NodeModel, fitted
from app.ui.theme import Theme
from app.ui.widgets.row_table import RowHead, RowTable

Index = QModelIndex | QPersistentModelIndex
CUTS = ("; ", "；", ", and ", " and ", ". ", "。", "，", ", ")


class NodeTable(RowTable):
    """Follows the draft's selection, and sets it."""

    split_begun = Signal()
    """A text is being edited in order to be split."""

    def __init__(self, theme: Theme, draft: FlowDraft, parent: QWidget | None = None) -> None:
        self._draft = draft
        self._nodes = NodeModel(draft)
        head = RowHead(theme, COLUMNS, _insets)
        super().__init__(
            theme, self._nodes, head, fitted, row_px=ROW_PX, name="Nodes", parent=parent
        )
        self._nodes.setParent(self)
        self.rows = NodeDelegate(theme, draft.split, self)
        self.setItemDelegate(self.rows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        draft.selected_changed.connect(self._on_selected)
        self._nodes.modelReset.connect(lambda: self._on_selected(draft.selected))
        self.restyle()

    def show_findings(self, findings: dict[str, str]) -> None:
        """Mark nodes that something is wrong with."""
        if findings != self.rows.findings:
            self.rows.findings = findings
            self.viewport().update()

    def _on_selected(self, node_id: str) -> None:
        at = self._nodes.row_of(node_id)
        if at is None:
            self.clearSelection()
        elif at != self.selected:
            self.select(at)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell the draft."""
        super().currentChanged(current, previous)
        if current.isValid() and current.row() < len(self._nodes.nodes):
            self._draft.select(self._nodes.nodes[current.row()].id)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Edit the cell."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid():
            self.edit_cell(index.row(), index.column())

    def edit_cell(self, row: int, column: int = TEXT) -> TextCell | None:
        """Begin to edit a cell; what is written in, where that is a text."""
        index = self._nodes.index(row, column)
        if not self._nodes.flags(index) & Qt.ItemFlag.ItemIsEditable:
            return None
        self.setCurrentIndex(index)
        self.edit(index)
        editor = next((e for e in self.viewport().findChildren(TextCell) if e.isVisible()), None)
        if editor is not None:
            editor.node = self._nodes.nodes[row].id
        return editor

    def edit_text(self) -> None:
        """Edit the text of the selected node."""
        if self.selected is not None:
            self.edit_cell(self.selected)

    def split_text(self) -> None:
        """Edit the text of the selected node, the cursor where it may be split."""
        editor = self.edit_cell(self.selected) if self.selected is not None else None
        if editor is not None:
            text = editor.toPlainText()
            found = [text.find(mark) + len(mark) for mark in CUTS if mark in text]
            cursor = editor.textCursor()
            cursor.setPosition(found[0] if found else len(text) // 2)
            editor.setTextCursor(cursor)
            self.split_begun.emit()


def _insets(section: int) -> tuple[int, int]:
    return (EDGE if section == 0 else PAD, EDGE if section == len(COLUMNS) - 1 else PAD)
