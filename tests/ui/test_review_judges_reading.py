"""What a viewer may read of judges' verdicts, and all that a verdict stands on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.calls import Span
from app.domain.ratings import Answer, Viewer
from app.services import raters, rating
from app.services.judging import reading
from app.services.workspace import Workspace
from tests.ui.review_stored import Stored, store
from tests.ui.verdicts_rig import Judge


@pytest.fixture
def stored(workspace: Workspace) -> Stored:
    return store(workspace)


@pytest.fixture
def judge(workspace: Workspace) -> Judge:
    return Judge(workspace)


@pytest.fixture
def reviewer(workspace: Workspace) -> Viewer:
    return raters.sign_in(workspace, "Rita", "reviewer")


def test_a_verdict_carries_level_evidence_judge_and_cost(stored: Stored, judge: Judge) -> None:
    item = judge.items(stored.call_id)[1]
    judge.says(item, "coherence", value=0, rationale="Beside the point.", evidence=(1, 2))
    found = reading.verdicts(stored.ws, stored.viewer, stored.call_id)
    assert found.hiding == ""
    (group,) = found.judges
    assert (group.title, group.rubric.key) == ("GIC, one dimension a request", "gic")
    (verdict,) = group.verdicts
    assert verdict.state == "scored"
    assert verdict.level is not None
    assert verdict.level.label == "Broken"
    assert verdict.is_lowest
    assert [e.turn_id for e in verdict.score.answer.evidence] == ["t2", "t3"]
    assert verdict.judge == judge.version
    assert (verdict.spent.tokens, verdict.spent.latency_ms) == (1200, 900)
    assert verdict.spent.priced_micro == {"USD": 250}


def test_no_value_is_told_from_zero(stored: Stored, judge: Judge) -> None:
    one, two, three = judge.items(stored.call_id)[:3]
    judge.says(
        one, "hallucination", value=None, rationale="No occasion.", details={"na_mode": "exclude"}
    )
    judge.says(
        two, "hallucination", status="unscored", failure="off_scale", rationale="7 is no level."
    )
    judge.says(three, "hallucination", status="failed", failure="timeout", rationale="No answer.")
    (group,) = reading.verdicts(stored.ws, stored.viewer, stored.call_id).judges
    assert [v.state for v in group.verdicts] == ["not_applicable", "unscored", "failed"]
    assert [v.level for v in group.verdicts] == [None, None, None]
    assert not any(v.is_lowest for v in group.verdicts)
    assert group.verdicts[0].na_mode == "exclude"
    assert group.verdicts[1].reason == "7 is no level."


def test_what_several_verdicts_share_is_counted_once(stored: Stored, judge: Judge) -> None:
    item = judge.items(stored.call_id)[0]
    judge.says(item, "naturalness", "coherence", "hallucination")
    judge.says(item, "redundancy", cost_micro=None)
    (group,) = reading.verdicts(stored.ws, stored.viewer, stored.call_id).judges
    assert (group.spent.requests, group.spent.tokens) == (2, 2400)
    assert (group.spent.priced_micro, group.spent.unpriced) == ({"USD": 250}, 1)
    assert [v.shared for v in group.verdicts] == [3, 3, 3, 1]


def test_verdicts_come_in_order_of_time_and_of_the_rubric(stored: Stored, judge: Judge) -> None:
    first, second = judge.items(stored.call_id)[:2]
    judge.says(second, "coherence")
    judge.says(first, "coherence", "naturalness")
    (group,) = reading.verdicts(stored.ws, stored.viewer, stored.call_id).judges
    told = [(v.score.item.turn_index, v.criterion.key) for v in group.verdicts]
    assert told == [
        (first.turn_index, "naturalness"),
        (first.turn_index, "coherence"),
        (second.turn_index, "coherence"),
    ]


def test_a_verdict_on_speech_that_has_moved_is_stale(stored: Stored, judge: Judge) -> None:
    item = judge.items(stored.call_id)[0]
    judge.says(item, "coherence")
    judge.says(replace(item, span=Span(item.span.start, item.span.end + 160)), "hallucination")
    (group,) = reading.verdicts(stored.ws, stored.viewer, stored.call_id).judges
    assert {v.criterion.key: v.score.stale for v in group.verdicts} == {
        "coherence": False,
        "hallucination": True,
    }


def test_a_reviewer_learns_nothing_before_submitting(
    stored: Stored, judge: Judge, reviewer: Viewer
) -> None:
    one, two = judge.items(stored.call_id)[:2]
    before = reading.verdicts(stored.ws, reviewer, stored.call_id)
    judge.says(one, "coherence")
    (other,) = judge.says(two, "coherence")
    # Whether a judge has judged is not told either.
    assert reading.verdicts(stored.ws, reviewer, stored.call_id) == before
    assert before.hiding == "all"
    criterion = next(c for c in judge.rubric.criteria if c.key == "coherence")
    rating.draft(stored.ws, reviewer, one, criterion.id, Answer(status="observed", value=2))
    assert reading.verdicts(stored.ws, reviewer, stored.call_id) == before
    rating.submit(stored.ws, reviewer, stored.call_id, judge.rubric.id)
    after = reading.verdicts(stored.ws, reviewer, stored.call_id)
    assert after.hiding == "rest"
    (group,) = after.judges
    assert [v.score.item.turn_index for v in group.verdicts] == [one.turn_index]
    assert group.spent.requests == 1
    assert reading.replies(stored.ws, reviewer, other) == ()
    with stored.ws.db.human() as uow:
        uow.settings.put("reveal_after_submit", False)
    kept = reading.verdicts(stored.ws, reviewer, stored.call_id)
    assert (kept.judges, kept.hiding) == ((), "always")


def test_a_reply_that_tells_of_hidden_verdicts_costs_nothing_that_is_shown(
    stored: Stored, judge: Judge, reviewer: Viewer
) -> None:
    one, two = judge.items(stored.call_id)[:2]
    (seen,) = judge.says(one, "coherence")
    (hidden,) = judge.says(two, "coherence")
    with stored.ws.db.machine() as uow:
        (reply_id,) = [r.id for r in uow.replies.of_score(stored.viewer, seen)]
        uow.replies.link([hidden], [reply_id])
    criterion = next(c for c in judge.rubric.criteria if c.key == "coherence")
    rating.draft(stored.ws, reviewer, one, criterion.id, Answer(status="observed", value=2))
    rating.submit(stored.ws, reviewer, stored.call_id, judge.rubric.id)
    (group,) = reading.verdicts(stored.ws, reviewer, stored.call_id).judges
    assert (len(group.verdicts), group.spent.requests) == (1, 0)
