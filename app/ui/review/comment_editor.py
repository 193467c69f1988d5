"""Writing a comment: where it stands, the text, severity, tags."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import (
    QCompleter,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.domain.ratings import Comment
from app.ui.actions import ActionTable
from app.ui.review.chip import Chip
from app.ui.review.comment_text import TAXONOMY, place_words, tags_of, turn_of
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.segmented import Segment, Segmented

TEXT_PX = 52
TAGS_PX = 132


@dataclass(frozen=True, slots=True)
class Draft:
    """What is being written. `thread_id` is set while an old comment is changed."""

    body: str
    start: int
    end: int | None
    severity: int
    tags: tuple[str, ...]
    turn_index: int | None
    thread_id: str = ""


class CommentEditor(QWidget):
    """Ctrl+Enter adds; Esc gives up and hands the focus back."""

    added = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme, actions: ActionTable) -> None:
        super().__init__()
        self._theme = theme
        self._place: tuple[int, int | None] = (0, None)
        self._rate_hz = 8000
        self._thread_id = ""
        self.chip = Chip(theme, "00:00.000")
        self.text = QPlainTextEdit()
        self.text.setPlaceholderText("Comment; @turn names a turn")
        self.text.setAccessibleName("Comment")
        self.text.setTabChangesFocus(True)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.document().setDocumentMargin(1)
        self.text.textChanged.connect(self._on_text)
        self.severity = Segmented(
            theme, [Segment(str(n), str(n)) for n in (1, 2, 3)], name="Severity", compact=False
        )
        self.tags = QLineEdit()
        self.tags.setPlaceholderText("tags")
        self.tags.setAccessibleName("Tags")
        self.tags.setCompleter(QCompleter(list(TAXONOMY), self.tags))
        self.add = Button(theme, "Add", kind="primary", action="review.score", actions=actions)
        self.add.setToolTip("Add the comment (Ctrl+Enter)")
        self.add.clicked.connect(self.submit)
        self._lay_out()
        for field in (self.text, self.tags):
            field.installEventFilter(self)
        theme.changed.connect(self._style)
        self._style()
        self._on_text()

    def _lay_out(self) -> None:
        self._box = QFrame()
        self._box.setObjectName("commentBox")
        inner = QHBoxLayout(self._box)
        inner.setContentsMargins(8, 6, 6, 4)
        inner.setSpacing(6)
        inner.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignTop)
        inner.addWidget(self.text, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.severity)
        row.addWidget(self.tags)
        row.addStretch(1)
        row.addWidget(self.add)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 8)
        column.setSpacing(8)
        column.addWidget(self._box)
        column.addLayout(row)

    def _style(self) -> None:
        theme = self._theme
        focused = self.text.hasFocus()
        edge = f"2px solid {theme.hex('focus')}" if focused else f"1px solid {theme.hex('line3')}"
        pad = 0 if focused else 1
        self._box.setStyleSheet(
            f"#commentBox {{ background: {theme.hex('canvas')}; border: {edge};"
            f" border-radius: 4px; padding: {pad}px; }}"
            "QPlainTextEdit { background: transparent; border: none; padding: 0; }"
        )
        self.text.setFont(theme.font("small"))
        self.tags.setFont(theme.font("small"))
        self._box.setFixedHeight(theme.px(TEXT_PX) + 10)
        self.tags.setFixedWidth(theme.px(TAGS_PX))

    # what is written -------------------------------------------------------------------------

    def set_place(self, start: int, end: int | None, rate_hz: int) -> None:
        """Say where the comment stands, unless one is being written or changed."""
        if self._thread_id or self.text.toPlainText():
            return
        self._put(start, end, rate_hz)

    def _put(self, start: int, end: int | None, rate_hz: int) -> None:
        self._place, self._rate_hz = (start, end), rate_hz
        self.chip.set_text(place_words(start, end, rate_hz))

    def begin(self, start: int, end: int | None, rate_hz: int) -> None:
        """Write a comment there: takes the focus; text already typed stays."""
        if not self._thread_id:
            self._put(start, end, rate_hz)
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def change(self, comment: Comment, rate_hz: int) -> None:
        """Change an old comment."""
        self._thread_id = comment.thread_id
        self._put(comment.start, comment.end, rate_hz)
        self.text.setPlainText(comment.body)
        self.severity.set_current(str(comment.severity))
        self.tags.setText(", ".join(comment.tags))
        self.add.set_text("Save")
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)
        self.text.selectAll()

    def draft(self) -> Draft:
        """What is written now."""
        body = self.text.toPlainText().strip()
        start, end = self._place
        return Draft(
            body=body,
            start=start,
            end=end,
            severity=int(self.severity.current or 1),
            tags=tags_of(self.tags.text()),
            turn_index=turn_of(body),
            thread_id=self._thread_id,
        )

    def submit(self) -> None:
        """Hand the comment over; does nothing while it is empty."""
        draft = self.draft()
        if draft.body:
            self.added.emit(draft)

    def clear(self) -> None:
        """Nothing is written any more."""
        self._thread_id = ""
        self.text.clear()
        self.tags.clear()
        self.severity.set_current("1")
        self.add.set_text("Add")

    def _on_text(self) -> None:
        self.add.setEnabled(bool(self.text.toPlainText().strip()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.text and event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._style()
        return False

    def give_up(self) -> None:
        """Leave the field; what was typed for a new comment stays."""
        if self._thread_id:
            self.clear()
        self.left.emit()
