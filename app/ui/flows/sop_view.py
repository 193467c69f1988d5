"""The SOP with what nodes cover tinted and what none covers marked. Read, never written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from app.domain.flows import FlowNode
from app.eval.judging.flow_units import Span, Unit
from app.ui.flows.offsets import Offsets
from app.ui.theme import Theme

GUTTER_PX, MARK_PX, LINE_PERCENT = 52, 8, 130.0
COVERED, CHOSEN = 0.13, 0.34
"""How much accent lies under text that a node covers, and that the selected one does."""


class SopView(QTextEdit):
    """Selecting a node shows its text; a click in the text selects its node."""

    place_chosen = Signal(int)
    """Character that was clicked."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._offsets = Offsets("")
        self._nodes: Sequence[FlowNode] = ()
        self._uncovered: Sequence[Unit] = ()
        self._chosen = ""
        self._marked: object = None
        self.setAccessibleName("SOP")
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setProperty("ring", "inside")
        self._gutter = Gutter(self)
        self.setAcceptRichText(False)
        self.setUndoRedoEnabled(False)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._gutter.update())
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.setFont(self._theme.font("body"))
        self.setStyleSheet("QTextEdit { border: none; padding: 4px 8px 4px 0; }")
        self.setViewportMargins(self._theme.px(GUTTER_PX), 0, 0, 0)
        self._mark(anew=True)

    # showing ------------------------------------------------------------------------------------

    def show_sop(self, text: str) -> None:
        """Show another text."""
        if text != self.toPlainText():
            self._offsets = Offsets(text)
            self._nodes, self._uncovered = (), ()
            self.setPlainText(text)
            airy = QTextBlockFormat()
            airy.setLineHeight(
                LINE_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value
            )
            cursor = self.textCursor()
            cursor.select(QTextCursor.SelectionType.Document)
            cursor.mergeBlockFormat(airy)

    def show_nodes(self, nodes: Sequence[FlowNode], uncovered: Sequence[Unit]) -> None:
        """Mark what nodes cover and what none does."""
        self._nodes, self._uncovered = nodes, uncovered
        self._mark()

    def show_chosen(self, node_id: str, *, scroll: bool = True) -> None:
        """Mark the text of a node, and bring it into sight."""
        self._chosen = node_id
        self._mark()
        spans = next((n.spans for n in self._nodes if n.id == node_id), ())
        if scroll and spans and not self.hasFocus():
            self._bring(min(spans))

    def go_to(self, span: Span) -> None:
        """Select a stretch of text and bring it into sight."""
        self.setTextCursor(self._cursor(span))
        self._bring(span)

    @property
    def selection(self) -> Span | None:
        """The selected text without white space around it; None for none."""
        cursor = self.textCursor()
        start = self._offsets.to_python(cursor.selectionStart())
        end = self._offsets.to_python(cursor.selectionEnd())
        text = self.toPlainText()[start:end]
        start += len(text) - len(text.lstrip())
        end -= len(text) - len(text.rstrip())
        return (start, end) if start < end else None

    def drop_selection(self) -> None:
        """Select nothing any more."""
        cursor = self.textCursor()
        cursor.clearSelection()
        self.setTextCursor(cursor)

    def _bring(self, span: Span) -> None:
        """Scroll so that the line is seen, without moving the caret."""
        box = self._box(self.document().findBlock(self._offsets.to_qt(span[0])))
        if box.top() < 0 or box.bottom() > self.viewport().height():
            bar = self.verticalScrollBar()
            bar.setValue(round(bar.value() + box.top() - self.viewport().height() / 3))

    def _box(self, block: QTextBlock) -> QRectF:
        """Where a paragraph stands in the viewport."""
        box = self.document().documentLayout().blockBoundingRect(block)
        return box.translated(0, -self.verticalScrollBar().value())

    def _cursor(self, span: Span) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._offsets.to_qt(span[0]))
        cursor.setPosition(self._offsets.to_qt(span[1]), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _mark(self, *, anew: bool = False) -> None:
        spans = [s for n in self._nodes for s in n.spans]
        open_spans = [s for u in self._uncovered for s in u.spans]
        picked = [s for n in self._nodes if n.id == self._chosen for s in n.spans]
        marked = (self.document().revision(), spans, open_spans, picked)
        self._gutter.update()
        if marked == self._marked and not anew:
            return
        self._marked = marked
        theme = self._theme
        plain, chosen, none = QTextCharFormat(), QTextCharFormat(), QTextCharFormat()
        plain.setBackground(theme.mixed("accent", COVERED, "canvas"))
        chosen.setBackground(theme.mixed("accent", CHOSEN, "canvas"))
        chosen.setForeground(theme.color("t1"))
        chosen.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
        chosen.setUnderlineColor(theme.color("accent"))
        none.setBackground(theme.color("warnBg"))
        none.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        none.setUnderlineColor(theme.color("warn"))
        self.setExtraSelections(
            [
                *self._marks(spans, plain),
                *self._marks(open_spans, none),
                *self._marks(picked, chosen),
            ]
        )

    def _marks(
        self, spans: Iterable[Span], look: QTextCharFormat
    ) -> list[QTextEdit.ExtraSelection]:
        found = []
        for span in spans:
            mark = QTextEdit.ExtraSelection()
            mark.cursor = self._cursor(span)
            mark.format = look
            found.append(mark)
        return found

    # pointer ------------------------------------------------------------------------------------

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click without a selection chooses the node there."""
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            at = self.cursorForPosition(event.position().toPoint()).position()
            self.place_chosen.emit(self._offsets.to_python(at))

    # gutter -------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The gutter keeps to the left."""
        super().resizeEvent(event)
        area = self.contentsRect()
        width = self._theme.px(GUTTER_PX)
        self._gutter.setGeometry(QRect(area.left(), area.top(), width, area.height()))

    def paint_gutter(self, painter: QPainter, area: QRect) -> None:
        """Ids of the nodes whose text begins on a line; a mark where no node covers it."""
        theme = self._theme
        painter.fillRect(area, theme.color("bg1"))
        begins = self._begins()
        block = self.cursorForPosition(self.viewport().rect().topLeft()).block()
        while block.isValid() and (box := self._box(block)).top() <= area.bottom():
            if box.bottom() >= area.top():
                self._paint_line(painter, box, begins.get(block.blockNumber(), []))
            block = block.next()

    def _paint_line(self, painter: QPainter, at: QRectF, ids: list[str]) -> None:
        theme, width = self._theme, self._gutter.width() - MARK_PX
        height = theme.line("body")
        box = QRect(0, round(at.top()), width, height)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        bold = self._chosen in ids or "!" in ids
        painter.setFont(theme.font("label", QFont.Weight.DemiBold.value if bold else None))
        token = "warn" if "!" in ids else "accent" if self._chosen in ids else "t3"
        painter.setPen(theme.color(token))
        words = ids[0] if len(ids) == 1 else f"{ids[0]} +{len(ids) - 1}" if ids else ""
        painter.drawText(box, right, words)

    def _begins(self) -> Mapping[int, list[str]]:
        found: dict[int, list[str]] = {}
        starts = [(u.spans[0][0], "!") for u in self._uncovered]
        starts += [(s[0], n.id) for n in self._nodes for s in n.spans]
        for at, word in starts:
            line = self.document().findBlock(self._offsets.to_qt(at)).blockNumber()
            if word not in found.setdefault(line, []):
                found[line].append(word)
        return found


class Gutter(QWidget):
    """The strip at the left of the text."""

    def __init__(self, owner: SopView) -> None:
        super().__init__(owner)
        self._owner = owner

    def sizeHint(self) -> QSize:
        """As wide as an id."""
        return QSize(self._owner.viewportMargins().left(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        self._owner.paint_gutter(QPainter(self), event.rect())
