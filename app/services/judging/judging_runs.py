"""Judge runs: make one, carry it out, raise its caps, try its failures again, look at it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.domain.changes import Changes
from app.domain.endpoints import price_of
from app.domain.errors import BadInput
from app.domain.evaluation import JUDGING, EvaluatorSpec, Failure, Run
from app.domain.judging import ASK_FAILURE_WORDS, AskFailure, JudgeDefinition, RunCost
from app.domain.ratings import Viewer
from app.domain.work import Work
from app.services.judging import definitions, endpoints, pairing, run_notes
from app.services.judging.asks import Judge
from app.services.judging.caps import Caps
from app.services.judging.run_notes import Pair, Skipped
from app.services.workspace import Workspace

NO_CAPS = Caps()
MOST_NAMED = 2
"""Criteria that are named where a failure is told in a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeChoice:
    """A judge that a run is to ask."""

    ref: str
    """`gic@1`, or `gic` for its newest version."""
    endpoint: str = ""
    """Name of a profile; the only one there is where it is empty."""
    model: str = ""
    """The endpoint's own where it is empty."""
    params: Mapping[str, Any] = field(default_factory=dict)
    """What differs from the definition's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskFailed:
    """A request of a run that has no usable reply."""

    reply_id: str
    call_id: str
    code: str
    judge: str
    """`gic@1`."""
    model: str
    kind: AskFailure
    reason: str
    is_unscored: bool
    """There is a reply, and it cannot be used."""
    criteria: tuple[str, ...]
    turn: int | None
    """Counted from 1; None where it is about the whole call."""
    attempt: int
    created_at: str

    @property
    def words(self) -> str:
        """The kind in words."""
        return ASK_FAILURE_WORDS[self.kind]

    @property
    def where(self) -> str:
        """What it is about: `Turn 4, wordiness`."""
        about = ", ".join(self.criteria) if len(self.criteria) <= MOST_NAMED else ""
        turn = "" if self.turn is None else f"turn {self.turn}"
        words = ", ".join(part for part in (turn, about) if part)
        return words[:1].upper() + words[1:]

    @property
    def as_failure(self) -> Failure:
        """As failures of every kind of run are listed."""
        return Failure(
            call_id=self.call_id,
            code=self.code,
            evaluator=self.judge,
            kind=self.kind,
            reason=f"{self.where}: {self.reason}" if self.where else self.reason,
            attempt=self.attempt,
            created_at=self.created_at,
        )


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

    Raises:
        BadInput: no calls, no judges, no model, no pairs, or a cap that could not hold.
        NotFound: no such judge or endpoint.
    """
    if not call_ids:
        raise BadInput("No call was chosen.", "Choose calls in the library, or change the query.")
    if not choices:
        raise BadInput("No judge was chosen.", "Choose at least one.")
    judges = [resolve(ws, choice) for choice in choices]
    _check_caps(ws, judges, caps)
    ids = list(dict.fromkeys(call_ids))
    compared = _pairs(ws, ids, judges, pairs)
    ids = list(dict.fromkeys([*ids, *(call_id for two in compared for call_id in two)]))
    specs = _specs(judges, choices)
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
    return _run(ws, run_id)


def resolve(ws: Workspace, choice: JudgeChoice) -> Judge:
    """The judge of a choice, its version, endpoint and model settled.

    Raises:
        BadInput: no model is named anywhere. NotFound: no such judge or endpoint.
    """
    definition = definitions.definition(ws, choice.ref)
    definition = replace(definition, params={**definition.params, **choice.params})
    return at_endpoint(ws, definition, choice.endpoint, choice.model)


