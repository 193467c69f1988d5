"""The right dock: turn, comments, metrics, judges, recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from app.domain.ratings import Comment
from app.ui.review.comments_panel import CommentsPanel
from app.ui.review.judge_panel import JudgePanel
from app.ui.review.metrics_panel import MetricsPanel
from app.ui.review.recording_panel import RecordingPanel
from app.ui.review.tab_strip import Tab, TabStrip
from app.ui.review.turn_panel import TurnPanel

if TYPE_CHECKING:
    from app.ui.context import UiContext
    from app.ui.review.commands import ReviewCommands
    from app.ui.review.session import ReviewSession

MIN_PX = 344
TABS = (
    Tab("turn", "Turn"),
    Tab("comments", "Comments"),
    Tab("metrics", "Metrics"),
    Tab("judge", "Judge"),
    Tab("recording", "Recording"),
)


class Dock(QWidget):
    """Tabs beside the transcript."""

    def __init__(self, ctx: UiContext, session: ReviewSession, commands: ReviewCommands) -> None:
        super().__init__()
        self._session = session
        self.tabs = TabStrip(ctx.theme, TABS, name="Panel")
        self.turn = TurnPanel(ctx, session)
        self.comments = CommentsPanel(ctx, session, commands)
        self.metrics = MetricsPanel(ctx, session)
        self.judge = JudgePanel(ctx, session)
        self.recording = RecordingPanel(ctx, session, commands)
        self._stack = QStackedWidget()
        self._panels = {
            "turn": self.turn,
            "comments": self.comments,
            "metrics": self.metrics,
            "judge": self.judge,
            "recording": self.recording,
        }
        for panel in self._panels.values():
            self._stack.addWidget(panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self._stack, 1)
        self.setMinimumWidth(MIN_PX)
        self.tabs.chosen.connect(self.show_tab)
        self.judge.locked_changed.connect(lambda on: self.tabs.set_locked("judge", locked=on))
        self.comments.editor.left.connect(self._give_back_focus)
        for signal in (session.opened, session.changed):
            signal.connect(self._count)
        self._count()

    def show_tab(self, key: str) -> None:
        """Bring a tab to the front; an unknown key does nothing."""
        if key in self._panels:
            self.tabs.set_current(key)
            self._stack.setCurrentWidget(self._panels[key])
            if key == "comments":
                self.comments.refresh()

    def _count(self) -> None:
        review = self._session.review
        comments = len(review.comments) if review else 0
        findings = len(review.findings) if review else 0
        self.tabs.set_note("comments", str(comments) if comments else "")
        self.tabs.set_note("recording", str(findings) if findings else "", "warn")

    def write_comment(self) -> None:
        """Write a comment at the play-head, or on the loop."""
        self.show_tab("comments")
        self.comments.write()

    def write_tag(self) -> None:
        """Write a comment, its tags first."""
        self.write_comment()
        self.comments.editor.tags.setFocus()

    def show_comment(self, comment: Comment) -> None:
        """Bring a comment to the front."""
        self.show_tab("comments")
        self.comments.show_comment(comment)

    def has_list_focus(self) -> bool:
        """Whether a list has the focus, whose arrows are its own."""
        lists = (self.comments.list, self.metrics.list, self.judge.list)
        return QApplication.focusWidget() in lists

    def _give_back_focus(self) -> None:
        screen = self.parentWidget()
        while screen is not None and not hasattr(screen, "activate"):
            screen = screen.parentWidget()
        if screen is not None:
            screen.setFocus()
