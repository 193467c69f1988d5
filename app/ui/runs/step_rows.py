"""The evaluators of a run as the panel lists them: state, bar, count, how long one takes. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.domain.evaluation import Run, StepProgress
from app.ui.library.words import GAP, thousands
from app.ui.runs import words

MOST_ROWS = 8
"""Lines that are shown before the list is unfolded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One evaluator. `share` and `failed_share` are of its calls, 0 to 1."""

    name: str
    title: str
    icon: str
    icon_token: str
    share: float
    failed_share: float
    is_current: bool
    count: str
    note: str
    note_token: str
    tip: str


def step_rows(run: Run, steps: Sequence[StepProgress], busy: Collection[str]) -> list[StepRow]:
    """A row for each evaluator; `busy` names those that workers are on."""
    return [_row(run, step, step.name in busy) for step in steps]


@dataclass(frozen=True, slots=True)
class Folded:
    """The lines to show, and what the ones left out are, in words; empty where none is."""

    rows: tuple[StepRow, ...]
    rest: str


def fold(rows: Sequence[StepRow], most: int = MOST_ROWS) -> Folded:
    """The first lines and every one that failed: the rest is seldom what one looks for.

    Which lines are left out follows from nothing that changes with each step.
    """
    if len(rows) <= most + 1:
        return Folded(tuple(rows), "")
    shown = tuple(row for at, row in enumerate(rows) if at < most or row.failed_share > 0)
    rest = len(rows) - len(shown)
    return Folded(shown, f"{rest} more" if rest else "")


def current_title(steps: Sequence[StepProgress], busy: Sequence[str]) -> str:
    """What is being worked on: what a worker has been on longest, else the first unfinished."""
    titles = {step.name: step.title for step in steps}
    known = next((titles[name] for name in busy if name in titles), "")
    return known or next((s.title for s in steps if _settled(s) < s.total), "")


def _settled(step: StepProgress) -> int:
    return step.done + step.failed + step.reused + step.skipped


def _row(run: Run, step: StepProgress, is_busy: bool) -> StepRow:
    settled, total = _settled(step), max(step.total, 1)
    icon, token = _state(run, step, settled, is_busy)
    note, note_token = _note(step)
    return StepRow(
        name=step.name,
        title=step.title,
        icon=icon,
        icon_token=token,
        share=settled / total,
        failed_share=step.failed / total,
        is_current=is_busy and run.state == "running",
        count=words.steps_words(settled, step.total),
        note=note,
        note_token=note_token,
        tip=_tip(step),
    )


def _state(run: Run, step: StepProgress, settled: int, is_busy: bool) -> tuple[str, str]:
    if settled >= step.total:
        if step.failed:
            return "warning-circle", "danger"
        return ("minus-circle", "t3") if step.skipped == step.total else ("check-circle", "success")
    if run.state == "running" and (is_busy or settled):
        return "play-circle", "accent"
    return "circle", "t3"


def _note(step: StepProgress) -> tuple[str, str]:
    """The one thing to know: failures, else how long one takes, else why none was computed."""
    if step.failed:
        return f"{thousands(step.failed)} failed", "danger"
    if step.done and step.mean_s is not None:
        return words.each_words(step.mean_s), "t3"
    if step.reused:
        return f"{thousands(step.reused)} reused", "t3"
    if step.skipped:
        return "does not apply", "t3"
    return "", "t3"


def _tip(step: StepProgress) -> str:
    parts = [
        f"{thousands(count)} {word}"
        for count, word in (
            (step.done, "computed"),
            (step.reused, "known before"),
            (step.failed, "failed"),
            (step.skipped, "do not apply"),
        )
        if count
    ]
    if step.mean_s is not None and step.done:
        parts.append(words.each_words(step.mean_s))
    return f"{step.title}:{GAP}{', '.join(parts)}" if parts else step.title
