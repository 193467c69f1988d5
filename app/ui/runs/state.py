"""What the screen knows of the runs: rows, steps, and what this window has to do with them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.domain.evaluation import Run, StepProgress
from app.ui.runs.judge_words import is_judging
from app.ui.runs.lane_strip import LaneState
from app.ui.runs.loader import Detail, Listing, Live
from app.ui.runs.pacer import Pacer
from app.ui.runs.rows import NO_HINTS, Filter, Hints, Row, counts_of, rows_of
from app.ui.runs.step_rows import current_title
from app.ui.runs.supervisor import RunSupervisor
from app.ui.runs.work import lanes_of

if TYPE_CHECKING:
    from app.services.judging.run_figures import Spending


class RunsState:
    """Everything listed, newest first. Main thread only; asks nobody but the supervisor."""

    def __init__(
        self, supervisor: RunSupervisor, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._supervisor, self._clock = supervisor, clock
        self._pacer = Pacer()
        self.runs: dict[str, Run] = {}
        self.steps: dict[str, Sequence[StepProgress]] = {}
        self.spending: dict[str, Spending] = {}
        """Of judge runs."""
        self.settled: frozenset[str] = frozenset()
        """Runs of which no failure is left to look at."""
        self.any_calls = False
        self.chosen: Filter = "all"

    # taking answers -----------------------------------------------------------------------------

    def take_list(self, listing: Listing) -> list[Run]:
        """Every run anew; those whose failures may have been tried again since."""
        self.any_calls = listing.any_calls
        self.runs = {run.id: run for run in listing.runs}
        self.steps = {**{i: s for i, s in self.steps.items() if i in self.runs}, **listing.steps}
        self.spending |= listing.spending
        return [run for run in listing.runs if run.failed and run.state == "done"]

    def take_live(self, live: Live) -> frozenset[str]:
        """Some runs anew; ids of those of which more than the counters has changed."""
        changed = set()
        self.spending |= live.spending
        for run, steps in live.found:
            before = self.runs.get(run.id)
            if before is None or (before.state, before.failed) != (run.state, run.failed):
                changed.add(run.id)
            self.runs[run.id], self.steps[run.id] = run, steps
        return frozenset(changed)

    def take_detail(self, detail: Detail) -> None:
        """One run anew."""
        self.runs[detail.run.id], self.steps[detail.run.id] = detail.run, detail.steps
        if detail.judging is not None:
            self.spending[detail.run.id] = detail.judging.spending

    # telling ------------------------------------------------------------------------------------

    @property
    def moving(self) -> list[str]:
        """Ids of the runs whose counters may move without anyone acting on them."""
        here = {feed.run_id for feed in self._supervisor.feeds}
        going = ("queued", "running")
        return [r.id for r in self.runs.values() if r.state in going or r.id in here]

    @property
    def final(self) -> frozenset[str]:
        """Ids of the runs that are over and of which it is known what they used."""
        return frozenset(i for i in self.spending if i in self.runs and not self.runs[i].is_live)

    @property
    def has_costs(self) -> bool:
        """Whether any run asks judges."""
        return any(is_judging(run) for run in self.runs.values())

    @property
    def is_going(self) -> bool:
        """Whether any run is being worked on, here or elsewhere."""
        return any(run.state == "running" for run in self.runs.values())

    @property
    def misses_one(self) -> bool:
        """Whether this window carries out a run that is not listed yet."""
        return any(feed.run_id not in self.runs for feed in self._supervisor.feeds)

    @property
    def lanes(self) -> list[LaneState]:
        """What is busy in this window."""
        return lanes_of(self._supervisor.feeds, self.runs)

    def busy(self, run_id: str) -> tuple[str, ...]:
        """Evaluators that the run's workers are on, where they are this window's."""
        feed = self._supervisor.feed(run_id)
        return feed.busy if feed is not None else ()

    def hints(self) -> dict[str, Hints]:
        """What is known beside the rows of the database, by run."""
        out = {}
        for run in self.runs.values():
            if run.is_live:
                out[run.id] = self._hints_of(run)
            else:
                spending, settled = self.spending.get(run.id), run.id in self.settled
                if settled or spending is not None:
                    out[run.id] = replace(NO_HINTS, is_settled=settled, spending=spending)
        return out

    def _hints_of(self, run: Run) -> Hints:
        feed = self._supervisor.feed(run.id)
        self._supervisor.note_state(run)
        self._pacer.see(run, self._clock())
        return Hints(
            asked=self._supervisor.asked(run.id),
            waits_here=feed is not None and not feed.begun,
            step=current_title(self.steps.get(run.id, ()), self.busy(run.id)),
            left_s=self._pacer.left_s(run),
            spending=self.spending.get(run.id),
        )

    def rows(self, hints: dict[str, Hints]) -> list[Row]:
        """The rows to show under the filter in force."""
        now = datetime.now(UTC).astimezone()
        return rows_of(list(self.runs.values()), hints, self.chosen, now)

    def counts(self, hints: dict[str, Hints]) -> tuple[int, int]:
        """How many are active, how many need someone."""
        return counts_of(list(self.runs.values()), hints)
