"""Judge runs: make one, carry it out, raise its caps, try its failures again, look at it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain.changes import Changes
from app.domain.errors import BadInput
from app.domain.evaluation import JUDGING, Run
from app.domain.judging import RunCost
from app.domain.ratings import Viewer
from app.domain.work import Work
from app.services.judging import pairing, run_notes
from app.services.judging.asks import Judge
from app.services.judging.caps import Caps
from app.services.judging.failed_asks import AskFailed, failures
from app.services.judging.judge_choices import (
    JudgeChoice,
    at_endpoint,
    check_caps,
    judges_of,
    resolve,
    specs_of,
    title_of,
    titles,
)
from app.services.judging.run_notes import Pair, Skipped
from app.services.workspace import Workspace

__all__ = [
    "AskFailed",
    "JudgeChoice",
    "at_endpoint",
    "caps_of",
    "cost",
    "create",
    "drive",
    "failures",
    "judges_of",
    "raise_caps",
    "resolve",
    "retry_failed",
    "scored",
    "skipped",
    "title_of",
    "titles",
]

NO_CAPS = Caps()


def create(
    ws: Workspace,
    viewer: Viewer,
    call_ids: Sequence[str],
    choices: Sequence[JudgeChoice],
    *,
    caps: Caps = NO_CAPS,
    title: str = "",
    query: str = "",
    retry_failed: bool = False,
    pairs: Sequence[Pair] | None = None,
    anew: bool = False,
) -> Run:
    """Store a new run; it waits until `drive` takes it.

    Args:
        ws: the workspace.
        viewer: who asks for it.
        call_ids: its calls, frozen from now on, in this order.
        choices: which judges, at which endpoints.
        caps: what it may use; they can be raised later.
        title: as shown; made of the judges where it is empty.
        query: which query chose the calls, for people to read.
        retry_failed: ask again what earlier runs got no usable reply to.
        pairs: what pairwise judges compare; every two calls of a scenario where it is None.
        anew: ask again what earlier runs were answered, to see whether the judge still says it.

    Raises:
        BadInput: no calls, no judges, no model, no pairs, or a cap that could not hold.
        NotFound: no such judge or endpoint.
    """
    if not call_ids:
        raise BadInput("No call was chosen.", "Choose calls in the library, or change the query.")
    if not choices:
        raise BadInput("No judge was chosen.", "Choose at least one.")
    judges = [resolve(ws, choice) for choice in choices]
    check_caps(ws, judges, caps)
    ids = list(dict.fromkeys(call_ids))
    compared = _pairs(ws, ids, judges, pairs)
    ids = list(dict.fromkeys([*ids, *(call_id for two in compared for call_id in two)]))
    specs = specs_of(judges, choices)
    with ws.db.human() as uow:
        run_id = uow.runs.add(
            kind=JUDGING,
            title=title or title_of(judges),
            query=query,
            specs=specs,
            call_ids=ids,
            where="threads",
            workers=1,
            rater_id=viewer.rater_id or None,
            retry_failed=retry_failed,
        )
        run_notes.keep_caps(uow, run_id, caps)
        if compared:
            run_notes.keep_pairs(uow, run_id, compared)
        if anew:
            run_notes.keep_anew(uow, run_id)
    return _run(ws, run_id)


def drive(
    ctx: Work, ws: Workspace, run_id: str, *, told: Callable[[Changes], None] = lambda _c: None
) -> Run:
    """Work on a run until it is over, paused or at a cap; call it again to go on.

    Args:
        ctx: progress in steps, and cancellation, which pauses the run.
        ws: the workspace.
        run_id: which run.
        told: called from this thread with what was stored, a few times a second.

    Raises:
        NotAllowed: it is over, or another process works on it. Cancelled.
        UserError: an endpoint's key cannot be had, or the database cannot be written.
    """
    from app.services.judging.driver import Driver

    found = _run(ws, run_id)
    judges = {judge.name: judge for judge in judges_of(ws, found)}
    return Driver(ws, found, judges, ctx, told).drive()


def raise_caps(ws: Workspace, run_id: str, caps: Caps) -> Changes:
    """Set what a run may use; one that stopped at a cap can go on then."""
    with ws.db.human() as uow:
        run_notes.keep_caps(uow, run_id, caps)
        uow.touch(Changes(runs=True))
    return uow.changes


def caps_of(ws: Workspace, run_id: str) -> Caps:
    """What a run may use."""
    with ws.db.read() as uow:
        return run_notes.caps_of(uow, run_id)


def cost(ws: Workspace, run_id: str) -> RunCost:
    """What a run has used so far."""
    with ws.db.read() as uow:
        return uow.replies.cost(run_id)


def skipped(ws: Workspace, run_id: str) -> list[Skipped]:
    """Judges of a run that do not apply to a call, with the reason."""
    with ws.db.read() as uow:
        return run_notes.skipped_of(uow, run_id)


def scored(ws: Workspace, run_id: str) -> int:
    """How many verdicts with a value a run has given."""
    with ws.db.read() as uow:
        return uow.replies.scored(run_id)


def retry_failed(ws: Workspace, viewer: Viewer, run_id: str) -> Run:
    """A new run over what has no usable reply in this one; what has one is reused.

    Raises:
        BadInput: nothing failed.
    """
    before = _run(ws, run_id)
    bad = failures(ws, before.id)
    if not bad:
        raise BadInput(f"Nothing failed in {before.code}.")
    call_ids = list(dict.fromkeys(f.call_id for f in bad))
    names = {(f.judge, f.model) for f in bad}
    with ws.db.read() as uow:
        caps, pairs = run_notes.caps_of(uow, before.id), run_notes.pairs_of(uow, before.id)
    return create(
        ws,
        viewer,
        call_ids,
        [
            JudgeChoice(**spec.args)
            for spec in before.specs
            if (spec.args["ref"], spec.args["model"]) in names
        ],
        caps=caps,
        title=f"{before.title}, failures of {before.code}",
        query=before.query,
        retry_failed=True,
        pairs=[two for two in pairs if two[0] in call_ids],
    )


def _run(ws: Workspace, run_id: str) -> Run:
    from app.services import evaluating

    return evaluating.run(ws, run_id)


def _pairs(
    ws: Workspace, ids: Sequence[str], judges: Sequence[Judge], pairs: Sequence[Pair] | None
) -> tuple[Pair, ...]:
    if not any(judge.definition.unit == "pair" for judge in judges):
        return ()
    if pairs is None:
        found = pairing.pairs_by_scenario(ws, ids)
    else:
        found = tuple(dict.fromkeys(pairing.pair(*two) for two in pairs))
    if not found:
        raise BadInput(
            "None of these calls can be compared.", "Choose two calls of the same scenario."
        )
    return found
