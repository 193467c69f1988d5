"""What a try-out asks of the services. Runs on lanes; no widgets here. Nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain.errors import NotAllowed
from app.domain.judging import JudgeDefinition
from app.domain.ratings import ItemRef
from app.ui.judges.loading import load
from app.ui.judges.trying import AskChoice, CallChoice, Preview, Request, Tried

if TYPE_CHECKING:
    from app.domain.endpoints import EndpointProfile
    from app.domain.ratings import Viewer
    from app.domain.rubrics import RubricVersion
    from app.domain.work import Work
    from app.eval.judging.asks import Ask, Rendered
    from app.eval.judging.call import JudgeCall
    from app.services.workspace import Workspace

MOST_CALLS = 200
"""Newest calls that are offered by code and title; any other can be typed."""
WORDS_SHOWN = 60
NO_FLOW = "No task flow belongs to this call, so that this judge cannot judge it."
LEADS_ONLY = "Only a lead tries judges out: a verdict seen before scoring ends blindness."


@dataclass(frozen=True, slots=True, kw_only=True)
class TryWhat:
    """What is tried, and whom to ask."""

    code: str
    other: str = ""
    item: ItemRef | None = None
    """The turn or call that is asked about; None for the first that there are."""
    endpoint: str = ""
    model: str = ""


def calls(ws: Workspace, viewer: Viewer) -> tuple[CallChoice, ...]:
    """The newest calls."""
    from app.services import browsing

    seqs = browsing.call_ids(ws, viewer, browsing.parse_query(""))[:MOST_CALLS]
    rows = browsing.call_rows(ws, viewer, seqs)
    return tuple(CallChoice(row.code, row.title) for row in rows)


def endpoints(ws: Workspace) -> tuple[EndpointProfile, ...]:
    """Where judges can be asked."""
    from app.services.judging import endpoints as service

    return service.endpoints(ws)


def preview(
    ctx: Work, ws: Workspace, definition: JudgeDefinition, code: str, other: str
) -> Preview:
    """What a judge would ask about a call, word for word.

    Raises:
        NotFound: no such call. BadInput: a template or a parameter cannot be used.
    """
    from app.services import calls as service

    call = service.get_call(ws, code)
    if definition.kind == "baseline":
        return Preview(code=call.code)
    second = service.get_call(ws, other).id if definition.unit == "pair" and other else ""
    if definition.unit == "pair" and not second:
        return Preview(code=call.code, words="A pairwise judge compares two calls: name another.")
    ctx.raise_if_cancelled()
    load()
    return _preview(ctx, ws, definition, call.id, second)


def _preview(
    ctx: Work, ws: Workspace, definition: JudgeDefinition, call_id: str, other_id: str
) -> Preview:
    from app.eval.judging.judge import plan
    from app.services.judging.calls import judge_call

    call = judge_call(ws, call_id)
    other = judge_call(ws, other_id) if other_id else None
    ctx.raise_if_cancelled()
    rubric = _rubric(ws, definition, call)
    if rubric is None:
        return Preview(code=call.code, words=NO_FLOW)
    found = plan(definition, rubric, call, other)
    titles = {criterion.key: criterion.title for criterion in rubric.criteria}
    by_item: dict[ItemRef, list[Ask]] = {}
    for ask in found.asks:
        by_item.setdefault(ask.item, []).append(ask)
    return Preview(
        code=call.code,
        asks=tuple(
            AskChoice(
                item=item,
                label=item_words(call, item),
                requests=tuple(
                    _request(call, sent, [titles.get(key, key) for key in ask.criteria])
                    for ask in asks
                    for sent in ask.requests
                ),
            )
            for item, asks in by_item.items()
        ),
        words=found.skipped,
    )


def item_words(call: JudgeCall, item: ItemRef) -> str:
    """`Turn 13, 01:23: Good morning…`, or the call's code."""
    turn = next((t for t in call.turns if t.item == item), None)
    if turn is None:
        return f"The whole call {call.code}"
    minutes, seconds = divmod(int(turn.start_s), 60)
    text = " ".join(turn.text.split())
    shown = text if len(text) <= WORDS_SHOWN else f"{text[:WORDS_SHOWN]}…"
    return f"Turn {turn.index + 1}, {minutes:02d}:{seconds:02d}  {shown}"


def _request(call: JudgeCall, sent: Rendered, titles: list[str]) -> Request:
    return Request(
        criteria=", ".join(titles),
        messages=tuple((m["role"], m["content"]) for m in sent.messages),
        sounds=tuple(
            f"{part.speaker}, {part.span.start / call.rate_hz:.2f} to "
            f"{part.span.end / call.rate_hz:.2f} s"
            for part in sent.audio
        ),
    )


def _rubric(ws: Workspace, definition: JudgeDefinition, call: JudgeCall) -> RubricVersion | None:
    from app.services.judging import definitions
    from app.services.judging.flow_rubrics import rubric_of_flow

    if definition.rubric != definitions.TFC_RUBRIC:
        return definitions.rubric_for(ws, definition)
    return None if call.flow is None else rubric_of_flow(ws, call.flow)


def known_models(ws: Workspace, name: str) -> tuple[str, tuple[str, ...]]:
    """The models of an endpoint that are named anywhere here; nothing is asked for that."""
    from app.services.judging import endpoints as service

    own = [p.model for p in service.endpoints(ws) if p.name == name and p.model]
    priced = [
        p.model
        for p in service.prices(ws)
        if p.endpoint in ("", name) and not p.model.endswith("*")
    ]
    return name, tuple(dict.fromkeys([*own, *priced]))


def try_out(
    ctx: Work, ws: Workspace, viewer: Viewer, definition: JudgeDefinition, what: TryWhat
) -> Tried:
    """Ask a judge, saved or not, about a call; nothing is stored.

    Raises:
        NotAllowed: the viewer reviews blind. BadInput: no endpoint, model or second call.
        NotFound: no such call. EnvironmentFault: no key. Cancelled.
    """
    from app.services import calls as service
    from app.services.judging import trying
    from app.ui.judges.try_words import shown

    if not viewer.is_lead:
        raise NotAllowed(LEADS_ONLY, "Sign in as a lead.")
    load()
    call_id = service.get_call(ws, what.code).id
    is_pair = definition.unit == "pair"
    found = trying.try_out(
        ws,
        definition,
        call_id,
        what.endpoint,
        what.model,
        other_id=service.get_call(ws, what.other).id if is_pair and what.other else "",
        item=None if is_pair else what.item,
        ctx=ctx,
    )
    return shown(found, what.item)
