"""Final values: where they come from, that they are only added, and that leads alone see them."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from app.domain.errors import BadInput, NotAllowed
from app.domain.ratings import ADJUDICATION, Viewer
from app.domain.rubrics import RubricVersion
from app.services import adjudicating, opinions, raters, rating
from app.services.workspace import Workspace


@pytest.fixture
def answered(
    ws: Workspace, kit: SimpleNamespace, call_rubric: RubricVersion, make_call: Callable[..., str]
) -> Callable[..., str]:
    """A call on which Ann, Bea, Cy gave these values of empathy, and 3 of clarity."""

    def put(*values: int | None) -> str:
        call_id = make_call()
        for name, value in zip(("Ann", "Bea", "Cy"), values, strict=False):
            who = raters.sign_in(ws, name, "reviewer")
            for criterion, given in zip(call_rubric.criteria, (value, 3), strict=True):
                if given is not None:
                    rating.draft(ws, who, kit.whole(call_id), criterion.id, kit.answer(given))
            rating.submit(ws, who, call_id, call_rubric.id)
        return call_id

    return put


def test_the_table_and_its_spread(
    ws: Workspace, lead: Viewer, answered: Callable[..., str], call_rubric: RubricVersion
) -> None:
    call_id = answered(1, 4, 4)
    found = adjudicating.table(ws, lead, call_id, call_rubric.id)
    assert list(found.raters.values()) == ["Ann", "Bea", "Cy"]
    empathy, clarity = found.lines
    assert (empathy.spread, empathy.majority, empathy.is_unanimous) == (3, 4, False)
    assert (clarity.spread, clarity.majority, clarity.is_unanimous) == (0, 3, True)
    assert empathy.final is None
    assert adjudicating.waiting(ws, lead, call_rubric.id) == [call_id]


def test_where_a_final_value_comes_from(
    ws: Workspace, lead: Viewer, answered: Callable[..., str], call_rubric: RubricVersion
) -> None:
    call_id = answered(1, 4, 4)
    assert adjudicating.settle_agreed(ws, lead, call_id, call_rubric.id) == 2
    assert adjudicating.settle_agreed(ws, lead, call_id, call_rubric.id) == 0
    assert adjudicating.waiting(ws, lead, call_rubric.id) == []
    empathy, clarity = adjudicating.table(ws, lead, call_id, call_rubric.id).lines
    assert empathy.final is not None
    assert clarity.final is not None
    assert (empathy.final.value, empathy.final.provenance) == (4, "majority")
    assert (clarity.final.value, clarity.final.provenance) == (3, "unanimous")
    with pytest.raises(BadInput, match="needs a cause"):
        adjudicating.settle(ws, lead, empathy, 1)
    with pytest.raises(BadInput, match="not on the scale"):
        adjudicating.settle(ws, lead, empathy, 9, cause="no")
    adjudicating.settle(ws, lead, empathy, 1, cause="Ann heard the tone right.")
    final = adjudicating.table(ws, lead, call_id, call_rubric.id).lines[0].final
    assert final is not None
    assert (final.value, final.provenance, final.decided_by) == (1, "adjudicated", lead.rater_id)
    with ws.db.read() as uow:
        every = uow.scores.visible(lead, call_ids=[call_id], newest=False)
        kept = [s for s in every if s.rater_id == ADJUDICATION]
    assert len(kept) == 3, "the one that was replaced stays"
    assert kept[-1].supersedes_id == empathy.final.score_id


@pytest.mark.parametrize(("values", "majority"), [((1, 4), None), ((2,), 2), ((None, 4, 4), 4)])
def test_few_answers(
    ws: Workspace,
    lead: Viewer,
    answered: Callable[..., str],
    call_rubric: RubricVersion,
    values: tuple[int | None, ...],
    majority: int | None,
) -> None:
    found = adjudicating.table(ws, lead, answered(*values), call_rubric.id)
    assert found.lines[0].majority == majority
    if len(values) == 1:
        assert adjudicating.settle_agreed(ws, lead, found.call_id, call_rubric.id) == 0


def test_leads_alone(
    ws: Workspace,
    lead: Viewer,
    answered: Callable[..., str],
    call_rubric: RubricVersion,
) -> None:
    call_id = answered(1, 4, 4)
    adjudicating.settle_agreed(ws, lead, call_id, call_rubric.id)
    ann = raters.sign_in(ws, "Ann", "reviewer")
    for act in (
        lambda: adjudicating.table(ws, ann, call_id, call_rubric.id),
        lambda: adjudicating.waiting(ws, ann, call_rubric.id),
        lambda: adjudicating.settle_agreed(ws, ann, call_id, call_rubric.id),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert ADJUDICATION not in {s.rater_id for s in rating.scores(ws, ann, call_id=call_id)}
    with pytest.raises(NotAllowed, match="Nobody signs in"):
        raters.sign_in(ws, "adjudication", "reviewer")
    assert "Adjudication" not in {p.name for p in raters.raters(ws)}


def test_an_opinion_of_a_judge_leaves_the_vote_alone(
    ws: Workspace,
    lead: Viewer,
    kit: SimpleNamespace,
    answered: Callable[..., str],
    call_rubric: RubricVersion,
    judge_says: Callable[..., str],
) -> None:
    call_id = answered(1)
    judged = judge_says(kit.whole(call_id), call_rubric, 5)
    ann, dee = raters.sign_in(ws, "Ann", "reviewer"), raters.sign_in(ws, "Dee", "reviewer")
    before = [s for s in rating.scores(ws, ann, call_id=call_id) if s.rater_id == ann.rater_id]
    with pytest.raises(NotAllowed, match="no judge's score that is open"):
        opinions.give(ws, dee, judged, agrees=True)
    with pytest.raises(NotAllowed):
        opinions.give(ws, ann, before[0].id, agrees=True)
    with pytest.raises(BadInput, match="needs a reason"):
        opinions.give(ws, ann, judged, agrees=False)
    opinions.give(ws, ann, judged, agrees=True)
    opinions.give(ws, ann, judged, agrees=False, reason_code="hallucinated", note="no such turn")
    (own,) = opinions.opinions(ws, ann, call_id)
    assert (own.agrees, own.reason_code) == (False, "hallucinated")
    assert opinions.opinions(ws, dee, call_id) == []
    assert opinions.opinions(ws, lead, call_id) == [own]
    after = [s for s in rating.scores(ws, ann, call_id=call_id) if s.rater_id == ann.rater_id]
    assert after == before
