"""A detector that hears noise as one endless voice: what is measured by its layer is void."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.segments import Segment
from app.eval.base import CallInput
from app.eval.turns import unbroken
from app.eval.turns.callbench import CallbenchTurns
from app.eval.turns.fdb15 import Fdb15Turns
from app.eval.turns.outbound import OutboundTurns
from tests.unit.timing.lanes import seg
from tests.unit.turns.turn_inputs import call, layer, values_of

AGENT = [seg("agent", 0, 4000), seg("agent", 8000, 12_000), seg("agent", 20_000, 23_000)]
BABBLE = [seg("caller", 1000 + at * 5000, 5800 + at * 5000) for at in range(8)]
"""40 s with pauses of 200 ms."""
TALK = [seg("caller", 5000, 7500), seg("caller", 13_000, 19_000)]


@pytest.mark.parametrize("evaluator", [CallbenchTurns(), OutboundTurns(), Fdb15Turns()])
def test_figures_of_who_follows_whom_are_void(evaluator: Any) -> None:
    found = values_of(evaluator, CallInput(call=call(), speech=layer([*AGENT, *BABBLE])))
    about = [v for v in found if "latency" in v.metric_id or "overlap" in v.metric_id]
    assert about
    assert {v.value for v in about} == {None}
    assert {v.reason for v in about if "label" not in v.reason} == {
        "The caller is heard without a pause for 40 s, over 91 % of what the agent says: probably "
        "noise taken for speech."
    }


def test_a_persons_layer_and_an_ordinary_call_are_measured() -> None:
    for found in (
        values_of(CallbenchTurns(), CallInput(call=call(), speech=layer([*AGENT, *TALK]))),
        values_of(
            CallbenchTurns(),
            CallInput(call=call(), speech=layer([*AGENT, *BABBLE], origin="human")),
        ),
    ):
        assert any(v.value is not None for v in found if v.metric_id == "latency.mean")


@pytest.mark.parametrize(
    ("segments", "void"),
    [
        ([*AGENT, seg("caller", 0, 15_000)], False),
        ([*AGENT, seg("caller", 0, 20_750)], True),
        ([*AGENT, seg("caller", 0, 14_990), seg("caller", 15_290, 24_000)], False),
        ([*AGENT, seg("caller", 0, 14_990), seg("caller", 15_289, 24_000)], True),
        ([seg("agent", 0, 30_000), *TALK], True),
        ([seg("agent", 0, 30_000)], False),
        ([], False),
    ],
    ids=["two thirds", "three quarters", "a pause", "no pause", "the other way", "alone", "empty"],
)
def test_both_length_and_cover_are_needed(segments: list[Segment], void: bool) -> None:
    assert bool(unbroken.reason(segments, 1000)) == void
