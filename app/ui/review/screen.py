"""The call review: timing view, play bar, transcript, inspector. Composition only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.changes import Changes
from app.ui.context import UiContext
from app.ui.review.boundary import BoundaryEditor
from app.ui.review.commands import ReviewCommands
from app.ui.review.keys import bind_review_keys, status_keys
from app.ui.review.parts import ReviewParts
from app.ui.review.redacting import Redacting
from app.ui.review.session import ReviewSession
from app.ui.review.verbs import ReviewVerbs
from app.ui.screen import Screen, StatusKey

EDITING_WORDS = "Editing boundary, Esc leaves"
EXPORTED_WORDS = "As exported, Shift+X leaves"


class ReviewScreen(Screen):
    """One call, and the list that it was opened from."""

    key: ClassVar[str] = "review"
    title: ClassVar[str] = "Review"

    def __init__(self, ctx: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(ctx, parent)
        self.session = ReviewSession(ctx)
        self.commands = ReviewCommands(ctx, self.session)
        self.editor = BoundaryEditor(ctx, self.session)
        self.verbs = ReviewVerbs(ctx, self.session, self._place, self)
        self._call_ids: Sequence[str] = ()
        self._list_name = ""
        self._start_frame: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.parts = parts = ReviewParts(ctx, self.session, self.commands, self.editor)
        self.header, self.timing, self.transport = parts.header, parts.timing, parts.transport
        self.transcript, self.compare, self.table = parts.transcript, parts.compare, parts.table
        self.tabs, self.dock, self.splitter = parts.tabs, parts.dock, parts.splitter
        self.redacting = Redacting(ctx, self.session, self.commands, parts.timing.canvas)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(parts)
        self._connect()
        self.transport.bind_to(self)
        bind_review_keys(self)
        self._on_opened()

    def _connect(self) -> None:
        session, header, verbs = self.session, self.header, self.verbs
        session.opened.connect(self._on_opened)
        session.changed.connect(self._on_changed)
        session.view.on("cursor", self._on_cursor)
        self.ctx.bus.changed.connect(self._on_bus)
        self.editor.changed.connect(self._on_edit)
        self.editor.refused.connect(self.transport.show_notice)
        self.transport.table_asked.connect(self.toggle_table)
        self.timing.comment_chosen.connect(self.dock.show_comment)
        self.timing.gutter.trimmed.connect(self.commands.keep_trim)
        self.commands.refused.connect(self.transport.show_notice)
        self.redacting.refused.connect(self.transport.show_notice)
        self.redacting.mode_changed.connect(self._on_edit)
        self.transcript.row_opened.connect(lambda _turn: self.dock.show_tab("turn"))
        self.tabs.chosen.connect(self.show_tab)
        measuring = self.dock.metrics.measuring
        self.compare.transcribe_asked.connect(lambda: self._transcribe())
        measuring.measured.connect(self.compare.refresh)
        self.dock.metrics.score_asked.connect(verbs.score_voice_metrics)
        self.dock.metrics.symbols_asked.connect(verbs.hear_symbols)
        self.dock.judge.score_asked.connect(verbs.score)
        self.dock.judge.judge_asked.connect(verbs.judge)
        verbs.left.connect(self.navigate)
        verbs.judging.connect(self.dock.judge.await_run)
        header.stepped.connect(self.step_call)
        header.flag_asked.connect(self.commands.toggle_flag)
        header.score_asked.connect(verbs.score)
        self.parts.empty.acted.connect(lambda: self.navigate.emit("library", {}))

    # life ------------------------------------------------------------------------------------

    @property
    def call_id(self) -> str:
        """The call that is shown; empty for none."""
        return self.session.call_id

    def activate(self, **kwargs: Any) -> None:
        """Show `call_id` in the list `call_ids` called `list_name`, at `frame`, on `tab`."""
        if "call_ids" in kwargs:
            self._call_ids = tuple(kwargs["call_ids"])
            self._list_name = str(kwargs.get("list_name") or "")
        self._start_frame = kwargs.get("frame")
        self.session.activate()
        if kwargs.get("call_id"):
            self.session.open(str(kwargs["call_id"]))
            if self.session.state == "ready":
                self._go_to_start()
        self._show_place()
        if isinstance(kwargs.get("tab"), str):
            self.show_tab(kwargs["tab"])
        self.dock.metrics.measuring.enable(on=True)
        self.setFocus()

    def deactivate(self) -> None:
        """Fall silent; leave the edit mode; measure no more."""
        self.dock.metrics.measuring.enable(on=False)
        self.editor.leave()
        self.session.deactivate()

    def status_keys(self) -> Sequence[StatusKey]:
        """Key hints: of the review, or of the edit mode while it lasts."""
        return status_keys(self)

    def session_state(self) -> dict[str, Any]:
        """Widths, the tab, the place in the call."""
        return {
            "sizes": self.splitter.sizes(),
            "tab": self.dock.tabs.current,
            "call_id": self.call_id,
            "cursor": self.session.view.cursor,
        }

    def restore_session(self, state: dict[str, Any]) -> None:
        """Take them back."""
        sizes = state.get("sizes")
        if isinstance(sizes, list) and len(sizes) == 2 and all(isinstance(n, int) for n in sizes):
            self.splitter.setSizes(sizes)
        if isinstance(state.get("tab"), str):
            self.dock.show_tab(state["tab"])
        if isinstance(state.get("cursor"), int) and self._start_frame is None:
            self._start_frame = state["cursor"] if state.get("call_id") == self.call_id else None

    # state -----------------------------------------------------------------------------------

    def _on_opened(self) -> None:
        session = self.session
        self.editor.leave()
        self.header.show_call(session.call)
        self._show_place()
        if session.state == "empty":
            self.parts.empty.set_words(
                "No call is open", "Choose one in the library and press Enter.", "Go to the library"
            )
        elif session.state == "failed" and session.error is not None:
            self.parts.empty.set_words(
                session.error.what, session.error.remedy, "Go to the library"
            )
        self.parts.show_call(shown=session.state not in ("empty", "failed"))
        if session.state == "ready":
            self._go_to_start()
        self.status_changed.emit()

    def _go_to_start(self) -> None:
        if self._start_frame is not None:
            frame, self._start_frame = self._start_frame, None
            self.session.playback.seek(frame)
            self.session.select_turn(self.session.current_turn(), reveal=True)

    def _on_changed(self) -> None:
        call = self.session.call
        if call is not None:
            self.header.show_call(call)

    def _on_cursor(self) -> None:
        """While sound is heard, the inspector shows the turn that is being heard."""
        if self.session.playback.is_playing and not self.editor.active:
            turn = self.session.current_turn()
            if turn is not self.session.turn:
                self.session.select_turn(turn)

    def _on_bus(self, changes: object, initiator: object) -> None:
        own = (self.commands, self.editor.queue, self.dock.metrics.measuring, self.transcript)
        if any(initiator is one for one in own):
            return
        if isinstance(changes, Changes) and self.call_id and changes.touches(self.call_id):
            self.session.reload()

    def _on_edit(self) -> None:
        self.timing.canvas.overlays.framed = self.editor.active
        mode = EXPORTED_WORDS if self.session.exported else ""
        self.transport.show_mode(EDITING_WORDS if self.editor.active else mode)
        self.timing.canvas.update()
        self.status_changed.emit()

    # list ------------------------------------------------------------------------------------

    def _show_place(self) -> None:
        ids = list(self._call_ids)
        at = ids.index(self.call_id) + 1 if self.call_id in ids else 0
        self.header.show_place(self._list_name, at, len(ids) if at else 0)

    def _place(self) -> dict[str, Any]:
        """The call and its list, as screens hand them on."""
        return {"call_id": self.call_id, "call_ids": self._call_ids, "list_name": self._list_name}

    def step_call(self, steps: int) -> None:
        """Open the next or previous call of the list."""
        ids = list(self._call_ids)
        if self.call_id in ids:
            at = ids.index(self.call_id) + steps
            if 0 <= at < len(ids):
                self.session.open(ids[at])

    # verbs -----------------------------------------------------------------------------------

    def show_tab(self, key: str) -> None:
        """Bring a tab of the text or of the dock to the front."""
        if key in ("transcript", "compare"):
            self.parts.show_text(key)
        else:
            self.dock.show_tab(key)

    def show_verdicts(self) -> None:
        """Bring the judges' verdicts to the front; the arrows then go through them."""
        self.show_tab("judge")
        self.dock.judge.list.setFocus()

    def toggle_compare(self) -> None:
        """Show the aligned texts, or the transcript again."""
        self.show_tab("transcript" if self.tabs.current == "compare" else "compare")

    def _transcribe(self) -> None:
        measuring = self.dock.metrics.measuring
        measuring.cancel()
        measuring.start(retry_failed=True, transcribe=True)
        self.compare.empty.set_words("Transcribing", "The metrics tab says how far it is.")

    def toggle_table(self) -> None:
        """Show tables in place of the picture, or the picture again."""
        self.parts.show_table(shown=not self.parts.shows_table)
        if self.parts.shows_table:
            self.table.take_focus()
        else:
            self.timing.canvas.setFocus()

    def escape(self) -> None:
        """Close what is open, from the inside out."""
        if self.transcript.find_bar.isVisible():
            self.transcript.find_bar.close_bar()
        elif self.parts.shows_table:
            self.toggle_table()
        elif self.session.view.loop is not None:
            self.session.view.set_loop(None)
        self.setFocus()
