"""Who takes care of runs: which ones a window goes on with by itself, and which need a person.

A run that a person paused stays paused. One whose window was closed or killed goes on in the next
window, and so does one that nobody has taken yet.
"""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.changes import Changes
from app.domain.errors import Cancelled, UserError
from app.domain.evaluation import JUDGING, Run
from app.services.workspace import Workspace
from db.repos.reply_facts import ReplyFacts
from db.repos.run_facts import RunFacts
from db.repos.runs import LEASE_S

PAUSED_NOTE = "Paused."
CLOSED_NOTE = "The window was closed; it goes on when one is open."


class Interrupted(Cancelled, UserError):
    """Raised out of a driver's context. What it says becomes the run's note."""


class WindowClosed(Interrupted):
    """The window is being closed."""

    def __init__(self) -> None:
        super().__init__(CLOSED_NOTE)


class PausedByPerson(Interrupted):
    """Someone pressed pause in the window that works on the run."""

    def __init__(self) -> None:
        super().__init__(PAUSED_NOTE)


def unattended(ws: Workspace) -> list[Run]:
    """Runs that may go on without being asked for, oldest first.

    Those whose process is gone, those whose window was closed, and those that have waited longer
    than any process takes to begin.
    """
    with ws.db.read() as uow:
        facts = RunFacts(uow.connection)
        ids = [*uow.runs.orphans(), *facts.paused_with(CLOSED_NOTE), *facts.queued(LEASE_S)]
        found = [run for i in dict.fromkeys(ids) if (run := uow.runs.get(i)) is not None]
    return sorted(found, key=lambda run: run.number)


def active(ws: Workspace) -> int:
    """How many runs go on or are about to, in this window or another."""
    with ws.db.read() as uow:
        return RunFacts(uow.connection).active(CLOSED_NOTE)


def queue(ws: Workspace, run_id: str) -> Changes:
    """Let a paused run wait for its turn again, so that it is not forgotten if it never comes."""
    with ws.db.human() as uow:
        run = uow.runs.get(run_id)
        if run is not None and run.state == "paused":
            uow.runs.leave(run_id, "queued")
        uow.touch(Changes(runs=True))
    return uow.changes


def put_off(ws: Workspace, run_id: str, why: str) -> Changes:
    """Pause a run that could not be begun, with the reason in words."""
    with ws.db.machine() as uow:
        run = uow.runs.get(run_id)
        if run is not None and run.state in ("queued", "paused"):
            uow.runs.leave(run_id, "paused", why)
        uow.touch(Changes(runs=True))
    return uow.changes


def settled_failures(ws: Workspace, runs: Iterable[Run]) -> frozenset[str]:
    """Ids of those runs of which no failure is left to look at.

    A failure that was tried again since has either succeeded or stands in the later run.
    """
    with ws.db.read() as uow:
        both = {True: ReplyFacts(uow.connection), False: RunFacts(uow.connection)}
        return frozenset(
            run.id for run in runs if not both[run.kind == JUDGING].needs_someone(run.id)
        )


def call_ids(ws: Workspace, run_id: str) -> list[str]:
    """The calls of a run, in its order."""
    with ws.db.read() as uow:
        return uow.runs.call_ids(run_id)
