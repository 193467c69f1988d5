"""What a person can choose for a new run, what they chose last, and the run that comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, field, fields, replace
from typing import Any, cast

from app.domain.errors import BadInput
from app.domain.evaluation import EvaluatorSpec, Run, Where
from app.domain.metrics import MetricSpec
from app.domain.ratings import Viewer
from app.eval import registry
from app.eval.base import Evaluator
from app.services import browsing
from app.services.evaluating import catalogue, measures
from app.services.evaluating.runs import create
from app.services.workspace import Workspace

CHOICE_KEY = "new_run"
"""Setting of each rater: what they chose last."""
ADDRESS_KEY = "run_address"
"""Workspace setting: run → address of the scheduler that it is computed on."""
RECOGNISERS = "asr."
USUAL_TITLE = "The usual metrics"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An evaluator that can be chosen, with the metrics that it makes; none: groundwork."""

    name: str
    title: str
    metrics: tuple[MetricSpec, ...]
    args: Mapping[str, Any]
    """Its arguments as the workspace has them."""
    is_default: bool
    by_timing: bool = False
    """Whether it measures by the timing of speech, which is then detected first."""

    @property
    def is_recogniser(self) -> bool:
        """Whether it writes a transcript: one of those is chosen, or none."""
        return self.name.startswith(RECOGNISERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a run is to do. `measures` of None are the workspace's usual ones."""

    measures: tuple[str, ...] | None = None
    recogniser: str | None = None
    """None for the usual one, empty for none."""
    args: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Arguments of recognisers, by name."""
    where: Where = "processes"
    workers: int = 0
    address: str = ""
    retry_failed: bool = False
    layer: str = ""
    """Origin of the speech layer to measure by; empty for the one in force."""


def offers(ws: Workspace) -> list[Offer]:
    """Every evaluator, in the order of the catalogue."""
    usual = {spec.name: dict(spec.args) for spec in catalogue.default_specs(ws)}
    with ws.db.read() as uow:
        kept: dict[str, Any] = dict(uow.settings.get(catalogue.SETTINGS_KEY, {}))
    catalogue.metrics()  # says which module is at fault, if one is
    found = []
    for name in registry.PLACES:
        kind = registry.evaluator_class(name)
        own = kept.get(name)
        given = usual.get(name) or (own if isinstance(own, dict) else {})
        found.append(
            Offer(
                name=name,
                title=kind.title,
                metrics=kind.metrics,
                args={**_defaults(kind), **given},
                is_default=name in usual,
                by_timing="speech" in kind.reads,
            )
        )
    return found


def _defaults(kind: type[Evaluator]) -> dict[str, Any]:
    """An evaluator's arguments before anyone fills them in, which need not be enough to run it."""
    found = {}
    for each in fields(cast("Any", kind)):
        if each.default is not MISSING:
            found[each.name] = each.default
        elif each.default_factory is not MISSING:
            found[each.name] = each.default_factory()
    return found


def last_choice(ws: Workspace, viewer: Viewer) -> Choice:
    """What this person chose last; the usual things the first time."""
    with ws.db.read() as uow:
        kept = uow.settings.get(CHOICE_KEY, {}, scope=viewer.rater_id)
    known = Choice.__dataclass_fields__.keys()
    taken = {k: v for k, v in dict(kept).items() if k in known}
    if taken.get("measures") is not None:
        taken["measures"] = tuple(taken["measures"])
    return Choice(**taken)


def specs(ws: Workspace, choice: Choice, offered: Sequence[Offer]) -> list[EvaluatorSpec]:
    """The evaluators of a choice with their arguments, in the order of running.

    Raises:
        BadInput: nothing is chosen, or an argument does not fit.
    """
    names = chosen_names(choice, offered)
    if not names:
        raise BadInput("Nothing was chosen to compute.", "Tick at least one metric.")
    out = []
    for spec in catalogue.specs_for(ws, names):
        args = {**spec.args, **choice.args.get(spec.name, {})}
        if not str(args.get("base_url", "-")).strip():
            raise BadInput("The endpoint has no address.", "It looks like https://host/v1.")
        out.append(replace(spec, args=measures.build(spec.name, args).args))
    return catalogue.measured_by(out, choice.layer)


def chosen_names(choice: Choice, offered: Sequence[Offer]) -> list[str]:
    """The names of a choice; those that are offered no more are passed over."""
    measures = choice.measures
    names = [
        o.name
        for o in offered
        if not o.is_recogniser and (o.is_default if measures is None else o.name in measures)
    ]
    usual = next((o.name for o in offered if o.is_recogniser and o.is_default), "")
    recogniser = usual if choice.recogniser is None else choice.recogniser
    if any(o.name == recogniser for o in offered):
        names.append(recogniser)
    return names


def steps_each(names: Sequence[str], offered: Sequence[Offer]) -> int:
    """How many steps a choice makes of each call, with the detection that comes with it."""
    chosen = {name for name in names if name}
    if any(o.by_timing and o.name in chosen for o in offered):
        chosen.add("speech.detect")
    return len(chosen)


def start(
    ws: Workspace,
    viewer: Viewer,
    choice: Choice,
    *,
    seqs: Sequence[int] | None = None,
    query: str = "",
) -> Run:
    """Store a new run over the calls `seqs`, or over those that the query finds.

    Raises:
        BadInput: no calls, nothing to compute, or an argument does not fit. QueryError.
    """
    found = offers(ws)
    chosen = specs(ws, choice, found)
    if seqs is None:
        seqs = [int(n) for n in browsing.call_ids(ws, viewer, browsing.parse_query(query))]
    if choice.where == "dask" and not choice.address.strip():
        raise BadInput("There is no address of a scheduler.", "It looks like tcp://host:8786.")
    made = create(
        ws,
        viewer,
        browsing.uuids(ws, seqs),
        chosen,
        title=USUAL_TITLE if _is_usual(choice, found) else "",
        query=query,
        where=choice.where,
        workers=choice.workers,
        retry_failed=choice.retry_failed,
    )
    with ws.db.human() as uow:
        uow.settings.put(CHOICE_KEY, asdict(choice), scope=viewer.rater_id)
    if choice.where == "dask":
        keep_address(ws, made.id, choice.address.strip())
    return made


def _is_usual(choice: Choice, offered: Sequence[Offer]) -> bool:
    """Whether a choice of several is what would be computed without choosing."""
    names = chosen_names(choice, offered)
    return len(names) > 1 and set(names) == {o.name for o in offered if o.is_default}


def keep_address(ws: Workspace, run_id: str, address: str) -> None:
    """Note where a run is computed, so that it can go on there."""
    with ws.db.human() as uow:
        known = dict(uow.settings.get(ADDRESS_KEY, {}))
        uow.settings.put(ADDRESS_KEY, {**known, run_id: address})


def address(ws: Workspace, run_id: str) -> str:
    """The scheduler that a run is computed on; empty for none."""
    with ws.db.read() as uow:
        return str(uow.settings.get(ADDRESS_KEY, {}).get(run_id, ""))
