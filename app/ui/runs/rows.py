"""What a run looks like in the list: its group, icon, words and bar. Pure; painted elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from app.domain.evaluation import Run
from app.services.evaluating.attending import CLOSED_NOTE, PAUSED_NOTE
from app.ui.library.words import thousands
from app.ui.runs import words
from app.ui.runs.feed import Wish
from app.ui.runs.judge_words import capped_words, cost_cell, is_capped, is_judging

if TYPE_CHECKING:
    from app.services.judging.run_figures import Spending

Group = Literal["active", "attention", "finished"]
Filter = Literal["all", "active", "failed"]

GROUP_TITLES: dict[Group, str] = {
    "active": "Active",
    "attention": "Needs attention",
    "finished": "Finished",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What is known of a run beside its row in the database."""

    asked: Wish = ""
    waits_here: bool = False
    """Whether this window has it waiting for a place in the lane."""
    step: str = ""
    """Title of what its workers are on."""
    left_s: float | None = None
    is_settled: bool = False
    """Whether none of its failures is left to look at."""
    spending: Spending | None = None
    """What a judge run has used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One run as it is shown. `share` and `failed_share` are of its steps, 0 to 1."""

    run: Run
    group: Group
    icon: str
    icon_token: str
    now: str
    now_token: str
    covers: str
    share: float
    failed_share: float
    bar_token: str
    steps: str
    where: str
    started: str
    time: str
    cost: str = ""

    @property
    def words(self) -> str:
        """The row for those who cannot see it."""
        told = (self.run.title, self.covers, self.now, self.steps, self.where, self.time, self.cost)
        return ", ".join(word for word in told if word)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """The head of a group."""

    group: Group
    count: int

    @property
    def words(self) -> str:
        """Title and count."""
        return f"{GROUP_TITLES[self.group]}, {self.count}"


Row = RunRow | GroupRow


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """Icon, its colour, the words of *now*, their colour, the bar's colour."""

    group: Group
    icon: str
    icon_token: str
    now: str
    now_token: str = "t2"
    bar_token: str = "line3"


def group_of(run: Run, hints: Hints) -> Group:
    """By what a person must do: nothing yet, something, nothing more."""
    return _look(run, hints).group


def row_of(run: Run, hints: Hints, now: datetime) -> RunRow:
    """A run's row."""
    look = _look(run, hints)
    steps = max(run.steps, 1)
    return RunRow(
        run=run,
        group=look.group,
        icon=look.icon,
        icon_token=look.icon_token,
        now=look.now,
        now_token=look.now_token,
        covers=words.covers_words(run),
        share=run.settled / steps,
        failed_share=0.0 if hints.is_settled else run.failed / steps,
        bar_token=look.bar_token,
        steps=words.steps_words(run.settled, run.steps),
        where=words.where_words(run),
        started=words.started_words(run.started_at or run.created_at, now),
        time=_time(run, look.group, hints),
        cost=cost_cell(run, hints.spending),
    )


def rows_of(
    runs: Sequence[Run], hints: Mapping[str, Hints], chosen: Filter, now: datetime
) -> list[Row]:
    """The rows of a list with a head over each group; newest first within one."""
    made = [row_of(run, hints.get(run.id, NO_HINTS), now) for run in runs]
    out: list[Row] = []
    for group in GROUP_TITLES:
        mine = [row for row in made if row.group == group and _is_shown(row, chosen)]
        if mine:
            out += [GroupRow(group, len(mine)), *mine]
    return out


def counts_of(runs: Sequence[Run], hints: Mapping[str, Hints]) -> tuple[int, int]:
    """How many are active, and how many have failures that stand."""
    made = [(run, group_of(run, hints.get(run.id, NO_HINTS))) for run in runs]
    active = sum(group == "active" for _, group in made)
    return active, sum(_has_failed(run, group) for run, group in made)


def _is_shown(row: RunRow, chosen: Filter) -> bool:
    if chosen == "active":
        return row.group == "active"
    return chosen == "all" or _has_failed(row.run, row.group)


def _has_failed(run: Run, group: Group) -> bool:
    return run.state == "failed" or (run.failed > 0 and group != "finished")


def _time(run: Run, group: Group, hints: Hints) -> str:
    """What is left of a run that goes on; what one took that stands."""
    if run.state == "running":
        return words.left_words(hints.left_s)
    return "" if group == "active" or not run.active_s else words.duration_words(run.active_s)


def _look(run: Run, hints: Hints) -> _Look:
    if run.state == "running":
        return _running(run, hints)
    if run.state == "queued" or (hints.waits_here and run.is_live):
        return _Look(group="active", icon="clock", icon_token="t3", now="Waiting for its turn")
    if run.state == "paused":
        return _paused(run)
    if run.state == "cancelled":
        return _Look(group="finished", icon="hand", icon_token="t3", now="Stopped")
    if run.state == "failed":
        note = run.note or "Failed"
        return _Look(
            group="attention", icon="warning-circle", icon_token="danger", now=note,
            now_token="danger", bar_token="danger",
        )  # fmt: skip
    return _done(run, hints)


def _running(run: Run, hints: Hints) -> _Look:
    now = {"pause": "Pausing", "cancel": "Stopping"}.get(hints.asked) or hints.step or "Starting"
    failed = f", {thousands(run.failed)} failed" if run.failed and not hints.asked else ""
    return _Look(
        group="active", icon="play-circle", icon_token="accent", now=now + failed,
        bar_token="accent",
    )  # fmt: skip


def _paused(run: Run) -> _Look:
    if is_capped(run):
        return _Look(
            group="attention", icon="hand", icon_token="warn", now=capped_words(run),
            now_token="warn", bar_token="warn",
        )  # fmt: skip
    if run.note == CLOSED_NOTE:
        return _Look(group="active", icon="clock", icon_token="t3", now="Goes on by itself")
    if run.note in ("", PAUSED_NOTE):
        now, token, icon_token = "Paused", "t2", "t2"
    else:
        now, token, icon_token = run.note, "warn", "warn"
    return _Look(
        group="attention", icon="pause-circle", icon_token=icon_token, now=now, now_token=token
    )


def _done(run: Run, hints: Hints) -> _Look:
    failed = f"{thousands(run.failed)} of {thousands(run.steps)} steps failed"
    if is_judging(run):
        failed = f"{thousands(run.failed)} without verdict"
    if run.failed and not hints.is_settled:
        return _Look(
            group="attention", icon="warning-circle", icon_token="danger", now=failed,
            now_token="danger",
        )  # fmt: skip
    now = f"Done, {thousands(run.failed)} since tried again" if run.failed else "Done"
    return _Look(group="finished", icon="check-circle", icon_token="success", now=now)


NO_HINTS = Hints()
