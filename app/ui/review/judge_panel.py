"""The judge tab: verdicts of every judge on the call, what they rest on, to be read and heard."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.changes import Changes
from app.domain.errors import UserError
from app.domain.evaluation import Run
from app.domain.turns import Turn
from app.ui.review.judge_empty import AWAITED_WORDS, words_for
from app.ui.review.judge_parts import JudgeParts
from app.ui.review.judge_reader import JudgeReader
from app.ui.review.judge_rows import outdated, shown
from app.ui.review.verdict_row import By, JudgeRow, Rows, TurnKey

if TYPE_CHECKING:
    from app.services.judging.seen_verdicts import CallVerdicts, Hiding
    from app.ui.context import UiContext
    from app.ui.review.session import ReviewSession

AGAIN_MS = 800
"""While verdicts arrive, the panel reads them this often."""
REST_WORDS = "Verdicts on what you have not submitted yourself stay hidden."
BASELINE_WORDS = "A baseline judges by rules: nothing was asked of a model."
NO_REPLY_WORDS = "The reply is not shown: it also holds verdicts that are hidden from you."


class JudgePanel(QWidget):
    """Read when it comes to the front, and again as verdicts arrive."""

    judge_asked = Signal()
    """Start a judge run over this call."""
    score_asked = Signal()
    locked_changed = Signal(bool)
    """Whether verdicts are hidden from the viewer."""

    def __init__(self, ctx: UiContext, session: ReviewSession) -> None:
        super().__init__()
        self._ctx, self._session = ctx, session
        self.rows = Rows()
        self.hiding: Hiding = ""
        self._folded: set[str] = set()
        self._turns: dict[TurnKey, Turn] = {}
        self._reader = JudgeReader(ctx, session, self)
        self._is_read = False
        self._awaited = ""
        """Code of the run that will bring verdicts."""
        self.parts = parts = JudgeParts(ctx.theme)
        self.list, self.order, self.notable = parts.list, parts.order, parts.notable
        self.judge, self.status, self.empty = parts.judge, parts.status, parts.empty
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(parts)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(AGAIN_MS)
        self._again.timeout.connect(self.refresh)
        self._connect()
        self._say()

    def _connect(self) -> None:
        session = self._session
        self._reader.read.connect(self._on_read)
        self._reader.failed.connect(self._on_unreadable)
        self.list.acted.connect(self.act)
        self.list.moved.connect(self._on_moved)
        self.list.reply_asked.connect(self.show_reply)
        self.order.chosen.connect(lambda _key: self._show())
        self.notable.clicked.connect(lambda: self._show())
        self.judge.clicked.connect(self.judge_asked)
        self.empty.acted.connect(self._on_empty)
        session.opened.connect(self._on_opened)
        session.changed.connect(self._on_turns)
        session.turn_changed.connect(self._on_turn)
        self._ctx.bus.changed.connect(self._on_bus)

    # reading -----------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def _on_opened(self) -> None:
        self._reader.drop()
        self._is_read, self._awaited = False, ""
        self.rows, self.hiding = Rows(), ""
        self._folded.clear()
        self.say("")
        self._show()
        self._on_turns()

    def _on_turns(self) -> None:
        """The timing is another: verdicts find their turns anew, and some are stale."""
        self._turns = {_key(t): t for t in self._session.data.turns.items}
        self.refresh()

    def _on_bus(self, changes: Changes, _initiator: object) -> None:
        mine = self._session.call_id in changes.scores
        due = (mine or changes.everything or changes.settings) and self.isVisible()
        if due and not self._again.isActive():
            self._again.start()

    def refresh(self) -> None:
        """Read the verdicts again, where somebody looks at them or at the padlock on the tab."""
        is_seen = self.isVisible() or not self._ctx.viewer.is_lead
        if self._session.state != "ready" or not is_seen:
            return
        self._reader.fetch()

    def _on_read(self, found: CallVerdicts, rows: Rows) -> None:
        if not self._is_read:
            self._folded |= outdated(found)
        self._is_read = True
        self.rows, self.hiding = rows, found.hiding
        self._show()

    def _on_unreadable(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            self.say(f"{error.what} {error.remedy}".strip(), "danger")
        else:
            self._ctx.runner.failed.emit(error)

    # showing -----------------------------------------------------------------------------------

    def _show(self) -> None:
        """The rows in the order that is chosen; place and open row stay."""
        model, view = self.list.verdicts, self.list
        by = cast("By", self.order.current or "turn")
        made = shown(self.rows.of(by), folded=self._folded, notable=self.notable.isChecked())
        model.folded = frozenset(self._folded)
        if tuple(made) != model.rows:
            open_row, scrolled = view.current, view.verticalScrollBar().value()
            model.show_rows(made)
            view.choose(model.at(open_row.key) if open_row is not None else -1)
            view.verticalScrollBar().setValue(scrolled)
        view.viewport().update()
        self._mark_turn()
        self._say()

    def _say(self) -> None:
        self.parts.show_notable(self.rows.notable)
        self.judge.setVisible(self._ctx.viewer.is_lead)
        self.locked_changed.emit(self.hiding in ("all", "always"))
        if not self.status.text() and self.hiding == "rest":
            self.say(REST_WORDS)
        if self.rows.verdicts:
            self.parts.show_list()
        elif self._is_read:
            self.parts.show_words(*words_for(self.hiding, self._awaited))
        else:
            self.parts.show_nothing()

    def say(self, words: str, token: str = "t3") -> None:
        """A line above the list; empty takes it away."""
        self.status.setText(words)
        self.status.set_token(token)
        self.status.setVisible(bool(words))

    def await_run(self, run: Run) -> None:
        """Say that a run will bring verdicts."""
        self._awaited = run.code
        if self.rows.verdicts:
            self.say(f"{run.code} is judging this call. {AWAITED_WORDS}")
        self._say()

    # turns -------------------------------------------------------------------------------------

    def _mark_turn(self) -> None:
        turn = self._session.turn
        self.list.verdicts.turn = _key(turn) if turn is not None else None
        self.list.viewport().update()

    def _on_turn(self) -> None:
        """Another turn is selected: its verdicts are marked, and the first comes into view."""
        self._mark_turn()
        key, here = self.list.verdicts.turn, self.list.current
        if key is None or (here is not None and here.turn_key == key):
            return
        rows = self.list.verdicts.rows
        at = next((n for n, r in enumerate(rows) if r.turn_key == key), -1)
        if at >= 0:
            first = next((n for n in range(at, len(rows)) if rows[n].kind == "verdict"), at)
            self.list.choose(first)
            self.list.scrollTo(self.list.verdicts.index(at))

    def _on_moved(self, row: JudgeRow) -> None:
        """Another verdict is the current one: its turn is selected, and comes into view."""
        turn = self._turns.get(row.turn_key) if row.turn_key is not None else None
        if turn is not None and turn != self._session.turn:
            self._session.select_turn(turn, reveal=True)

    # verbs -------------------------------------------------------------------------------------

    def act(self, row: JudgeRow, at: int = -1) -> None:
        """Hear what a verdict rests on, the next of it unless told; fold or unfold a judge."""
        if row.kind == "judge":
            self._folded ^= {row.key}
            self._show()
            return
        spans = [e.span for e in row.evidence]
        if not spans and row.span is not None:
            spans = [row.span]
        if not spans:
            return
        model = self.list.verdicts
        if at < 0:
            key, before = model.played
            at = (before + 1) % len(spans) if key == row.key else 0
        model.played = (row.key, at)
        self._session.view.select(spans[at])
        self._session.view.reveal(spans[at])
        self._session.playback.play_span(spans[at])
        self.list.viewport().update()

    def show_reply(self, row: JudgeRow) -> None:
        """Open the full requests and replies behind a verdict."""
        if row.kind != "verdict":
            return
        from app.ui.review.reply_dialog import open_replies

        words = BASELINE_WORDS if row.is_by_rules else NO_REPLY_WORDS
        open_replies(self._ctx, row.key, row.title, self, lambda: self.say(words))

    def _on_empty(self) -> None:
        if self.hiding:
            self.score_asked.emit()
        else:
            self.judge_asked.emit()


def _key(turn: Turn) -> TurnKey:
    return (turn.span.start, turn.span.end, str(turn.speaker))
