"""The full request and reply behind a verdict: plain text, to be read and copied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.domain.errors import UserError
from app.tasks.runner import Lane
from app.ui.review.reply_words import ReplyText, reply_texts, shortened
from app.ui.runs.sections import Facts, OverlayArea
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.segmented import Segment, Segmented

if TYPE_CHECKING:
    from app.domain.judging import StoredReply
    from app.ui.context import UiContext

WIDTH_PX, HEIGHT_PX, FACTS_PX = 920, 620, 290
PARTS = (
    Segment("said", "Reply"),
    Segment("asked", "Messages"),
    Segment("request", "Raw request"),
    Segment("reply", "Raw reply"),
)


class ReplyDialog(Dialog):
    """Facts at the left, one of four texts at the right."""

    def __init__(
        self, theme: Theme, title: str, texts: Sequence[ReplyText], parent: QWidget | None
    ) -> None:
        super().__init__(theme, title, parent, width=WIDTH_PX)
        self._texts, self._at = tuple(texts), 0
        which = [Segment(str(n), text.title) for n, text in enumerate(texts)]
        self.which = Segmented(theme, which, name="Request")
        self.which.setVisible(len(which) > 1)
        self.which.chosen.connect(self._on_which)
        self.parts = Segmented(theme, PARTS, name="Text")
        self.parts.chosen.connect(lambda _key: self._show())
        self.copy = Button(theme, "Copy", icon="copy", kind="quiet")
        self.copy.clicked.connect(self._copy)
        self.facts = Facts(theme)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Text")
        font = theme.font("mono_small")
        font.setFeature(QFont.Tag("calt"), 0)  # ligatures would not show what was sent
        self.text.setFont(font)
        self._lay_out()
        self.add_button("Close", self.reject, primary=True)
        self._show()
        self.parts.setFocus()

    def sizeHint(self) -> QSize:
        """Room to read."""
        return QSize(self.theme.px(WIDTH_PX), self.theme.px(HEIGHT_PX))

    def _lay_out(self) -> None:
        area = OverlayArea(self)
        holder = QWidget()
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(0, 2, 12, 0)
        inner.addWidget(self.facts)
        inner.addStretch()
        area.setWidget(holder)
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addWidget(self.which)
        left.addWidget(area, 1)
        side = QWidget()
        side.setFixedWidth(self.theme.px(FACTS_PX))
        left.setContentsMargins(0, 0, 0, 0)
        side.setLayout(left)
        head = QHBoxLayout()
        head.addWidget(self.parts)
        head.addStretch()
        head.addWidget(self.copy)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addLayout(head)
        right.addWidget(self.text, 1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(side)
        row.addLayout(right, 1)
        self.body.addLayout(row, 1)

    def _on_which(self, key: str) -> None:
        self._at = int(key)
        self._show()

    def _part(self) -> str:
        return self._texts[self._at].part(self.parts.current or "said")

    def _show(self) -> None:
        self.facts.show_facts(self._texts[self._at].facts)
        self.text.setPlainText(shortened(self._part()))
        self.copy.set_text("Copy")

    def _copy(self) -> None:
        copied = self._texts[self._at].copied(self.parts.current or "said")
        QGuiApplication.clipboard().setText(copied)
        self.copy.set_text("Copied")


def open_replies(
    ctx: UiContext, score_id: str, title: str, parent: QWidget, none: Callable[[], object]
) -> None:
    """Open what is behind a verdict; `none` is called where there is nothing to show."""

    def read() -> list[ReplyText]:
        from app.services.judging.reading import replies

        return _texts(ctx, replies(ctx.ws, ctx.viewer, score_id))

    def show(texts: list[ReplyText]) -> None:
        if isValid(parent):
            if texts:
                ReplyDialog(ctx.theme, title, texts, parent.window()).open()
            else:
                none()

    ctx.runner.run(Lane.READ, read, done=show, failed=lambda error: _say(ctx, error))


def open_reply(ctx: UiContext, reply_id: str, title: str, parent: QWidget) -> None:
    """Open one request with its reply, such as one that nothing could be read out of."""

    def read() -> list[ReplyText]:
        from app.services.judging.reading import reply

        return _texts(ctx, (reply(ctx.ws, ctx.viewer, reply_id),))

    def show(texts: list[ReplyText]) -> None:
        if isValid(parent):
            ReplyDialog(ctx.theme, title, texts, parent.window()).open()

    ctx.runner.run(Lane.READ, read, done=show, failed=lambda error: _say(ctx, error))


def _texts(ctx: UiContext, found: Sequence[StoredReply]) -> list[ReplyText]:
    from app.services import outgoing
    from app.services.judging.definitions import versions

    texts = reply_texts(found, {version.id: version for version in versions(ctx.ws)})
    hidden = [outgoing.of_call(ctx.ws, reply.new.call_id).hidden for reply in found]
    return [replace(text, hidden=words) for text, words in zip(texts, hidden)]


def _say(ctx: UiContext, error: BaseException) -> None:
    if isinstance(error, UserError):
        ctx.bus.message.emit("error", error.what, error.remedy)
    else:
        ctx.runner.failed.emit(error)
