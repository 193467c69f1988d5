"""Listening to doubtful symbols: hear one, say what it was, go on to the next.

Each key is a durable draft before the row changes; keys pressed meanwhile wait their turn.
Submitting makes the readings count and shows how many others gave one.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.domain.calls import Span
from app.domain.changes import Changes
from app.domain.clock import utc_now
from app.domain.errors import UserError
from app.tasks.runner import Lane
from app.ui.review.symbols_list import SymbolList
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.labels import Label

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from app.domain.forms import Saved
    from app.services.symbol_answers import DoubtfulSymbol
    from app.ui.context import UiContext
    from app.ui.review.session import ReviewSession

PAD_MS = 250
"""Heard before and after a symbol: words are not cut where a recogniser has their edges."""

HELP_WORDS = (
    "A recogniser heard something else than what was meant. Space plays, 1 says read correctly, "
    "0 misread, Backspace that it cannot be heard (again: no answer). Ctrl+Enter submits."
)
NONE_WORDS = "Nothing is in doubt: no symbol was found, or all were heard as they are meant."


def open_symbols(
    ctx: UiContext, session: ReviewSession, parent: QWidget | None
) -> SymbolsDialog | None:
    """Open the list for the session's call; None where no call is open."""
    if session.call is None:
        return None
    dialog = SymbolsDialog(ctx, session, parent)
    dialog.open()
    return dialog


class SymbolsDialog(Dialog):
    """The symbols of the session's call. Main thread only."""

    def __init__(self, ctx: UiContext, session: ReviewSession, parent: QWidget | None) -> None:
        super().__init__(ctx.theme, "Doubtful symbols", parent, width=680)
        self._ctx, self._session, self._call_id = ctx, session, session.call_id
        self._waiting: deque[bool | None] = deque()
        self._busy = True
        self.list = SymbolList(ctx.theme)
        self.list.setMinimumHeight(ctx.theme.px(300))
        self.none = Label(ctx.theme, NONE_WORDS, "body", "t2", wrap=True)
        self.none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.none.hide()
        self.body.addWidget(Label(ctx.theme, HELP_WORDS, "small", "t2", wrap=True))
        self.body.addWidget(self.none)
        self.body.addWidget(self.list, 1)
        self.list.answered.connect(self.answer)
        self.list.play_asked.connect(self.play)
        self.list.submit_asked.connect(self.submit)
        self.add_button("Close", self.reject)
        self.submit_button = self.add_button("Submit", self.submit, primary=True)
        self.submit_button.setEnabled(False)
        self.list.setFocus()
        self._read(first=True)

    # reading ---------------------------------------------------------------------------------

    def _read(self, *, first: bool = False, go_on: bool = False) -> None:
        ctx, call_id = self._ctx, self._call_id

        def read() -> list[DoubtfulSymbol]:
            from app.services import symbol_answers

            return symbol_answers.doubtful(ctx.ws, ctx.viewer, call_id)

        def done(found: list[DoubtfulSymbol]) -> None:
            if not isValid(self):
                return
            self._show(found)
            if first and found:
                at = next((n for n, s in enumerate(found) if s.own is None), 0)
                self.list.choose(at)
            elif go_on:
                self.list.go_on()
            self._next()

        ctx.runner.run(Lane.READ, read, done=done, failed=self._on_failed)

    def _show(self, found: Sequence[DoubtfulSymbol]) -> None:
        call = self._session.call
        self.list.symbols.show_symbols(found, call.rate_hz if call else 8000)
        self.none.setVisible(not found)
        self.list.setVisible(bool(found))
        self.submit_button.setEnabled(any(s.is_draft for s in found))

    # verbs -----------------------------------------------------------------------------------

    def play(self) -> None:
        """Hear the chosen symbol, from its start to its end."""
        symbol, call, playback = self.list.current, self._session.call, self._session.playback
        if symbol is None or call is None:
            return
        pad = call.rate_hz * PAD_MS // 1000
        if playback.is_playing:
            playback.pause()
        end = min(symbol.span.end + pad, call.frame_count)
        playback.play_span(Span(max(symbol.span.start - pad, 0), end))

    def answer(self, read_correctly: bool | None) -> None:
        """Draft a reading of the chosen symbol and go on; None: it cannot be heard, or clears."""
        self._waiting.append(read_correctly)
        if not self._busy:
            self._next()

    def submit(self) -> None:
        """Make the drafts count."""
        ctx, call_id = self._ctx, self._call_id

        def work() -> Changes:
            from app.services import symbol_answers

            return symbol_answers.submit(ctx.ws, ctx.viewer, call_id).changes

        if not self._busy:
            self._write(work, go_on=False)

    def reject(self) -> None:
        """Fall silent and close; drafts stay."""
        if self._session.playback.is_playing:
            self._session.playback.pause()
        super().reject()

    # writing ---------------------------------------------------------------------------------

    def _next(self) -> None:
        """The write or read before is over: do what was pressed meanwhile."""
        self._busy = False
        symbol = self.list.current
        if not self._waiting or symbol is None:
            self._waiting.clear()
            return
        self._draft(symbol, self._waiting.popleft())

    def _draft(self, symbol: DoubtfulSymbol, reading: bool | None) -> None:
        ctx, call_id = self._ctx, self._call_id
        clears = reading is None and symbol.own == "not_applicable"

        def work() -> Changes:
            from app.services import symbol_answers as service

            saved: Saved = (
                service.clear(ctx.ws, ctx.viewer, call_id, symbol.key)
                if clears
                else service.answer(ctx.ws, ctx.viewer, call_id, symbol.key, reading)
            )
            return saved.changes

        self._write(work, go_on=not clears)

    def _write(self, work: Callable[[], Changes], *, go_on: bool) -> None:
        ctx, self._busy = self._ctx, True
        self.say_problem("")

        def done(changes: Changes) -> None:
            ctx.bus.saved.emit(utc_now())
            ctx.bus.changed.emit(changes, self if isValid(self) else None)
            if isValid(self):
                self._read(go_on=go_on)

        ctx.runner.run(Lane.WRITE, work, done=done, failed=self._on_failed)

    def _on_failed(self, error: Any) -> None:
        if not isValid(self):
            return
        self._busy = False
        self._waiting.clear()
        if isinstance(error, UserError):
            self.say_problem(f"{error.what} {error.remedy}".strip())
        else:
            self._ctx.runner.failed.emit(error)
