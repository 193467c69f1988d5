"""The tab that sets reference and hypothesis side by side, and plays what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.domain.errors import UserError
from app.domain.text_roles import ROLE_WORDS
from app.tasks.runner import Lane
from app.ui.review.compare_layout import errors, rate_words
from app.ui.review.compare_list import CompareList
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.labels import Label
from app.ui.widgets.segmented import Segment, Segmented

if TYPE_CHECKING:
    from app.services.aligned_text import AlignedText
    from app.ui.context import UiContext
    from app.ui.review.session import ReviewSession


class ComparePanel(QWidget):
    """Read when it comes to the front."""

    transcribe_asked = Signal()

    def __init__(self, ctx: UiContext, session: ReviewSession) -> None:
        super().__init__()
        self._ctx, self._session = ctx, session
        self.found: AlignedText | None = None
        self._role = ""
        self._reading = 0
        theme = ctx.theme
        self.roles = Segmented(
            theme,
            [Segment(role, ROLE_WORDS[role]) for role in ("spoken", "heard")],
            name="Compared text",
            compact=True,
        )
        self.rates = [Label(theme, "", "small", "t2", wrap=True) for _ in range(2)]
        head = QVBoxLayout()
        head.setContentsMargins(16, 8, 16, 8)
        head.setSpacing(3)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.roles)
        key = "struck: reference · underlined: heard instead · ‸ added · – missing"
        row.addWidget(Label(theme, key, "label", "t3"))
        row.addStretch(1)
        head.addLayout(row)
        for label in self.rates:
            head.addWidget(label)
        self.list = CompareList(theme)
        self.empty = EmptyState(theme, "Nothing to compare yet")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        column.addWidget(self.empty, 1)
        self.roles.chosen.connect(self._use_role)
        self.list.word_chosen.connect(self.hear)
        self.empty.acted.connect(self.transcribe_asked)
        session.opened.connect(self._on_opened)
        session.changed.connect(self.refresh)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def _on_opened(self) -> None:
        self.found, self._role = None, ""
        self._show()
        self.refresh()

    def _use_role(self, role: str) -> None:
        self._role = role
        self.refresh()

    def refresh(self) -> None:
        """Align the texts again, where somebody looks at them."""
        if self._session.state != "ready" or not self.isVisible():
            return
        self._reading += 1
        request, ctx = self._reading, self._ctx
        call_id, role, exported = self._session.call_id, self._role, self._session.exported

        def read() -> AlignedText:
            from app.services import outgoing
            from app.services.aligned_text import aligned_text, masked

            found = aligned_text(ctx.ws, call_id, role)
            return masked(found, outgoing.of_call(ctx.ws, call_id)) if exported else found

        ctx.runner.run(
            Lane.READ,
            read,
            done=lambda found: self._on_read(request, found),
            failed=lambda error: self._on_unreadable(request, error),
        )

    def _on_read(self, request: int, found: AlignedText) -> None:
        if isValid(self) and request == self._reading and found != self.found:
            self.found = found
            self._show()

    def _on_unreadable(self, request: int, error: BaseException) -> None:
        if not isValid(self) or request != self._reading:
            return
        self.found = None
        self._show()
        if isinstance(error, UserError):
            self.empty.set_words(error.what, error.remedy)
        else:
            self._ctx.runner.failed.emit(error)

    def _show(self) -> None:
        found = self.found
        self.list.text.show_text(found, self._session.view.rate_hz)
        told = rate_words(found) if found else []
        for n, label in enumerate(self.rates):
            label.setText(told[n] if n < len(told) else "")
        if found is not None:
            self.roles.set_current(found.hypothesis)
        has = bool(found and found.lines)
        self.list.setVisible(has)
        self.empty.setVisible(not has)
        if found is None:
            self.empty.set_words("")
        elif found.hypothesis == "spoken" and "spoken" not in found.choices:
            self.empty.set_words(
                "No transcript of ours yet",
                "Recognise this call's speech, and compare it with what was meant.",
                "Transcribe",
            )
        elif not has:
            reason = next((r.reason for r in found.rates if r.reason), "")
            self.empty.set_words("Nothing to compare", f"{reason} Correct or confirm a line.")

    def hear(self, line: int, word: int) -> None:
        """Go to a word and play it."""
        self.list.go_to(line, word)
        span = self.list.text.lines[line].words[word].span
        self._session.view.reveal(span)
        self._session.playback.play_span(span)

    def step(self, steps: int) -> None:
        """Hear the next or previous place that differs."""
        places = errors(self.found) if self.found is not None else []
        if not places or not self.isVisible():
            return
        at = self.list.text.at
        if steps > 0:
            place = next((p for p in places if p > at), places[0])
        else:
            place = next((p for p in reversed(places) if p < at), places[-1])
        self.hear(*place)