def at_endpoint(ws: Workspace, definition: JudgeDefinition, endpoint: str, model: str) -> Judge:
    """A definition with where it is asked; a baseline judge is asked nowhere.

    Raises:
        BadInput: no endpoint or no model is named. NotFound: no such endpoint.
    """
    if definition.kind == "baseline":
        return Judge(name=definition.ref, definition=definition)
    known = endpoints.endpoints(ws)
    if not endpoint and len(known) != 1:
        names = ", ".join(profile.name for profile in known)
        raise BadInput(
            f"{definition.title} needs an endpoint.",
            f"Name one: {names}." if names else "Add one in Judges, Endpoints.",
        )
    profile = endpoints.endpoint(ws, endpoint) if endpoint else known[0]
    named = model.strip() or profile.model
    if not named:
        raise BadInput(f"{profile.name} has no model of its own.", "Name a model.")
    return Judge(name=definition.ref, definition=definition, endpoint=profile.name, model=named)


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


def judges_of(ws: Workspace, run: Run) -> list[Judge]:
    """The judges of a run, as they were chosen.

    Raises:
        NotFound: a definition is not there any more.
    """
    found = []
    for spec in run.specs:
        definition = definitions.definition(ws, spec.args["ref"])
        params = {**definition.params, **spec.args["params"]}
        found.append(
            Judge(
                name=spec.name,
                definition=replace(definition, params=params),
                endpoint=spec.args["endpoint"],
                model=spec.args["model"],
            )
        )
    return found


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


def failures(ws: Workspace, run_id: str) -> list[AskFailed]:
    """Requests of a run that have no usable reply to this day.

    Those that an earlier run left so and this one let stand are among them.
    """
    with ws.db.read() as uow:
        rows = uow.replies.bad(run_id, run_notes.standing_of(uow, run_id))
    return [_failed(row) for row in rows]


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


def titles(ws: Workspace, run: Run) -> dict[str, str]:
    """Each step of a run as it is called on screens; its ref where its judge is not there."""
    with ws.db.read() as uow:
        known = {d.ref: d.title for d in uow.judges.definitions()}
    found = {}
    for spec in run.specs:
        ref, model = spec.args["ref"], spec.args["model"]
        found[spec.name] = f"{known.get(ref, ref)} · {model}" if model else known.get(ref, ref)
    return found


def title_of(judges: Sequence[Judge]) -> str:
    """What a run asks, in a few words."""
    first, rest = judges[0].definition.title, len(judges) - 1
    return first if not rest else f"{first} and {rest} more"


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


def _specs(judges: Sequence[Judge], choices: Sequence[JudgeChoice]) -> list[EvaluatorSpec]:
    """A step for each judge; the model tells two of one definition apart."""
    refs = [judge.definition.ref for judge in judges]
    specs: dict[str, EvaluatorSpec] = {}
    for judge, choice in zip(judges, choices, strict=True):
        ref = judge.definition.ref
        args = {
            "ref": ref, "endpoint": judge.endpoint, "model": judge.model,
            "params": dict(choice.params),
        }  # fmt: skip
        name = ref if refs.count(ref) == 1 else f"{ref} · {judge.model}"
        if name in specs and specs[name].args != args:
            name = f"{name} · {json.dumps(args['params'], sort_keys=True)}"
        specs[name] = EvaluatorSpec(name=name, args=args)
    return list(specs.values())


def _check_caps(ws: Workspace, judges: Sequence[Judge], caps: Caps) -> None:
    if caps.cost_micro is None:
        return
    prices = endpoints.prices(ws)
    for judge in judges:
        if not judge.needs_model:
            continue
        price = price_of(prices, judge.endpoint, judge.model)
        if price is None or price.currency != caps.currency:
            raise BadInput(
                f"No price in {caps.currency} is known of {judge.model}, so that a cap on the "
                "cost would not hold.",
                "Write the price down, or cap tokens or requests.",
            )


def _failed(row: Mapping[str, Any]) -> AskFailed:
    return AskFailed(
        reply_id=row["id"],
        call_id=row["call_id"],
        code=row["code"],
        judge=row["judge"],
        model=row["model"],
        kind=row["failure"],
        reason=row["reason"],
        is_unscored=row["status"] == "unscored",
        criteria=tuple(json.loads(row["criteria"])),
        turn=row["turn_index"],
        attempt=row["attempt"],
        created_at=row["created_at"],
    )
