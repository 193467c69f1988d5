"""Replies are kept with what they cost, and shown to who may see all that follows from them."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from app.domain.errors import Bug
from app.domain.judging import NewReply, Usage
from app.domain.ratings import Answer, ItemRef, Viewer
from app.domain.rubrics import RubricVersion
from app.domain.segments import Layer
from app.services import rating
from app.services.judging import definition_files, definitions
from app.services.workspace import Workspace
from db.repos.replies import Attempt
from db.repos.scores import NewScore

DEFINITION: dict[str, Any] = {
    "name": "warmth", "title": "Warmth", "kind": "llm", "unit": "turn", "modality": "text",
    "context": "history", "rubric": "test", "shape": "verdict", "prompts": {"user": "Judge."},
}  # fmt: skip


class Judge:
    """Stores replies with the scores that follow from them."""

    def __init__(self, ws: Workspace, rubric: RubricVersion) -> None:
        self.ws, self.rubric = ws, rubric
        with ws.db.human() as uow:
            definition = uow.judges.add_definition(definition_files.definition_of(DEFINITION))
        self.version = definitions.bind(ws, definition, rubric, model="m", provider="here")

    def says(self, items: list[ItemRef], key: str = "k") -> tuple[str, list[str]]:
        """One reply, and a score of the rubric's first criterion for each item."""
        new = NewReply(
            run_id=None, call_id=items[0].call_id, item=items[0], key=key, attempt=1,
            judge_version_id=self.version.id, status="ok", failure=None, reason="",
            criteria=("empathy",), endpoint="here", request={"q": "ü"}, reply={"a": 1},
            parsed={"score": 1}, usage=Usage(prompt=100, completion=10, cached=40),
            cost_micro=250, currency="EUR", latency_ms=120, http_attempts=1,
            request_id="r-1", model_reported="m-2026", rung="schema",
        )  # fmt: skip
        with self.ws.db.machine() as uow:
            reply_id = uow.replies.add(new, uow.scores.item(items[0]))
            scores = [
                uow.scores.add(
                    NewScore(
                        call_id=i.call_id, item_id=uow.scores.item(i),
                        rubric_version_id=self.rubric.id,
                        criterion_id=self.rubric.criteria[0].id, rater_id=self.version.rater_id,
                        answer=Answer(status="observed", value=1), phase="submitted", blind=True,
                        presentation='{"na_mode":"exclude"}',
                    )
                )[0]
                for i in items
            ]  # fmt: skip
            uow.replies.link(scores, [reply_id])
        return reply_id, scores


@pytest.fixture
def judge(ws: Workspace, rubric: RubricVersion) -> Judge:
    return Judge(ws, rubric)


@pytest.fixture
def turns(ws: Workspace, kit: SimpleNamespace, speech: Layer, rubric: RubricVersion) -> Any:
    return list(rating.items_of(speech.call_id, rubric, kit.turn_set(ws, speech)))


def test_a_reply_comes_back_as_it_was_stored(
    ws: Workspace, judge: Judge, turns: list[ItemRef], lead: Viewer
) -> None:
    reply_id, (score_id,) = judge.says(turns[:1])
    with ws.db.read() as uow:
        found = uow.replies.of_score(lead, score_id)
        attempt = Attempt(reply_id=reply_id, run_id=None, status="ok", attempt=1)
        assert uow.replies.attempts(["k", "none"]) == {"k": [attempt]}
        assert [uow.replies.newest_attempt(key) for key in ("k", "none")] == [1, 0]
        assert uow.replies.parsed(reply_id) == {"score": 1}
        (score,) = uow.scores.visible(lead)
    assert [r.id for r in found] == [reply_id]
    assert (found[0].new.request, found[0].new.reply) == ({"q": "ü"}, {"a": 1})
    assert found[0].new.usage == Usage(prompt=100, completion=10, cached=40)
    assert found[0].new.item == turns[0]
    assert score.details == {"na_mode": "exclude"}


def test_replies_are_append_only_and_an_attempt_is_there_once(
    ws: Workspace, judge: Judge, turns: list[ItemRef]
) -> None:
    judge.says(turns[:1])
    with pytest.raises(Exception, match="UNIQUE"):
        judge.says(turns[:1])
    for sql in ("UPDATE judge_reply SET reason = ''", "DELETE FROM score_reply"):
        with pytest.raises(Bug, match="append-only"), ws.db.machine() as uow:
            uow.connection.exec_driver_sql(sql)


def test_a_reviewer_reads_a_reply_once_all_that_follows_from_it_is_open(
    ws: Workspace, judge: Judge, turns: list[ItemRef], reviewer: Viewer, rubric: RubricVersion
) -> None:
    _, both = judge.says(turns[:2], "both")
    _, (second,) = judge.says(turns[1:2], "second")

    def shown(scores: list[str]) -> list[int]:
        return [len(_replies(ws, reviewer, i)) for i in scores]

    assert shown([*both, second]) == [0, 0, 0]
    _submit(ws, reviewer, turns[1], rubric)
    # The first reply tells of a turn that is not submitted yet.
    assert shown([*both, second]) == [0, 0, 1]
    _submit(ws, reviewer, turns[0], rubric)
    assert shown([*both, second]) == [1, 1, 1]


def test_a_runs_replies_are_a_leads(
    ws: Workspace, judge: Judge, turns: list[ItemRef], reviewer: Viewer, lead: Viewer
) -> None:
    reply_id, _ = judge.says(turns[:1])
    with ws.db.read() as uow:
        assert uow.replies.get(reviewer, reply_id) is None
        assert uow.replies.get(lead, reply_id) is not None


def test_a_pair_is_known_by_both_calls(
    ws: Workspace, make_call: Callable[..., str], kit: SimpleNamespace
) -> None:
    one, two, three = sorted(make_call() for _ in range(3))
    with ws.db.machine() as uow:
        others = [uow.scores.item(kit.whole(c)) for c in (two, three)]
        pairs = [
            ItemRef(kind="pair", call_id=one, span=kit.whole(one).span, other_item_id=o)
            for o in others
        ]
        ids = [uow.scores.item(p) for p in (*pairs, *pairs)]
    assert ids[:2] == ids[2:]
    assert ids[0] != ids[1]


def _replies(ws: Workspace, viewer: Viewer, score_id: str) -> list[Any]:
    with ws.db.read() as uow:
        return uow.replies.of_score(viewer, score_id)


def _submit(ws: Workspace, viewer: Viewer, item: ItemRef, rubric: RubricVersion) -> None:
    rating.draft(ws, viewer, item, rubric.criteria[0].id, Answer(status="observed", value=2))
    rating.submit(ws, viewer, item.call_id, rubric.id)
