"""The screen of runs: a list by what a person must do, and one run in full. Composition only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, get_args

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.changes import Changes
from app.domain.errors import UserError
from app.domain.evaluation import Run
from app.ui.context import UiContext
from app.ui.runs.keys import bind_runs_keys, status_keys
from app.ui.runs.loader import Detail, Listing, Live, RunsLoader
from app.ui.runs.model import RunTableModel
from app.ui.runs.parts import RunsParts
from app.ui.runs.rows import NO_HINTS, Filter, Hints
from app.ui.runs.state import RunsState
from app.ui.runs.verbs import RunVerbs
from app.ui.screen import Screen, StatusKey

REFRESH_MS = 400
TICK_MS = 2_000


class RunsScreen(Screen):
    """What is computed in the background, how far it is, and what needs someone."""

    key: ClassVar[str] = "runs"
    title: ClassVar[str] = "Runs"

    new_asked = Signal()

    def __init__(self, ctx: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(ctx, parent)
        self.state = RunsState(ctx.runs)
        self.loader = RunsLoader(ctx)
        self.verbs = RunVerbs(ctx, self.loader, lambda: self.current)
        self.model = RunTableModel(self)
        self.parts = RunsParts(ctx.theme, ctx.actions, self.model)
        self.head, self.table, self.panel = self.parts.head, self.parts.table, self.parts.panel
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.parts)
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.setInterval(REFRESH_MS)
        self._refresh_timer.timeout.connect(self._refresh)
        self._tick_timer = QTimer(self)
        self._tick_timer.setInterval(TICK_MS)
        self._tick_timer.timeout.connect(self._tick)
        self._wire()
        bind_runs_keys(self)
        self.setFocusProxy(self.table)

    def _wire(self) -> None:
        loader, panel, head, verbs = self.loader, self.panel, self.head, self.verbs
        loader.listed.connect(self._on_listed)
        loader.refreshed.connect(self._on_refreshed)
        loader.settled.connect(self._on_settled)
        loader.detailed.connect(self._on_detail)
        loader.paced.connect(self._on_pace)
        loader.failed.connect(self._on_failed)
        head.filter_chosen.connect(self._on_filter)
        head.pause_all_asked.connect(lambda: verbs.pause_all(self.state.runs.values()))
        head.new_asked.connect(self.new_asked)
        head.new_judge_asked.connect(self.new_judge_run)
        self.parts.empty.new_asked.connect(self.new_asked)
        self.parts.empty.judge_asked.connect(self.new_judge_run)
        self.parts.empty.library_asked.connect(lambda: self.navigate.emit("library", {}))
        panel.pause_asked.connect(verbs.pause)
        panel.stop_asked.connect(verbs.stop)
        panel.retry_asked.connect(verbs.retry)
        panel.call_asked.connect(verbs.open_call)
        panel.caps_asked.connect(lambda: verbs.raise_caps(self))
        panel.traced.connect(lambda failure: verbs.show_reply(failure, self))
        verbs.acted.connect(self._show_rows)
        verbs.made.connect(self.show_run)
        verbs.calls_opened.connect(lambda told: self.navigate.emit("review", told))
        self.table.chosen.connect(self._on_chosen)
        self.table.opened.connect(verbs.open_calls)
        self.ctx.bus.changed.connect(self._on_changed)
        self.ctx.runs.busy_changed.connect(self._on_busy)
        self.ctx.runs.acted.connect(self._on_acted)

    @property
    def current(self) -> Run | None:
        """The selected run, as it was last read."""
        row = self.table.current
        return None if row is None else self.state.runs.get(row.run.id)

    # asking -------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Ask for every run."""
        self.loader.fetch_list(self.state.final)

    def _on_changed(self, changes: Changes, _initiator: object) -> None:
        if not self.isVisible():
            return
        if changes.everything:
            self.reload()
        elif changes.runs and not self._refresh_timer.isActive():
            self._refresh_timer.start()

    def _on_acted(self) -> None:
        if self.isVisible():
            self.reload()

    def _refresh(self) -> None:
        """Ask for what may have moved: runs that are going on. New ones come with the list."""
        moving = self.state.moving
        if moving and not self.state.misses_one:
            self.loader.fetch_live(moving)
        else:
            self.reload()

    def _tick(self) -> None:
        """Time passes: what is left, and the newest bar."""
        if not self.isVisible():
            return
        self._show_rows()
        run = self.current
        if run is not None and run.state == "running":
            self.loader.fetch_pace(run)

    # answers ------------------------------------------------------------------------------------

    def _on_listed(self, listing: Listing) -> None:
        failed = self.state.take_list(listing)
        if failed:
            self.loader.fetch_settled(failed)
        self._show_all()
        run = self.current
        if run is not None:
            self.loader.fetch_detail(run.id)

    def _on_refreshed(self, live: Live) -> None:
        changed, run = self.state.take_live(live), self.current
        self._show_all()
        if any(not each.is_live for each, _ in live.found):
            self.reload()  # one is over: its results may settle the failures of another
        elif run is not None and run.id in changed:
            self.loader.fetch_detail(run.id)

    def _on_settled(self, settled: frozenset[str]) -> None:
        if settled != self.state.settled:
            self.state.settled = settled
            self._show_rows()

    def _on_detail(self, detail: Detail) -> None:
        self.state.take_detail(detail)
        self.panel.show_detail(detail, self.state.busy(detail.run.id))
        self._show_rows()

    def _on_pace(self, run_id: str, pace: Any) -> None:
        run = self.state.runs.get(run_id)
        self.panel.show_pace(run_id, pace, runs=run is not None and run.state == "running")

    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            self.ctx.bus.message.emit("error", error.what, error.remedy)
        else:
            self.ctx.runner.failed.emit(error)

    # showing ------------------------------------------------------------------------------------

    def _show_all(self) -> None:
        self.parts.show_state(any_runs=bool(self.state.runs), any_calls=self.state.any_calls)
        self.parts.strip.show_lanes(self.state.lanes)
        self._show_rows()
        self.status_changed.emit()

    def _show_rows(self) -> None:
        hints = self.state.hints()
        self.table.show_cost(shown=self.state.has_costs)
        self.model.set_rows(self.state.rows(hints))
        self.head.show_counts(*self.state.counts(hints))
        self.parts.show_found(self.state.chosen, found=bool(self.model.rows))
        self._show_current(hints)
        if not self.state.is_going:
            self._tick_timer.stop()
        elif not self._tick_timer.isActive() and self.isVisible():
            self._tick_timer.start()

    def _show_current(self, hints: dict[str, Hints]) -> None:
        run = self.current
        if run is None:
            self.panel.show_nothing()
            return
        self.panel.show_run(run, hints.get(run.id, NO_HINTS))
        steps = self.state.steps.get(run.id)
        if steps is not None:
            self.panel.show_progress(run, steps, self.state.busy(run.id))

    def _on_busy(self) -> None:
        if self.isVisible():
            self.parts.strip.show_lanes(self.state.lanes)
            self._show_rows()

    def _on_filter(self, key: str) -> None:
        if key in get_args(Filter):
            self.state.chosen = key  # type: ignore[assignment]
            self._show_rows()

    def _on_chosen(self, run_id: str) -> None:
        if run_id in self.state.runs:
            self._show_current(self.state.hints())
            self.loader.fetch_detail(run_id)

    def new_judge_run(self) -> None:
        """Ask what judges shall judge."""
        from app.ui.runs.new_judge_run import open_new_judge_run

        open_new_judge_run(self.ctx, self, self.navigate.emit)

    def show_run(self, run_id: str) -> None:
        """Select a run as soon as it is listed; all runs are shown for that."""
        self.head.filters.set_current("all")
        self.state.chosen = "all"
        self.table.choose(run_id)
        self.reload()

    # screen -------------------------------------------------------------------------------------

    def activate(self, **kwargs: Any) -> None:
        """Come to the front; `run_id` says which run to select."""
        self.ctx.runs.look()
        run_id = kwargs.get("run_id")
        if isinstance(run_id, str) and run_id:
            self.show_run(run_id)
        else:
            self.reload()

    def deactivate(self) -> None:
        """Nothing is asked while it is not seen; runs go on."""
        self._refresh_timer.stop()
        self._tick_timer.stop()

    def status_keys(self) -> Sequence[StatusKey]:
        """Key hints."""
        return status_keys(self)

    def status_notes(self) -> Sequence[str]:
        """That nobody need wait with listening."""
        return ("Playback has priority over runs",) if self.state.runs else ()

    def session_state(self) -> dict[str, Any]:
        """Which runs, which one, and the widths."""
        run = self.current
        return {
            "filter": self.state.chosen,
            "run": run.id if run is not None else "",
            "widths": self.parts.split.sizes() if self.parts.moved else None,
        }

    def restore_session(self, state: dict[str, Any]) -> None:
        """Take them back."""
        chosen, run_id, widths = state.get("filter"), state.get("run"), state.get("widths")
        if chosen in get_args(Filter):
            self.state.chosen = chosen  # type: ignore[assignment]
            self.head.filters.set_current(chosen)
        if isinstance(run_id, str) and run_id:
            self.table.choose(run_id)
        if isinstance(widths, list) and [type(width) for width in widths] == [int, int]:
            self.parts.moved = True
            self.parts.split.setSizes(widths)
