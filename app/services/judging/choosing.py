"""What a person can choose for a new judge run, what they chose last, and the run of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from app.domain.endpoints import ChatFailed, EndpointProfile
from app.domain.errors import EnvironmentFault, NotFound
from app.domain.evaluation import Run
from app.domain.judging import JudgeDefinition
from app.domain.ratings import Viewer
from app.services import browsing
from app.services.judging import definitions, endpoints, estimating, judging_runs
from app.services.judging.caps import Caps
from app.services.judging.estimating import Estimate
from app.services.judging.judging_runs import JudgeChoice
from app.services.workspace import Workspace

CHOICE_KEY = "new_judge_run"
"""Setting of each rater: what they chose last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeOffer:
    """The newest version of a judge."""

    definition: JudgeDefinition
    criteria: int | None
    """How many it judges; None where each task flow has its own."""

    @property
    def needs_model(self) -> bool:
        """Whether an endpoint is asked."""
        return self.definition.kind == "llm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """What a judge run is to do. `names` of None are the baselines: they need no setting up."""

    names: tuple[str, ...] | None = None
    """Of judges; the newest version of each is taken."""
    endpoint: str = ""
    model: str = ""
    caps: Caps = Caps()  # noqa: RUF009 - immutable
    retry_failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """Everything that there is to choose from."""

    judges: tuple[JudgeOffer, ...]
    endpoints: tuple[EndpointProfile, ...]
    picked: Picked


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which calls: by id, by number, or what a query finds."""

    call_ids: tuple[str, ...] = ()
    seqs: tuple[int, ...] = ()
    query: str = ""
    """Empty for every call, where neither ids nor numbers are given."""


def offered(ws: Workspace, viewer: Viewer) -> Offered:
    """The judges by title, the endpoints, and what this person chose last."""
    newest = {d.name: d for d in definitions.definitions(ws)}
    judges = [
        JudgeOffer(definition=d, criteria=_criteria(ws, d))
        for d in sorted(newest.values(), key=lambda d: d.title)
    ]
    return Offered(
        judges=tuple(judges),
        endpoints=endpoints.endpoints(ws),
        picked=last_picked(ws, viewer),
    )


def last_picked(ws: Workspace, viewer: Viewer) -> Picked:
    """What this person chose last; the baselines the first time."""
    with ws.db.read() as uow:
        kept = dict(uow.settings.get(CHOICE_KEY, {}, scope=viewer.rater_id))
    known = Picked.__dataclass_fields__.keys()
    taken = {k: v for k, v in kept.items() if k in known}
    if taken.get("names") is not None:
        taken["names"] = tuple(taken["names"])
    taken["caps"] = Caps(**taken.get("caps", {}))
    return Picked(**taken)


def calls_of(ws: Workspace, viewer: Viewer, which: Which) -> list[str]:
    """Ids of the calls.

    Raises:
        QueryError: the query cannot be read.
    """
    if which.call_ids:
        return list(which.call_ids)
    if which.seqs:
        return browsing.uuids(ws, list(which.seqs))
    seqs = browsing.call_ids(ws, viewer, browsing.parse_query(which.query))
    return browsing.uuids(ws, [int(seq) for seq in seqs])


def choices(picked: Picked, judges: Sequence[JudgeOffer]) -> list[JudgeChoice]:
    """The judges of a choice; those that are offered no more are passed over."""
    return [
        JudgeChoice(
            ref=offer.definition.ref,
            endpoint=picked.endpoint if offer.needs_model else "",
            model=picked.model if offer.needs_model else "",
        )
        for offer in judges
        if offer.definition.name in names_of(picked, judges)
    ]


def names_of(picked: Picked, judges: Sequence[JudgeOffer]) -> frozenset[str]:
    """The names of a choice."""
    if picked.names is not None:
        return frozenset(picked.names)
    return frozenset(o.definition.name for o in judges if not o.needs_model)


def reckon(ws: Workspace, viewer: Viewer, which: Which, asked: Sequence[JudgeChoice]) -> Estimate:
    """What a run would ask, use and cost.

    Raises:
        BadInput: no model is named. NotFound: no such judge or endpoint. QueryError.
    """
    return estimating.estimate(ws, calls_of(ws, viewer, which), asked)


def start(
    ws: Workspace, viewer: Viewer, which: Which, picked: Picked, judges: Sequence[JudgeOffer]
) -> Run:
    """Store a new run, and what was chosen for it.

    Raises:
        BadInput: no calls, no judges, no model, or a cap that could not hold. NotFound. QueryError.
    """
    made = judging_runs.create(
        ws,
        viewer,
        calls_of(ws, viewer, which),
        choices(picked, judges),
        caps=picked.caps,
        query=which.query,
        retry_failed=picked.retry_failed,
    )
    with ws.db.human() as uow:
        kept = asdict(replace(picked, names=tuple(sorted(names_of(picked, judges)))))
        uow.settings.put(CHOICE_KEY, kept, scope=viewer.rater_id)
    return made


def models(profile: EndpointProfile) -> tuple[str, ...]:
    """The models that an endpoint lists. Call from a worker's thread.

    Raises:
        EnvironmentFault: it cannot be asked. UserError: its key cannot be had.
    """
    import asyncio

    from app.models.chat import ChatClient

    async def ask() -> tuple[str, ...]:
        async with ChatClient(profile, None) as client:
            return await client.models()

    try:
        return asyncio.run(ask())
    except ChatFailed as error:
        raise EnvironmentFault(
            f"{profile.name} lists no models: {error.reason}", "Type the model's name."
        ) from error


def _criteria(ws: Workspace, definition: JudgeDefinition) -> int | None:
    try:
        return len(definitions.rubric_for(ws, definition).criteria)
    except NotFound:
        return None
