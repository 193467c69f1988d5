"""Readings of symbols: durable, undoable, hidden until one's own is in, and counted by majority."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from app.domain.calls import Span
from app.domain.errors import BadInput, NotFound
from app.domain.evaluation import EvaluatorSpec
from app.domain.ids import new_id
from app.domain.ratings import Viewer
from app.domain.rubrics import RubricVersion
from app.domain.segments import Layer, Segment
from app.domain.work import Quiet
from app.services import commenting, evaluating, layers, rating, rubrics, undo
from app.services import symbol_answers as sa
from app.services.assets import asset
from app.services.set_figures import SetFigure, human_figures
from app.services.workspace import Workspace

INTENDED = "It is $5 at 3:45 on the 3rd and room 12."
SPOKEN = "it is five euros at quarter past four on the third and room twenty"


def transcript(ws: Workspace, call_id: str, role: str, text: str, ident: str) -> Layer:
    layer = Layer(
        id=new_id(), call_id=call_id, kind="transcript",
        origin="plan" if role == "intended" else "detector", name=role, producer="test", version=1,
    )  # fmt: skip
    said = Segment(id=ident, speaker="agent", span=Span(8_000, 40_000), text=text)
    layers.add_layer(ws, layer, [said])
    return layer


@pytest.fixture
def evaluated(ws: Workspace, make_call: Callable[..., str]) -> str:
    """A call with four symbols: one passes, three are doubtful."""
    call_id = make_call(language="en")
    transcript(ws, call_id, "intended", INTENDED, "i1")
    hear(ws, call_id, SPOKEN)
    return call_id


def hear(ws: Workspace, call_id: str, text: str) -> None:
    """Another recogniser's transcript, and the symbols looked at anew."""
    transcript(ws, call_id, "spoken", text, new_id())
    evaluating.evaluate_call(Quiet(), ws, call_id, [EvaluatorSpec(name="text.symbols")])


def figure(ws: Workspace, viewer: Viewer, *call_ids: str) -> SetFigure:
    found = human_figures(ws, viewer, call_ids)
    return next(f for f in found if f.metric_id == "symbol_error")


def give(ws: Workspace, who: Viewer, call_id: str, **said: Any) -> None:
    """Answer by symbol number, `n0=True`, and submit."""
    for name, reading in said.items():
        sa.answer(ws, who, call_id, f"i1/{name[1:]}", reading)
    sa.submit(ws, who, call_id)


def own(ws: Workspace, who: Viewer, call_id: str) -> list[Any]:
    return [s.own for s in sa.doubtful(ws, who, call_id)]


def test_only_what_was_not_heard_as_meant_is_asked(
    ws: Workspace, reviewer: Viewer, evaluated: str
) -> None:
    found = sa.doubtful(ws, reviewer, evaluated)
    assert [(s.key, s.symbol, s.heard) for s in found] == [
        ("i1/0", "$5", "five euros"),
        ("i1/1", "3:45", "quarter past four"),
        ("i1/3", "12", "twenty"),
    ]
    assert {s.text for s in found} == {INTENDED}
    assert all(8_000 <= s.span.start < s.span.end <= 40_000 for s in found)
    assert {(s.own, s.answers) for s in found} == {(None, 0)}


def test_a_call_that_was_not_evaluated_asks_nothing(
    ws: Workspace, reviewer: Viewer, call_id: str
) -> None:
    assert sa.doubtful(ws, reviewer, call_id) == []
    with pytest.raises(NotFound, match="no longer"):
        sa.answer(ws, reviewer, call_id, "i1/0", True)
    with pytest.raises(BadInput):
        sa.submit(ws, reviewer, call_id)


def test_an_answer_is_on_disk_when_it_returns_and_can_be_undone(
    ws: Workspace, reviewer: Viewer, evaluated: str
) -> None:
    sa.answer(ws, reviewer, evaluated, "i1/0", False)
    path = ws.path
    again = Workspace.open(path)
    try:
        assert own(again, reviewer, evaluated) == ["wrong", None, None]
    finally:
        again.close()
    sa.answer(ws, reviewer, evaluated, "i1/0", True)
    sa.answer(ws, reviewer, evaluated, "i1/3", None)
    assert own(ws, reviewer, evaluated) == ["right", None, "not_applicable"]
    for expected in (["right", None, None], ["wrong", None, None], [None, None, None]):
        assert undo.undo(ws, reviewer, evaluated) is not None
        assert own(ws, reviewer, evaluated) == expected
    assert undo.redo(ws, reviewer, evaluated) is not None
    assert own(ws, reviewer, evaluated) == ["wrong", None, None]
    sa.clear(ws, reviewer, evaluated, "i1/0")
    assert own(ws, reviewer, evaluated) == [None, None, None]


def test_items_pin_the_text_that_the_symbol_is_written_in(
    ws: Workspace, reviewer: Viewer, evaluated: str
) -> None:
    sa.answer(ws, reviewer, evaluated, "i1/1", False)
    (row,) = rating.scores(ws, reviewer, call_id=evaluated, phase="draft")
    intended = next(x for x in layers.layers(ws, evaluated) if x.name == "intended")
    assert (row.item.kind, row.item.layer_id, row.item.layer_version) == ("clip", intended.id, 1)
    assert row.item.span == sa.doubtful(ws, reviewer, evaluated)[1].span


