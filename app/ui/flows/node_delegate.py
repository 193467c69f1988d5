"""Paints the list of nodes in rows of two lines, and edits a cell in place."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.domain.flows import FlowNode
from app.domain.scenarios import STEP_KINDS
from app.ui.flows.node_model import COLUMNS, NODE_ROLE, shown
from app.ui.flows.two_lines import two_lines
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.line_text import LEFT, RIGHT

ROW_PX, TEXT_PX, PAD, EDGE, GLYPH_PX = 46, 62, 8, 16, 9
_SELECTED = QStyle.StateFlag.State_Selected.value

Index = QModelIndex | QPersistentModelIndex


class TextCell(QPlainTextEdit):
    """A text that is written over several lines of a cell; Enter ends it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.node = ""
        """The node that it belongs to."""
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)


class NodeDelegate(QStyledItemDelegate):
    """`split` is called with a node's id and the cursor's place when Ctrl+Enter ends an edit."""

    def __init__(self, theme: Theme, split: Callable[[str, int], object], parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._split = theme, split
        self.findings: dict[str, str] = {}
        """Node → what is wrong with it; marked beside its id."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Two lines."""
        return QSize(60, self._theme.px(ROW_PX))

    # painting -----------------------------------------------------------------------------------

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Surface, cell, hairline."""
        rect, theme = option.rect, self._theme
        node: FlowNode = index.data(NODE_ROLE)
        column = COLUMNS[index.column()]
        first = index.column() == 0
        if option.state.value & _SELECTED:
            theme.paint_selection(painter, rect, first=first)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line1"))
        last = index.column() == len(COLUMNS) - 1
        area = rect.adjusted(EDGE if first else PAD, 0, -EDGE if last else -PAD, -1)
        if column.key == "kind":
            self._kind(painter, area, node)
        elif column.key == "id":
            self._id(painter, area, node)
        elif column.key in ("text", "trigger"):
            token = "t1" if column.key == "text" else "t2"
            words = shown(node, column.key)
            if column.key == "text" and not words:
                words, token = "Says nothing yet", "warn"
            font = theme.font("small")
            two_lines(painter, area, words, font, theme.color(token), theme.line("small"))
        else:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("t2"))
            words = shown(node, column.key)
            flags = RIGHT if column.right else LEFT
            fitting = QFontMetrics(painter.font()).elidedText(
                words, Qt.TextElideMode.ElideRight, area.width()
            )
            painter.drawText(area, flags, fitting)

    def _id(self, painter: QPainter, area: QRect, node: FlowNode) -> None:
        theme = self._theme
        painter.setFont(theme.font("small", 500))
        painter.setPen(theme.color("warn" if node.id in self.findings else "t1"))
        words = f"{node.id} !" if node.id in self.findings else node.id
        painter.drawText(area, LEFT, words)

    def _kind(self, painter: QPainter, area: QRect, node: FlowNode) -> None:
        side = self._theme.px(GLYPH_PX)
        box = QRectF(area.left(), area.center().y() - side / 2 + 0.5, side, side)
        paint_kind(painter, self._theme, box, node.kind)
        painter.setFont(self._theme.font("small", 500 if node.kind == "key" else None))
        painter.setPen(self._theme.color("t1" if node.kind == "key" else "t2"))
        painter.drawText(area.adjusted(side + 6, 0, 0, 0), LEFT, node.kind)

    # editing ------------------------------------------------------------------------------------

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A line, or the three kinds."""
        column = COLUMNS[index.column()]
        if column.key == "kind":
            box = QComboBox(parent)
            box.addItems(list(STEP_KINDS))
            box.setFont(self._theme.font("small"))
            box.activated.connect(lambda _at: self.commitData.emit(box))
            return box
        edit = TextCell(parent) if column.key in ("text", "trigger") else QLineEdit(parent)
        edit.setFont(self._theme.font("small"))
        edit.setAccessibleName(column.title)
        return edit

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Begin with what the cell says."""
        words = str(index.data(Qt.ItemDataRole.EditRole))
        if isinstance(editor, QComboBox):
            editor.setCurrentText(words)
            editor.showPopup()
        elif isinstance(editor, QLineEdit):
            editor.setText(words)
            editor.selectAll()
        elif isinstance(editor, TextCell) and not editor.toPlainText():
            editor.setPlainText(words)
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Hand what was written to the draft."""
        words = editor.currentText() if isinstance(editor, QComboBox) else ""
        if isinstance(editor, QLineEdit):
            words = editor.text()
        elif isinstance(editor, TextCell):
            words = editor.toPlainText()
        if words != str(index.data(Qt.ItemDataRole.EditRole)):
            model.setData(index, words)

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """A control's height in the middle of the row; three lines for a text."""
        rect, theme = option.rect, self._theme
        is_text = isinstance(editor, TextCell)
        height = theme.px(TEXT_PX if is_text else Size.CONTROL)
        parent = editor.parentWidget()
        most = parent.height() - height if parent is not None else rect.top()
        top = max(0, min(rect.top() + (rect.height() - height) // 2, most))
        editor.setGeometry(QRect(rect.left() + 1, top, rect.width() - 2, height))

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Enter ends the edit of a text; Ctrl+Enter also splits it at the cursor."""
        is_enter = (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        )
        if is_enter and isinstance(editor, TextCell) and isinstance(event, QKeyEvent):
            cut = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self.end_text(editor, cut=cut)
            return True
        return super().eventFilter(editor, event)

    def end_text(self, editor: TextCell, *, cut: bool) -> None:
        """Keep what was written; with `cut`, split it where the cursor stands."""
        cursor = editor.textCursor().position()
        at = len(" ".join(f"{editor.toPlainText()[:cursor]}|".split())) - 1
        self.commitData.emit(editor)
        self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)
        if cut and editor.node:
            self._split(editor.node, at)


def paint_kind(painter: QPainter, theme: Theme, box: QRectF, kind: str) -> None:
    """Key: a filled square. Normal: an empty one. Branch: a dashed one."""
    painter.save()
    style = Qt.PenStyle.DotLine if kind == "branch" else Qt.PenStyle.SolidLine
    painter.setPen(theme.pen("t1" if kind == "key" else "t2", 1.4, style))
    painter.setBrush(theme.color("t1") if kind == "key" else Qt.BrushStyle.NoBrush)
    painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
    painter.restore()
