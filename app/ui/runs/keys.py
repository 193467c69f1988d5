"""What the keys of the screen of runs do, and when they hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.ui.runs.screen import RunsScreen
    from app.ui.screen import StatusKey

Handlers = dict[str, Callable[[], object]]


def bind_runs_keys(screen: RunsScreen) -> None:
    """Bind the screen's keys; in a list of failures the arrows are its own."""
    bind, table, verbs, state = screen.ctx.actions.bind, screen.table, screen.verbs, screen.state
    on_runs: Handlers = {
        "runs.up": partial(table.step, -1),
        "runs.down": partial(table.step, 1),
        "runs.open": verbs.open_calls,
        "runs.pause": verbs.pause,
        "runs.retry": verbs.retry,
    }
    bind(screen, on_runs, enabled=lambda _action: bool(state.runs))
    new: Handlers = {
        "runs.new": screen.new_asked.emit,
        "runs.new_judge": screen.new_judge_run,
    }
    bind(screen, new, enabled=lambda _action: state.any_calls)
    for failures in screen.panel.failure_lists:
        within: Handlers = {
            "runs.up": partial(failures.step, -1),
            "runs.down": partial(failures.step, 1),
            "runs.open": failures.open_current,
        }
        bind(failures, within)


def status_keys(screen: RunsScreen) -> Sequence[StatusKey]:
    """Key hints, most used first."""
    if not screen.state.runs:
        return ((("runs.new",), "new run"), (("app.keys",), "all keys"))
    return (
        (("runs.up", "runs.down"), "run"),
        (("runs.open",), "open its calls"),
        (("runs.pause",), "pause"),
        (("runs.retry",), "retry failed"),
        (("app.keys",), "all keys"),
    )
