"""Try-outs store nothing; estimates ask nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain.endpoints import Price
from app.domain.errors import BadInput
from app.domain.evaluation import Run
from app.services.judging import definitions, endpoints
from app.services.judging.estimating import estimate
from app.services.judging.judging_runs import JudgeChoice
from app.services.judging.trying import try_out
from app.services.workspace import Workspace
from tests.support.chat_answers import malformed
from tests.support.chat_server import ChatServer
from tests.unit.judging_runs.conftest import DIMENSIONS, GIC, HERE, add_calls, replies


def test_an_unsaved_judge_can_be_tried_and_leaves_nothing(
    ws: Workspace, server: ChatServer
) -> None:
    (call_id,) = add_calls(ws, 1, agent_turns=2)
    shipped = definitions.definition(ws, "gic")
    prompts = {**shipped.prompts, "system": shipped.prompts["system"] + "\nAnd be strict about it."}
    edit = replace(shipped, id="", version=0, prompts=prompts)
    server.first = [malformed]
    found = try_out(ws, edit, call_id, HERE, "m", limit=3)
    assert (len(found.tried), found.left_out, found.skipped) == (3, 2 * DIMENSIONS - 3, "")
    assert all("be strict about it" in a.text for a in server.asked)
    assert sorted(len(t.replies) for t in found.tried) == [1, 1, 2]
    for tried in found.tried:
        (verdict,) = tried.verdicts
        assert verdict.criterion_key in tried.todo.ask.criteria
        assert tried.problem == ""
        assert tried.texts[-1].startswith("{")
    with ws.db.read() as uow:
        count = uow.connection.exec_driver_sql(
            "SELECT (SELECT count(*) FROM score) + (SELECT count(*) FROM judge_version)"
        ).scalar_one()
    assert (count, replies(ws)) == (0, [])


def test_a_try_out_says_what_went_wrong(ws: Workspace, server: ChatServer) -> None:
    (call_id,) = add_calls(ws, 1)
    server.script = malformed
    found = try_out(ws, definitions.definition(ws, "gic"), call_id, HERE, "m", limit=1)
    (tried,) = found.tried
    assert (len(tried.replies), tried.verdicts) == (2, ())
    assert tried.problem
    (silent,) = add_calls(ws, 1, agent_turns=0)
    assert try_out(ws, definitions.definition(ws, "gic"), silent, HERE, "m").skipped
    with pytest.raises(BadInput, match="compares two calls"):
        try_out(ws, definitions.definition(ws, "pairwise"), call_id, HERE, "m")


def test_a_rule_and_a_pair_can_be_tried(ws: Workspace, server: ChatServer) -> None:
    one, two = add_calls(ws, 2)
    ruled = try_out(ws, definitions.definition(ws, "baseline_verbosity"), one)
    assert ruled.tried[0].verdicts
    assert server.asked == []
    pair = try_out(ws, definitions.definition(ws, "pairwise"), one, HERE, "m", other_id=two)
    (tried,) = pair.tried
    assert len(tried.replies) == len(server.asked) == 2
    assert tried.verdicts


def test_an_estimate_is_near_what_a_run_then_uses(
    ws: Workspace, judge: Callable[..., Run], server: ChatServer
) -> None:
    ids = add_calls(ws, 12, agent_turns=2)
    choices = [GIC, JudgeChoice(ref="baseline_verbosity")]
    endpoints.save_prices(ws, (Price(model="m", input_per_m=1.0, output_per_m=2.0),))
    found = estimate(ws, ids, choices, sample=4)
    assert (found.requests, found.calls, found.sampled) == (192, 12, 4)
    assert (found.unpriced, found.skipped, server.asked) == (0, {}, [])
    assert found.cost_micro == {"USD": found.prompt_tokens + 2 * found.completion_tokens}
    judge(ids[:6], *choices)
    sent = sum(len(a.text.encode()) for a in server.asked) / 4
    assert found.prompt_tokens / 2 == pytest.approx(sent, rel=0.05)
    # What is answered is not asked again.
    rest = estimate(ws, ids[:6], choices, sample=6)
    assert (rest.requests, rest.tokens) == (0, 0)


def test_an_estimate_tells_of_unknown_prices_and_of_calls_left_out(ws: Workspace) -> None:
    ids = [*add_calls(ws, 1), *add_calls(ws, 1, agent_turns=0)]
    found = estimate(ws, ids, [GIC])
    assert (found.requests, found.unpriced, found.cost_micro) == (8, 8, {})
    assert list(found.skipped) == ["gic@1"]
