"""Two calls side by side: both orders asked, one score, nothing asked again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain.errors import BadInput
from app.domain.evaluation import Run
from app.domain.ratings import Score, Viewer
from app.domain.work import Quiet
from app.services import calls, evaluating, raters
from app.services.assets import asset
from app.services.judging import definitions, judging_runs, reading
from app.services.judging.asks import rules_key
from app.services.judging.calls import judge_call
from app.services.judging.caps import Caps
from app.services.judging.definition_files import load_judges
from app.services.judging.judging_runs import JudgeChoice
from app.services.judging.pairing import pairs_by_scenario
from app.services.rubrics import load_rubrics
from app.services.workspace import Workspace
from tests.support.chat_answers import malformed
from tests.support.chat_server import ChatServer
from tests.unit.judging_runs.conftest import HERE, add_call, add_calls, replies

PAIRWISE = JudgeChoice(ref="pairwise", endpoint=HERE, model="m")


def two_agents(ws: Workspace, each: int = 2) -> list[str]:
    return [
        add_call(ws, f"CALL-{who}{at}", 1, "1.1", agent=who) for who in "AB" for at in range(each)
    ]


def linked(ws: Workspace) -> Counter[str]:
    with ws.db.read() as uow:
        rows = uow.connection.exec_driver_sql("SELECT score_id FROM score_reply")
        return Counter(row[0] for row in rows)


def test_pairs_are_of_one_scenario_and_of_different_agents(ws: Workspace) -> None:
    ids = two_agents(ws)
    alone = add_calls(ws, 1, scenario="2.1")
    pairs = pairs_by_scenario(ws, [*ids, *alone])
    assert len(pairs) == 4
    assert all(a < b for a, b in pairs)
    assert {frozenset(p) for p in pairs} == {frozenset((a, b)) for a in ids[:2] for b in ids[2:]}
    same = add_calls(ws, 3, scenario="3.1")
    assert len(pairs_by_scenario(ws, same)) == 3


def test_both_orders_are_asked_and_one_score_follows(
    ws: Workspace, judge: Callable[..., Run], scores: Callable[..., list[Score]], server: ChatServer
) -> None:
    ids = two_agents(ws)
    run = judge(ids, PAIRWISE)
    assert (run.state, run.steps, run.done, run.skipped) == ("done", 4, 4, 0)
    assert len(server.asked) == 8
    found = scores()
    assert len({s.item_id for s in found}) == 4
    assert {s.item.kind for s in found} == {"pair"}
    assert all(s.supersedes_id is None for s in found)
    assert set(linked(ws).values()) == {2}
    # A call that is the first of two pairs has a score for each.
    assert max(Counter(s.item.call_id for s in found).values()) >= 2
    again = judge(ids, PAIRWISE)
    assert (again.done, again.reused, len(server.asked)) == (0, 4, 8)


def test_the_order_that_is_answered_is_not_asked_again(
    ws: Workspace, lead: Viewer, scores: Callable[..., list[Score]], server: ChatServer
) -> None:
    ids = two_agents(ws, 1)
    run = judging_runs.create(ws, lead, ids, [PAIRWISE], caps=Caps(calls=1))
    stopped = evaluating.drive(Quiet(), ws, run.id)
    assert (stopped.state, stopped.done, scores()) == ("paused", 0, [])
    assert [r["status"] for r in replies(ws)] == ["ok"]
    judging_runs.raise_caps(ws, run.id, Caps())
    done = evaluating.drive(Quiet(), ws, run.id)
    assert (done.state, done.steps, done.done) == ("done", 1, 1)
    assert len(server.keys) == len(set(server.keys)) == 2
    bodies = [json.dumps(a.body["messages"]) for a in server.asked]
    assert bodies[0] != bodies[1]
    assert set(linked(ws).values()) == {2}


def test_one_bad_order_leaves_the_pair_unscored(
    ws: Workspace, judge: Callable[..., Run], scores: Callable[..., list[Score]], server: ChatServer
) -> None:
    server.at = {1: malformed, 2: malformed}
    run = judge(two_agents(ws, 1), PAIRWISE)
    assert (run.done, run.failed) == (0, 1)
    (score,) = scores()
    assert (score.answer.status, score.answer.value) == ("parse_error", None)
    assert [(r["status"], r["attempt"]) for r in replies(ws)] == [
        ("ok", 1), ("unscored", 1), ("unscored", 2),
    ]  # fmt: skip


def test_what_cannot_be_compared_is_said(ws: Workspace, lead: Viewer) -> None:
    ids = [*add_calls(ws, 1), *add_calls(ws, 1, scenario="2.1")]
    with pytest.raises(BadInput, match="None of these calls can be compared"):
        judging_runs.create(ws, lead, ids, [PAIRWISE])
    with pytest.raises(BadInput, match="with itself"):
        judging_runs.create(ws, lead, ids, [PAIRWISE], pairs=[(ids[0], ids[0])])
    run = judging_runs.create(ws, lead, ids[:1], [PAIRWISE], pairs=[(ids[1], ids[0])])
    assert run.calls == 2


def test_a_pairs_verdict_stands_with_both_of_its_calls(
    ws: Workspace, judge: Callable[..., Run], lead: Viewer
) -> None:
    ids = two_agents(ws, 1)
    reviewer = raters.sign_in(ws, "Ann", "reviewer")
    judge(ids, PAIRWISE)
    first, second = sorted(ids)
    codes = {c.id: c.code for c in calls.get_calls(ws, ids)}
    for call_id, other, is_second in ((first, second, False), (second, first, True)):
        (found,) = reading.verdicts(ws, lead, call_id).judges
        (verdict,) = found.verdicts
        assert (verdict.partner, verdict.is_second) == (codes[other], is_second)
        assert verdict.spent.requests == 2
        assert reading.verdicts(ws, reviewer, call_id).judges == ()


def test_rules_are_asked_about_the_same_pairs_in_both_orders(
    ws: Workspace, judge: Callable[..., Run], scores: Callable[..., list[Score]], server: ChatServer
) -> None:
    load_rubrics(ws, asset("calibration", "rubrics"))
    load_judges(ws, asset("calibration", "judges"))
    ids, rules = two_agents(ws), JudgeChoice(ref="demo_pairs_first")
    run = judge(ids, rules)
    assert (run.state, run.steps, run.done, run.skipped) == ("done", 4, 4, 0)
    found = scores()
    assert {s.item.kind for s in found} == {"pair"}
    assert len({s.item_id for s in found}) == 4
    assert {len(s.details["order_values"]) for s in found} == {2}
    assert not server.asked
    assert judge(ids, rules).reused == 4, "what was judged is not judged again"
    with_model = judge(ids, PAIRWISE)
    assert with_model.done == 4
    assert {s.item_id for s in scores()} == {s.item_id for s in found}


def test_what_rules_said_of_a_pair_hangs_on_both_calls(ws: Workspace) -> None:
    load_rubrics(ws, asset("calibration", "rubrics"))
    load_judges(ws, asset("calibration", "judges"))
    definition = definitions.definition(ws, "demo_pairs")
    version = definitions.bind(ws, definition, definitions.rubric_for(ws, definition))
    one, two, three = (judge_call(ws, i, masked=False) for i in add_calls(ws, 3))
    turns = (replace(two.turns[0], text="Something else."), *two.turns[1:])
    others = (None, two, three, replace(two, turns=turns))
    assert len({rules_key(version, one, other) for other in others}) == 4
