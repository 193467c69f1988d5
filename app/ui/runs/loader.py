"""Fetches what the screen of runs shows, on a lane; never two questions about the same at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.domain.evaluation import Failure, Run, StepProgress
from app.tasks.runner import Lane
from app.ui.runs.failure_model import FailureRow
from app.ui.runs.judge_words import is_judging, place_words, split

if TYPE_CHECKING:
    from app.domain.ratings import Viewer
    from app.services.evaluating.pace import Pace
    from app.services.evaluating.provenance import Provenance
    from app.services.judging.run_figures import JudgeProvenance, Spending
    from app.services.judging.run_notes import Skipped
    from app.services.workspace import Workspace
    from app.ui.context import UiContext

MOST_FAILURES = 2_000
"""Failures listed of one run; the count beside them is that of all."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Every run, newest first; of those that are going on, how far each step is."""

    runs: Sequence[Run]
    steps: dict[str, list[StepProgress]]
    any_calls: bool
    spending: dict[str, Spending]
    """Of judge runs, apart from those of which it is known and final."""


@dataclass(frozen=True, slots=True)
class Live:
    """Some runs as they are now."""

    found: Sequence[tuple[Run, list[StepProgress]]]
    spending: dict[str, Spending]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeDetail:
    """What is told of judge runs alone."""

    spending: Spending
    unscored: Sequence[FailureRow]
    failed: Sequence[FailureRow]
    skipped: Sequence[Skipped]
    provenance: JudgeProvenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What the panel shows of one run."""

    run: Run
    steps: Sequence[StepProgress]
    pace: Pace | None
    failures: Sequence[Failure] = ()
    provenance: Provenance | None = None
    judging: JudgeDetail | None = None


class RunsLoader(QObject):
    """The screen's questions. Signals arrive on the main thread.

    What is asked again while it is being read is read once more after that.
    """

    listed = Signal(object)
    refreshed = Signal(object)
    """Runs that were asked for by id, as they are now."""
    settled = Signal(object)
    """Ids of the runs of which no failure is left to look at."""
    detailed = Signal(object)
    paced = Signal(str, object)
    calls_found = Signal(str, list)
    failed = Signal(object)

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._asking: dict[str, tuple[Any, ...] | None] = {}
        """Question in flight → the arguments of the one that waits behind it."""

    def fetch_list(self, final: frozenset[str] = frozenset()) -> None:
        """Ask for every run; `listed` answers. Of `final` ones it is known what they used."""
        self._ask("list", _list, self.listed.emit, self._ctx.viewer, final)

    def fetch_live(self, run_ids: Sequence[str]) -> None:
        """Ask how far some runs are; `refreshed` answers."""
        self._ask("live", _live, self.refreshed.emit, tuple(run_ids))

    def fetch_settled(self, runs: Sequence[Run]) -> None:
        """Ask of which runs the failures have been tried again; `settled` answers."""
        self._ask("settled", _settled, self.settled.emit, tuple(runs))

    def fetch_detail(self, run_id: str) -> None:
        """Ask for all about one run; `detailed` answers."""
        self._ask("detail", _detail, self.detailed.emit, run_id)

    def fetch_pace(self, run: Run) -> None:
        """Ask for a run's pace alone; `paced` answers."""
        self._ask("pace", _pace, lambda found: self.paced.emit(run.id, found), run)

    def fetch_calls(self, run_id: str) -> None:
        """Ask for the calls of a run; `calls_found` answers."""
        self._ask("calls", _calls, lambda ids: self.calls_found.emit(run_id, ids), run_id)

    def _ask(
        self, about: str, fn: Callable[..., Any], take: Callable[[Any], object], *args: Any
    ) -> None:
        if about in self._asking:
            self._asking[about] = (fn, take, *args)
            return
        self._asking[about] = None
        task = self._ctx.runner.task(Lane.READ, lambda _ctx, *a: fn(*a), self._ctx.ws, *args)
        task.succeeded.connect(take)
        task.failed.connect(self.failed)
        task.finished.connect(lambda: self._ended(about))
        task.start()

    def _ended(self, about: str) -> None:
        waiting = self._asking.pop(about)
        if waiting is not None:
            fn, take, *args = waiting
            self._ask(about, fn, take, *args)


def _list(ws: Workspace, viewer: Viewer, final: frozenset[str]) -> Listing:
    from app.services import browsing, evaluating
    from app.services.judging.run_figures import spending

    runs = evaluating.runs(ws)
    steps = {run.id: evaluating.steps(ws, run) for run in runs if run.state == "running"}
    if runs:
        asked = [run.id for run in runs if is_judging(run) and run.id not in final]
        return Listing(runs, steps, any_calls=True, spending=spending(ws, asked))
    totals = browsing.count_and_duration(ws, viewer, browsing.parse_query(""))
    return Listing(runs, steps, any_calls=totals.count > 0, spending={})


def _live(ws: Workspace, run_ids: Sequence[str]) -> Live:
    from app.services import evaluating
    from app.services.judging.run_figures import spending

    runs = [evaluating.run(ws, run_id) for run_id in run_ids]
    asked = spending(ws, [run.id for run in runs if is_judging(run)])
    return Live([(run, evaluating.steps(ws, run)) for run in runs], asked)


def _settled(ws: Workspace, runs: Sequence[Run]) -> frozenset[str]:
    from app.services.evaluating import attending

    others = attending.settled_failures(ws, [run for run in runs if not is_judging(run)])
    judging = [run for run in runs if is_judging(run)]
    if not judging:
        return others
    from app.services.judging import judging_runs

    return others | {run.id for run in judging if not judging_runs.failures(ws, run.id)}


def _detail(ws: Workspace, run_id: str) -> Detail:
    from app.services import evaluating
    from app.services.evaluating.pace import pace
    from app.services.evaluating.provenance import provenance

    run = evaluating.run(ws, run_id)
    steps, speed = evaluating.steps(ws, run), pace(ws, run)
    if is_judging(run):
        return Detail(run=run, steps=steps, pace=speed, judging=_judging(ws, run))
    failures = evaluating.failures(ws, run_id, MOST_FAILURES) if run.failed else []
    return Detail(
        run=run, steps=steps, pace=speed, failures=failures, provenance=provenance(ws, run)
    )


def _judging(ws: Workspace, run: Run) -> JudgeDetail:
    from app.services.judging import judging_runs, run_figures

    found = judging_runs.failures(ws, run.id)[:MOST_FAILURES] if run.failed else []
    unscored, failed = split(sorted(found, key=lambda f: (f.code, f.turn or 0, f.criteria)))
    return JudgeDetail(
        spending=run_figures.spending(ws, [run.id])[run.id],
        unscored=[FailureRow(f, place_words(f)) for f in unscored],
        failed=[FailureRow(f, place_words(f)) for f in failed],
        skipped=judging_runs.skipped(ws, run.id) if run.skipped else (),
        provenance=run_figures.provenance(ws, run),
    )


def _pace(ws: Workspace, run: Run) -> Pace | None:
    from app.services.evaluating.pace import pace

    return pace(ws, run)


def _calls(ws: Workspace, run_id: str) -> list[str]:
    from app.services.evaluating import attending

    return attending.call_ids(ws, run_id)