def test_a_reviewer_sees_others_readings_one_by_one_after_their_own(
    ws: Workspace, reviewer: Viewer, other_reviewer: Viewer, lead: Viewer, evaluated: str
) -> None:
    give(ws, other_reviewer, evaluated, n0=False, n1=False, n3=True)

    def counts(who: Viewer) -> list[int]:
        return [s.answers for s in sa.doubtful(ws, who, evaluated)]

    assert counts(lead) == [1, 1, 1]
    assert counts(reviewer) == [0, 0, 0]
    assert figure(ws, reviewer, evaluated).components["unconfirmed"] == 3
    assert rating.scores(ws, reviewer, call_id=evaluated) == []
    sa.answer(ws, reviewer, evaluated, "i1/0", True)
    assert counts(reviewer) == [0, 0, 0], "a draft opens nothing"
    sa.submit(ws, reviewer, evaluated)
    assert counts(reviewer) == [2, 0, 0]
    assert own(ws, other_reviewer, evaluated) == ["wrong", "wrong", "right"]


def test_symbols_at_one_place_are_two_items(
    ws: Workspace, reviewer: Viewer, other_reviewer: Viewer, make_call: Callable[..., str]
) -> None:
    """Both are written as one word, so both are heard at the same place of the recording."""
    call_id = make_call(language="en")
    transcript(ws, call_id, "intended", "pay $5/#1 now", "i1")
    hear(ws, call_id, "pay now")
    first, second = sa.doubtful(ws, reviewer, call_id)
    assert first.span == second.span
    give(ws, other_reviewer, call_id, n0=False, n1=False)
    give(ws, reviewer, call_id, n0=True)
    assert own(ws, reviewer, call_id) == ["right", None]
    assert [s.answers for s in sa.doubtful(ws, reviewer, call_id)] == [2, 0]


def test_readings_outlive_another_recogniser(
    ws: Workspace, reviewer: Viewer, evaluated: str
) -> None:
    give(ws, reviewer, evaluated, n0=False)
    spans = [s.span for s in sa.doubtful(ws, reviewer, evaluated)]
    hear(ws, evaluated, "well it is nine dollars at four")
    found = sa.doubtful(ws, reviewer, evaluated)
    assert found[0].own == "wrong"
    assert found[0].span != spans[0]
    give(ws, reviewer, evaluated, n0=True)
    assert sa.doubtful(ws, reviewer, evaluated)[0].answers == 1
    assert figure(ws, reviewer, evaluated).components["cleared"] == 1


def test_readings_open_no_comments_and_make_no_call_done(
    ws: Workspace,
    kit: SimpleNamespace,
    reviewer: Viewer,
    other_reviewer: Viewer,
    evaluated: str,
    call_rubric: RubricVersion,
) -> None:
    def done() -> int:
        with ws.db.read() as uow:
            row = uow.connection.exec_driver_sql(
                "SELECT raters_done FROM call_summary WHERE call_id = ?", (evaluated,)
            )
            return int(row.scalar_one())

    commenting.add(ws, other_reviewer, evaluated, start=0, end=None, body="Listen here.")
    give(ws, reviewer, evaluated, n0=False)
    assert commenting.comments(ws, reviewer, evaluated) == []
    assert done() == 0
    rating.draft(ws, reviewer, kit.whole(evaluated), call_rubric.criteria[0].id, kit.answer(3))
    rating.submit(ws, reviewer, evaluated, call_rubric.id)
    assert len(commenting.comments(ws, reviewer, evaluated)) == 1
    assert done() == 1


def test_the_figure_waits_for_people_and_tells_the_bounds(
    ws: Workspace, reviewer: Viewer, other_reviewer: Viewer, lead: Viewer, evaluated: str
) -> None:
    before = figure(ws, lead, evaluated)
    assert (before.value, before.status, before.n) == (None, "needs_answer", 0)
    assert before.components["upper_bound"] == 0.75
    give(ws, reviewer, evaluated, n0=False, n1=True)
    half = figure(ws, lead, evaluated)
    assert (half.value, half.status, half.n) == (None, "needs_answer", 2)
    assert (half.components["lower_bound"], half.components["upper_bound"]) == (0.25, 0.5)
    assert half.reason == "1 of 4 symbols may be misread: people have to listen."
    give(ws, other_reviewer, evaluated, n0=True, n3=True)
    split = figure(ws, lead, evaluated)
    assert (split.value, split.components["split"]) == (None, 1)
    give(ws, lead, evaluated, n0=False)
    whole = figure(ws, lead, evaluated)
    assert (whole.value, whole.n, whole.raters, whole.calls) == (0.25, 5, 3, 1)
    assert whole.interval is not None
    assert (whole.interval.low, whole.interval.high) == pytest.approx((0.0456, 0.6994), abs=1e-3)


def test_what_cannot_be_heard_was_not_tested(
    ws: Workspace, reviewer: Viewer, evaluated: str
) -> None:
    give(ws, reviewer, evaluated, n0=False, n1=None, n3=True)
    found = figure(ws, reviewer, evaluated)
    assert (found.value, found.n) == (pytest.approx(1 / 3), 2)
    assert found.components["not_applicable"] == 1


def test_people_outrank_the_recogniser(ws: Workspace, reviewer: Viewer, evaluated: str) -> None:
    give(ws, reviewer, evaluated, n0=True, n1=True, n2=False, n3=True)
    assert figure(ws, reviewer, evaluated).value == 0.25


def test_no_form_is_offered_for_single_clips() -> None:
    found = [rubrics.read_rubric(path) for path in asset("rubrics").glob("*.yaml")]
    clips = {r.key for r in found if {c.scope for c in r.criteria} <= {"clip", "pair"}}
    assert "symbol_readings" in clips
    assert {r.key for r in found if not r.has_form} == clips
