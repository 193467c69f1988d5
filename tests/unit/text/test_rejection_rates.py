"""Rejection: one two-by-two table, two rates with opposite directions, no bare rate."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.calls import Span
from app.domain.errors import BadInput
from app.eval.text.rejection import Rejection
from tests.unit.text.text_support import call_input, said, values


def utterance(legitimate: bool, accepted: bool, **where: Any) -> dict[str, Any]:
    return {"legitimate": legitimate, "accepted": accepted, **where}


TABLE = [
    utterance(True, True), utterance(True, True), utterance(True, True),
    utterance(True, False, start_s=1.0, end_s=2.5),
    utterance(False, False), utterance(False, True, start_s=4, end_s=5),
]  # fmt: skip


def test_both_rates_come_from_the_table() -> None:
    found = values(Rejection(), call_input(conditions={"utterances": TABLE}))
    right, wrong = found["correct_rejection_rate", None], found["false_rejection_rate", None]
    assert right.value == 0.5
    assert wrong.value == 0.25
    assert (right.n, wrong.n) == (2, 4)
    assert right.components == wrong.components
    assert [(e.span, e.label) for e in wrong.evidence] == [(Span(1000, 2500), "wrongly rejected")]
    assert [(e.span, e.label) for e in right.evidence] == [(Span(4000, 5000), "wrongly accepted")]
    assert [(m.id, m.direction) for m in Rejection.metrics] == [
        ("correct_rejection_rate", "up"), ("false_rejection_rate", "down"),
    ]  # fmt: skip


def test_a_side_without_utterances_has_no_rate() -> None:
    found = values(Rejection(), call_input(conditions={"utterances": TABLE[:4]}))
    assert found["correct_rejection_rate", None].status == "undefined"
    assert found["false_rejection_rate", None].value == 0.25


def test_without_labels_both_are_undefined() -> None:
    found = values(Rejection(), call_input())
    assert [v.status for v in found.values()] == ["undefined", "undefined"]


@pytest.mark.parametrize("turn", ["t2", 2])
def test_a_turn_says_where_it_is(turn: object) -> None:
    speech = [said("caller", 0, 900, "", "a"), said("agent", 1500, 2500, "", "b")]
    table = [utterance(True, False, turn=turn)]
    source = call_input(conditions={"utterances": table}, speech=speech)
    value = values(Rejection(), source)["false_rejection_rate", None]
    assert [e.span for e in value.evidence] == [Span(1500, 2500)]


def test_times_beyond_the_call_are_cut_to_it() -> None:
    table = [
        utterance(True, False, start_s=59, end_s=99),
        utterance(True, False, start_s=70, end_s=80),
    ]
    value = values(Rejection(), call_input(conditions={"utterances": table}))[
        "false_rejection_rate", None
    ]
    assert value.value == 1.0
    assert [e.span for e in value.evidence] == [Span(59_000, 60_000)]


@pytest.mark.parametrize(
    "table",
    [
        "yes", [1], [{"legitimate": True}], [utterance(True, 1)],  # type: ignore[arg-type]
        [utterance(True, True, start_s=float("nan"), end_s=1.0)],
        [utterance(True, True, start_s=0, end_s=10**400)],
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_read_is_refused(table: Any) -> None:
    with pytest.raises(BadInput, match="list of utterances"):
        values(Rejection(), call_input(conditions={"utterances": table}))
