"""Judge runs: what is asked, counted, reused, capped and tried again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain.errors import BadInput, UserError
from app.domain.evaluation import FAILURE_WORDS, Run
from app.domain.ratings import Score, Viewer
from app.domain.work import Quiet
from app.services import calls, evaluating
from app.services.evaluating.attending import settled_failures
from app.services.judging import definitions, endpoints, judging_runs
from app.services.judging.judging_runs import JudgeChoice
from app.services.workspace import Workspace
from tests.support.chat_answers import error, malformed, refusal
from tests.support.chat_server import ChatServer
from tests.unit.judging_runs.conftest import DIMENSIONS, GIC, HERE, add_calls, beyond_scale, replies

GIVEN = {"observed", "not_applicable"}


def counts(run: Run) -> tuple[int, int, int, int]:
    return run.done, run.failed, run.reused, run.skipped


def test_each_reply_of_the_agent_is_judged_on_each_dimension(
    ws: Workspace, judge: Callable[..., Run], scores: Callable[..., list[Score]], server: ChatServer
) -> None:
    ids = add_calls(ws, 5, agent_turns=2)
    run = judge(ids)
    assert (run.state, run.steps, counts(run)) == ("done", 80, (80, 0, 0, 0))
    assert len(server.asked) == 80
    found = scores()
    per_call = Counter(s.item.call_id for s in found)
    assert set(per_call.values()) == {2 * DIMENSIONS}
    assert {s.run_id for s in found} == {run.id}
    (step,) = evaluating.steps(ws, run)
    assert (step.total, step.done) == (80, 80)
    assert len({r["key"] for r in replies(ws)}) == 80


def test_what_was_answered_is_not_asked_again(
    ws: Workspace, judge: Callable[..., Run], scores: Callable[..., list[Score]], server: ChatServer
) -> None:
    ids = add_calls(ws, 3)
    judge(ids[:2])
    run = judge(ids)
    assert (run.state, run.steps, counts(run)) == ("done", 24, (8, 0, 16, 0))
    assert len(server.asked) == 24
    assert len(scores(newest=False)) == 24


def test_a_bad_reply_is_asked_for_once_more_and_never_scored_zero(
    ws: Workspace, judge: Callable[..., Run], scores: Callable[..., list[Score]], server: ChatServer
) -> None:
    ids = add_calls(ws, 3)
    server.first = [malformed]  # the second try is a good one
    server.when["CALL-001"] = beyond_scale
    run = judge(ids)
    assert (run.state, counts(run)) == ("done", (16, 8, 0, 0))
    assert len(server.asked) == 24 + 1 + 8
    bad = [s for s in scores() if s.answer.status not in GIVEN]
    assert {(s.answer.status, s.answer.value) for s in bad} == {("parse_error", None)}
    assert {s.details["failure"] for s in bad} == {"off_scale"}
    assert all(s.answer.rationale for s in bad)
    kept = Counter((r["status"], r["attempt"]) for r in replies(ws))
    assert kept == {("ok", 1): 15, ("ok", 2): 1, ("unscored", 1): 9, ("unscored", 2): 8}
    failed = judging_runs.failures(ws, run.id)
    assert {(f.code, f.kind, f.turn, f.attempt, f.is_unscored) for f in failed} == {
        (calls.get_call(ws, ids[1]).code, "off_scale", 2, 2, True)
    }
    assert {f.criteria[0] for f in failed} == {s.criterion_key for s in bad}
    listed = evaluating.failures(ws, run.id)
    assert len(listed) == 8
    assert all(f.reason.startswith("Turn 2, ") for f in listed)
    assert {FAILURE_WORDS[f.kind] for f in listed} == {"Reply is off the scale"}


def test_two_tries_have_two_idempotency_keys(
    ws: Workspace, judge: Callable[..., Run], server: ChatServer
) -> None:
    server.first = [malformed, error(500)]
    judge(add_calls(ws, 1))
    keys = Counter(server.keys)
    assert len(keys) == DIMENSIONS + 1
    assert sorted(keys.values()) == [1] * DIMENSIONS + [2]  # the 500 was retried as the same


def test_no_answer_is_a_failure_that_the_next_run_asks_again(
    ws: Workspace, judge: Callable[..., Run], scores: Callable[..., list[Score]], server: ChatServer
) -> None:
    ids = add_calls(ws, 2)
    server.when["CALL-001"] = error(400, "no such thing")
    run = judge(ids)
    assert counts(run) == (8, 8, 0, 0)
    assert {s.answer.status for s in scores() if s.item.call_id == ids[1]} == {"provider_error"}
    server.when.clear()
    again = judge(ids)
    assert counts(again) == (8, 0, 8, 0)
    assert {s.answer.status for s in scores()} <= GIVEN
    assert judging_runs.failures(ws, run.id) == []
    kept = Counter(s.answer.status in GIVEN for s in scores(newest=False))
    assert kept == {True: 16, False: 8}


def test_unusable_replies_stand_until_someone_retries(
    ws: Workspace, lead: Viewer, judge: Callable[..., Run], server: ChatServer,
    scores: Callable[..., list[Score]],
) -> None:  # fmt: skip
    ids = add_calls(ws, 3)
    server.when["CALL-001"] = refusal
    first = judge(ids)
    asked = len(server.asked)
    standing = judge(ids)
    assert counts(standing) == (0, 8, 16, 0)
    assert len(server.asked) == asked
    assert len(judging_runs.failures(ws, standing.id)) == 8
    assert settled_failures(ws, [first, standing]) == {standing.id}  # it asked nothing itself
    server.when.clear()
    retry = evaluating.retry_failed(ws, lead, first.id)
    assert (retry.kind, retry.calls, retry.retry_failed) == ("judge", 1, True)
    done = evaluating.drive(Quiet(), ws, retry.id)
    assert counts(done) == (8, 0, 0, 0)
    assert len(server.asked) == asked + 8
    assert settled_failures(ws, [first, done]) == {first.id, done.id}
    assert {s.answer.status for s in scores()} <= GIVEN
    for run in (first, standing, retry):
        assert evaluating.failures(ws, run.id) == []
    with pytest.raises(BadInput, match="Nothing failed"):
        evaluating.retry_failed(ws, lead, first.id)


def test_judges_that_do_not_apply_say_why(
    ws: Workspace, judge: Callable[..., Run], server: ChatServer
) -> None:
    (spoken,) = add_calls(ws, 1)
    (silent,) = add_calls(ws, 1, agent_turns=0)
    run = judge([spoken, silent])
    assert (run.state, counts(run), run.steps) == ("done", (8, 0, 0, 1), 9)
    (skip,) = judging_runs.skipped(ws, run.id)
    assert (skip.call_id, skip.judge, skip.is_part) == (silent, "gic@1", False)
    assert skip.reason


def test_rules_need_no_endpoint(
    ws: Workspace, judge: Callable[..., Run], scores: Callable[..., list[Score]], server: ChatServer
) -> None:
    ids = add_calls(ws, 3)
    endpoints.remove_endpoint(ws, HERE)
    run = judge(ids, JudgeChoice(ref="baseline_verbosity"))
    assert (run.state, counts(run), run.steps) == ("done", (3, 0, 0, 0), 3)
    assert {s.run_id for s in scores()} == {run.id}
    assert judging_runs.cost(ws, run.id).asked == len(server.asked) == 0
    assert counts(judge(ids, JudgeChoice(ref="baseline_verbosity"))) == (0, 0, 3, 0)


def test_what_a_run_does_is_the_choice_at_its_making(
    ws: Workspace, lead: Viewer, server: ChatServer
) -> None:
    ids = add_calls(ws, 1)
    for choices, words in (
        ([], "No judge"),
        ([JudgeChoice(ref="gic", endpoint=HERE)], "no model of its own"),
        ([JudgeChoice(ref="gic@7", endpoint=HERE, model="m")], "no judge gic@7"),
        ([JudgeChoice(ref="gic", endpoint="nowhere", model="m")], "nowhere"),
    ):
        with pytest.raises(UserError, match=words):
            judging_runs.create(ws, lead, ids, choices)
    with pytest.raises(BadInput, match="No call"):
        judging_runs.create(ws, lead, [], [GIC])
    two = [GIC, replace(GIC, model="n"), replace(GIC, params={"temperature": 1})]
    run = judging_runs.create(ws, lead, ids, two)
    assert len({spec.name for spec in run.specs}) == 3
    done = evaluating.drive(Quiet(), ws, run.id)
    assert counts(done) == (24, 0, 0, 0)
    assert Counter(a.body["model"] for a in server.asked) == {"m": 16, "n": 8}
    assert len(definitions.versions(ws)) == 3


def test_a_request_says_only_what_the_model_may_be_told(
    ws: Workspace, judge: Callable[..., Run], server: ChatServer
) -> None:
    judge(add_calls(ws, 1), replace(GIC, params={"na_mode": "worst", "seed": 7}))
    for asked in server.asked:
        assert set(asked.body) == {
            "model", "messages", "response_format", "temperature", "max_tokens", "seed",
        }  # fmt: skip
