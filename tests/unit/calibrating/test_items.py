"""Turns, timings that have changed, and pairs in both orders."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from app.domain.calls import Span
from app.domain.ids import new_id
from app.domain.ratings import Answer, ItemRef
from app.domain.segments import Layer, Segment
from app.eval.calibration.rules import PRESETS
from app.services.calibrating import agreement, gather, splits
from app.services.calibrating.dimension import dimension
from app.services.rubrics import add_rubric, rubric_of
from app.services.workspace import Workspace
from db.repos.scores import NewScore
from tests.unit.calibrating.synthetic import FRAMES, World, world

LEVELS = [{"value": v, "anchor": str(v)} for v in (-1, 0, 1)]


@pytest.fixture
def small(workspace: Workspace) -> World:
    return parts_world(workspace)


def parts_world(workspace: Workspace) -> World:
    """Twelve calls with a dimension of turns and one of pairs."""
    made = world(workspace, 12)
    made.rubric = add_rubric(
        workspace,
        rubric_of(
            {
                "key": "parts",
                "title": "parts",
                "criteria": [
                    {"key": "turn", "title": "turn", "question": "?", "scope": "agent_turn",
                     "levels": LEVELS},
                    {"key": "better", "title": "better", "question": "?", "scope": "pair",
                     "levels": LEVELS},
                ],
            }
        ),
    )  # fmt: skip
    return made


def give(
    made: World, rater: str, key: str, item: ItemRef, value: int, orders: Sequence[int] = ()
) -> None:
    criterion = next(c.id for c in made.rubric.criteria if c.key == key)
    with made.ws.db.machine() as uow:
        uow.scores.add(
            NewScore(
                call_id=item.call_id, item_id=uow.scores.item(item),
                rubric_version_id=made.rubric.id, criterion_id=criterion, rater_id=rater,
                answer=Answer(status="observed", value=value), phase="submitted", blind=True,
                presentation=json.dumps({"order_values": list(orders)}) if orders else None,
            )
        )  # fmt: skip


def timed(made: World, call_id: str, spans: Sequence[tuple[int, int]]) -> str:
    """A timing of the agent's speech; its layer."""
    layer = Layer(
        id=new_id(), call_id=call_id, kind="speech", origin="detector", name="d", producer="test",
        version=1,
    )  # fmt: skip
    segments = [Segment(id=new_id(), speaker="agent", span=Span(a, b)) for a, b in spans]
    # Without the caller's answer the agent's two stretches would be one turn.
    segments.insert(1, Segment(id=new_id(), speaker="caller", span=Span(20_000, 30_000)))
    with made.ws.db.machine() as uow:
        uow.layers.add(layer, segments)
    return layer.id


def turn(call_id: str, layer_id: str, index: int, span: tuple[int, int]) -> ItemRef:
    return ItemRef(
        kind="turn", call_id=call_id, span=Span(*span), layer_id=layer_id, layer_version=1,
        profile_id="callbench-1", turn_index=index, speaker="agent",
    )  # fmt: skip


def test_scores_on_speech_that_is_gone_are_left_out_and_counted(small: World) -> None:
    ann, judge = small.person("Ann"), small.judge()
    call_id = small.calls[0]
    kept, moved = (0, 8000), (40_000, 48_000)
    before = timed(small, call_id, [kept, moved])
    for rater in (ann, judge):
        give(small, rater, "turn", turn(call_id, before, 1, kept), 1)
        give(small, rater, "turn", turn(call_id, before, 2, moved), 0)
    assert not gather.load(small.ws, small.lead, "parts").stale
    after = timed(small, call_id, [kept, (50_000, 60_000)])
    give(small, ann, "turn", turn(call_id, after, 2, (50_000, 60_000)), -1)
    found = gather.load(small.ws, small.lead, "parts")
    assert found.stale == {"human": 1, "judge": 1}
    one = dimension(found, "turn")
    people, scores, _ = one.labelled(judge)
    # The turn that is still there is one item, whichever timing it was scored on.
    assert people.values[:, 0].tolist() == [1.0, -1.0]
    assert scores[0] == 1.0
    assert one.people.call_count == 1


def test_a_judge_that_takes_what_it_sees_first_is_found_out(small: World) -> None:
    ann, judge = small.person("Ann"), small.judge()
    with small.ws.db.machine() as uow:
        whole = {
            c: uow.scores.item(ItemRef(kind="call", call_id=c, span=Span(0, FRAMES)))
            for c in small.calls
        }
    pairs = list(zip(small.calls[::2], small.calls[1::2]))
    for at, (one, two) in enumerate(pairs):
        item = ItemRef(kind="pair", call_id=one, span=Span(0, FRAMES), other_item_id=whole[two])
        give(small, ann, "better", item, 1)
        swayed = at < 4
        give(small, judge, "better", item, 0 if swayed else 1, (1, -1) if swayed else (1, 1))
    found = gather.load(small.ws, small.lead, "parts")
    cell = agreement.cell(found, found.judges_named("judge")[0], "better", PRESETS["default"])
    assert cell.position is not None
    assert cell.position.consistency.value == pytest.approx(2 / 6)
    assert (cell.position.first, cell.position.second) == (4, 0)
    assert cell.found.evidence.order_consistency == pytest.approx(2 / 6)
    roles = {c.id: found.splits.role(c) for c in found.calls.values()}
    for scored, role in zip(found.items, found.roles):
        same = roles[scored.call_id] == roles[scored.other_call_id]
        assert role == (roles[scored.call_id] if same else splits.MIXED)
