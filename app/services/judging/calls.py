"""A call as a judge is shown it, read from the workspace in one transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.domain.calls import Call, Span
from app.domain.errors import NotFound
from app.domain.layer_edits import overrides
from app.domain.ratings import ItemRef
from app.domain.segments import Layer
from app.domain.text_roles import ROLE_WORDS, ROLES, newest, text_role
from app.domain.turn_profiles import CALLBENCH_1
from app.domain.turn_rules import derive
from app.domain.turns import TurnSet
from app.eval.judging.call import JudgeCall, JudgeTurn
from app.services import documents, outgoing
from app.services.current_layer import pick
from app.services.judging.call_brief import brief_of, goal_of
from app.services.judging.call_tools import DOCUMENTS, masked_tool, tools_of
from app.services.outgoing import Outgoing
from app.services.workspace import Workspace
from db.unit_of_work import Reader

_ENDED = re.compile(
    r"(?P<caller>customer|caller|callee|user|client)|(?P<agent>assistant|agent|bot)", re.IGNORECASE
)
_ENDING = re.compile(r"hang|hung|ended|end[-_ ]?call|stop", re.IGNORECASE)


def judge_call(ws: Workspace, call_id: str, *, masked: bool = True) -> JudgeCall:
    """The call by its current timing and transcript, with brief, tools and flow.

    What is redacted is masked, as it goes to an endpoint; with `masked` False, for judges whose
    rules run here, it is not. Turns are the same either way.

    Turns are pinned as a person's form pins them, so that scores of both meet. `extra` says what
    the text is: `timing` and `text` name layer, version and origin, and how many lines a person
    corrected.

    Raises:
        NotFound: no such call, or it has no timing yet.
    """
    with ws.db.read() as uow:
        call = uow.calls.get(call_id)
        if call is None:
            raise NotFound(f"There is no call {call_id}.", "It may have been removed.")
        hide = outgoing.within(uow, call_id) if masked else Outgoing()
        found = _read(uow, call, hide)
    from app.services.judging.flows import flow_for

    return replace(found, flow=flow_for(ws, call))


def _read(uow: Reader, call: Call, hide: Outgoing) -> JudgeCall:
    layers = uow.layers.of_call(call.id)
    speech, text = pick(layers, "speech"), pick(layers, "transcript")
    if speech is None:
        raise NotFound(f"{call.code} has no timing yet.", "Detect its speech first.")
    turn_set = _turns(uow, call, speech, text, hide)
    texts = {
        role: _laid(turn_set, _turns(uow, call, speech, layer, hide))
        for role in ROLES
        if (layer := newest(layers, role)) is not None and layer is not text
    }
    if text is not None:
        texts.setdefault(text_role(text), {t.index - 1: t.text for t in turn_set.turns})
    known = documents.load(uow, call.id, DOCUMENTS)
    scenario = uow.scenarios.get(call.scenario_key) if call.scenario_key else None
    body = scenario.body if scenario is not None else {}
    return JudgeCall(
        call_id=call.id,
        code=call.code,
        language=call.language,
        rate_hz=call.rate_hz,
        item=ItemRef(kind="call", call_id=call.id, span=Span(0, call.frame_count)),
        brief=hide.scrubbed(brief_of(body, known)),
        goal=hide.scrubbed(goal_of(body, known)),
        turns=_judge_turns(call, turn_set, texts.get("intended", {})),
        tools=tuple(
            masked_tool(hide, tool, turn_set.turns, call)
            for tool in tools_of(call, known, turn_set.turns)
        ),
        ended_by=ended_by(call),
        extra={**_provenance(uow, call, speech, text, turn_set), "texts": texts},
    )


def _turns(uow: Reader, call: Call, speech: Layer, text: Layer | None, hide: Outgoing) -> TurnSet:
    said = uow.layers.segments(text) if text is not None else ()
    found = derive(
        uow.layers.segments(speech),
        said,
        CALLBENCH_1,
        layer=speech,
        rate_hz=call.rate_hz,
        frame_count=call.frame_count,
        overrides=overrides(uow.layers.edits(speech.id)),
    )
    return hide.turns(found, said)


def _laid(turn_set: TurnSet, other: TurnSet) -> dict[int, str]:
    """Another transcript's words on the turns of `turn_set`, by 0-based index.

    Words decide what is a backchannel, so that another transcript may give other turns: only
    those that both have carry text.
    """
    texts = {(t.speaker, t.span): t.text for t in other.turns}
    found = {t.index - 1: texts.get((t.speaker, t.span), "") for t in turn_set.turns}
    return {index: text for index, text in found.items() if text}


def _judge_turns(
    call: Call, turn_set: TurnSet, intended: Mapping[int, str]
) -> tuple[JudgeTurn, ...]:
    cut = {i.segment_ids[0] for i in turn_set.interruptions}
    return tuple(
        JudgeTurn(
            index=at,
            speaker=turn.speaker,
            start_s=turn.span.start / call.rate_hz,
            end_s=turn.span.end / call.rate_hz,
            text=turn.text,
            item=ItemRef(
                kind="turn",
                call_id=call.id,
                span=turn.span,
                layer_id=turn_set.layer_id,
                layer_version=turn_set.layer_version,
                profile_id=turn_set.profile.id,
                turn_index=turn.index,
                speaker=turn.speaker,
            ),
            interrupted_by_other=not cut.isdisjoint(turn.segment_ids),
            intended=intended.get(at, "") if turn.speaker == "agent" else "",
        )
        for at, turn in enumerate(turn_set.turns)
    )


def _provenance(
    uow: Reader, call: Call, speech: Layer, text: Layer | None, turn_set: TurnSet
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "timing": {**_named(speech), "profile": turn_set.profile.id},
        "outcome": call.outcome,
    }
    if text is not None:
        edits = uow.layers.edits(text.id) if text.origin == "human" else []
        role = text_role(text)
        found["text"] = {
            **_named(text),
            "role": role,
            "words": ROLE_WORDS[role],
            "corrected": len({e.payload["segment_id"] for e in edits if e.op == "text"}),
        }
    told = call.extra.get("eva")
    if isinstance(told, dict) and told.get("pipeline"):
        found["pipeline"] = told["pipeline"]
    return found


def _named(layer: Layer) -> dict[str, Any]:
    return {
        "layer_id": layer.id,
        "layer_version": layer.version,
        "name": layer.name,
        "origin": layer.origin,
    }


def ended_by(call: Call) -> str:
    """Who ended the call, as its import or its platform says: `agent`, `caller` or empty."""
    told = call.extra.get("ended_by")
    if told in ("agent", "caller"):
        return str(told)
    if call.extra.get("eva") and call.outcome == "goodbye":
        return "caller"  # EVA's simulated caller says so when it hangs up
    who = _ENDED.search(call.outcome) if _ENDING.search(call.outcome) else None
    return str(who.lastgroup) if who is not None else ""
