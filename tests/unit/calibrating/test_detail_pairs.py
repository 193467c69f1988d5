"""Pairs that a judge is swayed on by order, and what labels and requests cost."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pytest

from app.domain.calls import Span
from app.domain.judging import NewReply, Usage
from app.domain.ratings import Answer, ItemRef
from app.eval.calibration.rules import PRESETS
from app.services.calibrating import agreement, gather
from app.services.calibrating.detail_biases import biases_of
from app.services.calibrating.detail_cost import cost_of
from app.services.calibrating.detail_source import Source, source_of
from app.services.rubrics import add_rubric, rubric_of
from app.services.workspace import Workspace
from db.repos.scores import NewScore
from tests.unit.calibrating.synthetic import FRAMES, World, noisy, truth, world

PAIRS = 60
RULE = PRESETS["default"]
LEVELS = [{"value": v, "anchor": str(v)} for v in (-1, 0, 1)]


def source(made: World, key: str) -> Source:
    found = gather.load(made.ws, made.lead, made.rubric.key)
    cell = agreement.cell(found, found.judges_named("judge")[0], key, RULE)
    return source_of(found, cell, RULE)


def give(
    made: World, rater: str, pair: tuple[ItemRef, str], value: int, orders: Sequence[int] = ()
) -> None:
    with made.ws.db.machine() as uow:
        uow.scores.add(
            NewScore(
                call_id=pair[0].call_id, item_id=pair[1], rubric_version_id=made.rubric.id,
                criterion_id=made.rubric.criteria[0].id, rater_id=rater, phase="submitted",
                answer=Answer(status="observed", value=value), blind=True,
                presentation=json.dumps({"order_values": list(orders)}) if orders else None,
            )
        )  # fmt: skip


def test_a_taste_for_what_is_shown_first_is_the_intercept(workspace: Workspace) -> None:
    made = world(workspace, 2 * PAIRS)
    criterion = {"key": "better", "title": "better", "question": "?", "scope": "pair",
                 "levels": LEVELS}  # fmt: skip
    made.rubric = add_rubric(
        workspace, rubric_of({"key": "pairs", "title": "pairs", "criteria": [criterion]})
    )
    ann, judge = made.person("Ann"), made.judge()
    chance = np.random.default_rng(5)
    for one, two in zip(made.calls[::2], made.calls[1::2]):
        with workspace.db.machine() as uow:
            other = uow.scores.item(ItemRef(kind="call", call_id=two, span=Span(0, FRAMES)))
            item = ItemRef(kind="pair", call_id=one, span=Span(0, FRAMES), other_item_id=other)
            pair = item, uow.scores.item(item)
        label = int(chance.choice([-1, 1]))
        # Of the first call: mostly people's label, else what stands first in that order.
        orders = [label if chance.random() < 0.5 else first for first in (1, -1)]
        orders = [-v if chance.random() < 0.1 else v for v in orders]
        give(made, ann, pair, label)
        give(made, judge, pair, orders[0] if orders[0] == orders[1] else 0, orders)
    told = biases_of(workspace, source(made, "better"))
    assert told.is_paired
    assert told.position is not None
    assert told.position.first > told.position.second
    first, human = (told.regression.coefficients[k] for k in ("intercept", "human"))
    assert first.low > 0
    assert human.low > 0
    assert told.regression.n == 2 * PAIRS


def asked(made: World, source_: Source, cost_micro: int | None) -> None:
    with made.ws.db.machine() as uow:
        for at, call_id in enumerate(made.calls[:4]):
            item = ItemRef(kind="call", call_id=call_id, span=Span(0, FRAMES))
            uow.replies.add(
                NewReply(
                    run_id=None, call_id=call_id, item=item, key=f"{cost_micro}{at}", attempt=1,
                    judge_version_id=source_.cell.judge.id, status="ok", failure=None, reason="",
                    criteria=("tone",), endpoint="here", request={}, reply={}, parsed={},
                    usage=Usage(prompt=100, completion=10), cost_micro=cost_micro,
                    currency="EUR" if cost_micro else "", latency_ms=500, http_attempts=1,
                    request_id="", model_reported="m", rung="schema",
                ),
                uow.scores.item(item),
            )  # fmt: skip


@pytest.mark.parametrize("cost_micro", [None, 250])
def test_tokens_are_counted_where_the_price_is_unknown(
    workspace: Workspace, cost_micro: int | None
) -> None:
    made = world(workspace, 40)
    real = truth(40)
    ann = made.person("Ann")
    made.say(ann, "tone", noisy(real, 1))
    made.say(made.judge(), "tone", noisy(real, 2))
    one = source(made, "tone")
    asked(made, one, cost_micro)
    criterion = one.cell.criterion.id
    with workspace.db.machine() as uow:
        for call_id in made.calls[:10]:
            item = ItemRef(kind="call", call_id=call_id, span=Span(0, FRAMES))
            uow.scores.add(
                NewScore(
                    call_id=call_id, item_id=uow.scores.item(item), criterion_id=criterion,
                    rubric_version_id=made.rubric.id, rater_id=ann, phase="draft", blind=True,
                    answer=Answer(status="observed", value=3), duration_ms=30_000,
                )
            )  # fmt: skip
    told = cost_of(workspace, one)
    (used,) = told.asked
    assert (used.requests, used.calls, used.tokens) == (4, 4, 440)
    assert used.cost_micro == (None if cost_micro is None else 1000)
    assert used.unpriced == (4 if cost_micro is None else 0)
    assert told.minutes_per_item == pytest.approx(0.5)
    assert told.saved_minutes == 0.0, "few calls: people rate all the same"
