"""The comments tab: write one at the play-head or on the loop, go through what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from app.domain.ratings import Comment
from app.ui.review.comment_editor import CommentEditor, Draft
from app.ui.review.comment_list import CommentList
from app.ui.review.comment_text import span_of
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Hairline, Label

if TYPE_CHECKING:
    from app.ui.context import UiContext
    from app.ui.review.commands import ReviewCommands
    from app.ui.review.session import ReviewSession

LEAD_IN_S = 2
HIDDEN_WORDS = "Others' comments stay hidden until you submit your scores."
NONE_WORDS = "No comments yet. C writes one at the play-head, or on the loop."


class CommentsPanel(QWidget):
    """Editor above, list below, by time."""

    def __init__(self, ctx: UiContext, session: ReviewSession, commands: ReviewCommands) -> None:
        super().__init__()
        self._ctx, self._session, self._commands = ctx, session, commands
        theme = ctx.theme
        self.editor = CommentEditor(theme, ctx.actions)
        self.list = CommentList(theme, ctx.viewer.rater_id)
        self.hidden = Label(theme, HIDDEN_WORDS, "small", "t2", wrap=True)
        self.hidden.setContentsMargins(16, 6, 16, 6)
        self._none = Label(theme, NONE_WORDS, "small", "t3", wrap=True)
        self._none.setContentsMargins(16, 10, 16, 10)
        self._none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._foot = self._make_foot()
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._none)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.editor, Hairline(theme), self.hidden):
            column.addWidget(widget)
        column.addWidget(holder, 1)
        column.addWidget(self._foot)
        self._connect()
        self.refresh()

    def _make_foot(self) -> QWidget:
        theme, foot = self._ctx.theme, QWidget()
        row = QHBoxLayout(foot)
        row.setContentsMargins(16, 4, 16, 6)
        row.setSpacing(8)
        edit = Button(theme, "Edit", compact=True)
        delete = Button(theme, "Delete", compact=True)
        edit.clicked.connect(self.edit_current)
        delete.clicked.connect(self.delete_current)
        row.addWidget(edit)
        row.addWidget(delete)
        row.addStretch(1)
        return foot

    def _connect(self) -> None:
        session = self._session
        for signal in (session.opened, session.changed):
            signal.connect(self.refresh)
        session.opened.connect(self.editor.clear)
        session.view.on("cursor", self._on_place)
        session.view.on("loop", self._on_place)
        self.editor.added.connect(self._on_added)
        self.list.clicked.connect(lambda _index: self.play_current())
        self.list.selectionModel().currentChanged.connect(lambda *_: self._show_foot())
        self.list.installEventFilter(self)
        self._commands.comment_added.connect(lambda c: self.list.choose(c.id))
        self._ctx.actions.bind(
            self.editor,
            {"review.score": self.editor.submit, "review.escape": self.editor.give_up},
        )

    # content ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the call's comments."""
        review, chosen = self._session.review, self.list.current
        comments = review.comments if review else ()
        self.list.comments.show_comments(comments, self._session.view.rate_hz)
        if chosen is not None:
            same = next((c for c in comments if c.thread_id == chosen.thread_id), None)
            if same is not None:
                self.list.choose(same.id)
        self.hidden.setVisible(review is not None and review.comments_hidden)
        self._stack.setCurrentIndex(0 if comments else 1)
        self._show_foot()
        self._on_place()

    def _show_foot(self) -> None:
        chosen = self.list.current
        mine = chosen is not None and chosen.rater_id == self._ctx.viewer.rater_id
        self._foot.setVisible(mine)
        self.list.viewport().update()

    def place(self) -> tuple[int, int | None]:
        """Where a new comment would stand: on the loop, else at the play-head."""
        view = self._session.view
        if view.loop is not None and view.loop_on:
            return view.loop.start, view.loop.end
        return view.cursor, None

    def _on_place(self) -> None:
        if self.isVisible() and not self._session.playback.is_playing:
            self.editor.set_place(*self.place(), self._session.view.rate_hz)

    # verbs -----------------------------------------------------------------------------------

    def write(self) -> None:
        """Begin a comment."""
        if self._session.call is not None:
            self.editor.begin(*self.place(), self._session.view.rate_hz)

    def _on_added(self, draft: Draft) -> None:
        if draft.thread_id:
            self._commands.edit_comment(
                draft.thread_id, body=draft.body, severity=draft.severity, tags=draft.tags
            )
        else:
            turn = draft.turn_index
            if turn is None:
                at = self._session.data.turns.at(draft.start)
                turn = at.index if at is not None else None
            self._commands.add_comment(
                start=draft.start,
                end=draft.end,
                body=draft.body,
                severity=draft.severity,
                tags=draft.tags,
                turn_index=turn,
            )
        self.editor.clear()
        self.editor.left.emit()

    def show_comment(self, comment: Comment) -> None:
        """Choose a comment and go there."""
        self.list.choose(comment.id)
        self._go(comment)

    def play_current(self) -> None:
        """Play from 2 s before the chosen comment."""
        comment = self.list.current
        if comment is not None:
            self._go(comment)
            self._session.playback.play()

    def _go(self, comment: Comment) -> None:
        session = self._session
        session.playback.seek(comment.start - LEAD_IN_S * session.view.rate_hz)
        session.view.reveal(span_of(comment), margin_px=200)

    def edit_current(self) -> None:
        """Change the chosen comment, if it is one's own."""
        comment = self.list.current
        if comment is not None and comment.rater_id == self._ctx.viewer.rater_id:
            self.editor.change(comment, self._session.view.rate_hz)

    def delete_current(self) -> None:
        """Take the chosen comment away, if it is one's own."""
        comment = self.list.current
        if comment is not None and comment.rater_id == self._ctx.viewer.rater_id:
            self._commands.delete_comment(comment.thread_id)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.list and isinstance(event, QKeyEvent):
            if event.type() != QEvent.Type.KeyPress:
                return False
            verbs = {
                Qt.Key.Key_Return: self.play_current,
                Qt.Key.Key_Enter: self.play_current,
                Qt.Key.Key_F2: self.edit_current,
                Qt.Key.Key_Delete: self.delete_current,
            }
            verb = verbs.get(Qt.Key(event.key()))
            if verb is not None:
                verb()
                return True
        return False
