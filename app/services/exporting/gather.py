"""Everything that an export needs of some calls, as one viewer may see it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath

from app.domain import unrated
from app.domain.calls import Call
from app.domain.errors import Cancelled, NotFound, UserError
from app.domain.query import Query
from app.domain.ratings import Comment, Score, Viewer
from app.domain.rubrics import RubricVersion
from app.domain.segments import Layer, Segment
from app.domain.turns import TurnSet
from app.domain.work import Work
from app.services.outgoing import Outgoing
from app.services.workspace import Workspace
from db.repos.exchange import ExchangeRepo, ScoreFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class CallData:
    """One call with what was derived from it; `turn_set` is None without a speech layer."""

    call: Call
    file_id: str
    turn_set: TurnSet | None
    transcript: tuple[Segment, ...]
    transcript_layer: Layer | None
    comments: tuple[Comment, ...]
    outgoing: Outgoing
    """What is redacted; already done to all of the above."""


@dataclass(kw_only=True)
class Gathered:
    """All that is exported."""

    calls: list[CallData]
    scores: list[Score]
    facts: dict[str, ScoreFacts]
    current_ids: frozenset[str]
    rubrics: dict[str, RubricVersion]
    layers: dict[str, Layer]
    masked: bool = False
    warnings: list[str] = field(default_factory=list)

    @cached_property
    def by_id(self) -> dict[str, CallData]:
        """Calls by id."""
        return {data.call.id: data for data in self.calls}


def pseudonym(rater_id: str, name: str = "") -> str:
    """A rater in exports: the same in every export, and no name.

    Someone who came in with an export is known here by that pseudonym, and keeps it.
    """
    if _PSEUDONYM.match(name):
        return name
    return "R-" + hashlib.sha256(rater_id.encode()).hexdigest()[:8]


_PSEUDONYM = re.compile(r"^R-[0-9a-f]{8}$")


def file_id(call: Call) -> str:
    """The call's code as all formats can hold it (`[A-Za-z0-9_.-]+`); unique as codes are."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", call.code) or call.id


def source_name(call: Call) -> str:
    """The recording's file name without its folders."""
    return PurePath(call.source_path).name


def select(
    ws: Workspace, viewer: Viewer, query: Query | str | None, call_ids: Sequence[str] | None
) -> list[Call]:
    """The calls to export, by code.

    Raises:
        NotFound: a named call is not there.
        QueryError: the query cannot be read.
    """
    from app.services.browsing import parse_query

    asked = parse_query(query) if isinstance(query, str) else query
    with ws.db.read() as uow:
        if call_ids is None:
            ids = uow.calls.ids_of([int(s) for s in uow.library.seqs(viewer, asked or Query())])
        else:
            ids = list(dict.fromkeys(call_ids))
            if asked is not None and asked.parts:
                among = set(uow.calls.ids_of([int(s) for s in uow.library.seqs(viewer, asked)]))
                ids = [i for i in ids if i in among]
        calls = uow.calls.many(ids)
    if call_ids is not None and len(calls) != len(ids):
        raise NotFound("One of the calls to export is not there.", "List the calls again.")
    return sorted(calls, key=lambda c: c.code)


def gather(
    ctx: Work, ws: Workspace, viewer: Viewer, calls: Sequence[Call], *, profile: str | None = None
) -> Gathered:
    """Read all of it; one call at a time, so that it can be cancelled.

    Raises:
        Cancelled: asked for through `ctx`.
    """
    warnings: list[str] = []
    data: list[CallData] = []
    for number, call in enumerate(calls):
        ctx.raise_if_cancelled()
        ctx.progress(number, len(calls), call.code)
        data.append(_one(ws, viewer, call, profile, warnings))
    with ws.db.read() as uow:
        ids = [c.id for c in calls]
        scores = uow.scores.visible(viewer, call_ids=ids, phase="submitted", newest=False)
        current = uow.scores.visible(viewer, call_ids=ids, phase="submitted", newest=True)
        facts = ExchangeRepo(uow.connection).score_facts([s.id for s in scores])
        rubrics = {v.id: v for v in uow.rubrics.all()}
        layers = _layers(uow.layers.get, {s.item.layer_id for s in scores if s.item.layer_id})
    order = {c.id: i for i, c in enumerate(calls)}
    scores.sort(key=lambda s: (order[s.item.call_id], s.created_at, s.id))
    return Gathered(
        calls=data,
        scores=scores,
        facts=facts,
        current_ids=frozenset(s.id for s in current),
        rubrics=rubrics,
        layers=layers,
        masked=not viewer.is_lead,
        warnings=warnings,
    )


def _layers(get: object, ids: Iterable[str]) -> dict[str, Layer]:
    assert callable(get)
    return {i: layer for i in sorted(ids) if (layer := get(i)) is not None}


def _one(
    ws: Workspace, viewer: Viewer, call: Call, profile: str | None, warnings: list[str]
) -> CallData:
    from app.services import calls as call_service
    from app.services import layers, outgoing

    turn_set: TurnSet | None = None
    if layers.current_speech_layer(ws, call.id) is None:
        warnings.append(f"{call.code} has no timing yet; it has no turns here.")
    else:
        try:
            named = {"profile": profile} if profile else {}
            turn_set = outgoing.turn_set(ws, call.id, viewer=viewer, **named)
        except Cancelled:
            raise
        except UserError as error:
            warnings.append(f"{call.code}: {error}")
    if call_service.awaits_caller(ws, viewer, call.id):
        call = unrated.call(call)
        warnings.append(f"{call.code} is without figures until you have rated it as its caller.")
    out = outgoing.of_call(ws, call.id)
    whole = outgoing.lines_masked_whole(ws, call.id)
    if whole:
        warnings.append(
            f"{call.code}: {whole} lines are masked as a whole, as their words have no times."
        )
    return CallData(
        call=out.call(call),
        file_id=file_id(call),
        turn_set=turn_set,
        transcript=outgoing.transcript(ws, call.id),
        transcript_layer=layers.current_transcript_layer(ws, call.id),
        comments=tuple(outgoing.comments(ws, viewer, call.id)),
        outgoing=out,
    )
