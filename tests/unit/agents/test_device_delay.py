"""What a check found of the devices' delay stays with the call and is in its figures."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pytest

from app.agents import measures
from app.agents.device_delay import DeviceDelay, from_json
from app.agents.practice.faults import Faults
from app.services import live_calls
from app.services.live_calls import library_call, repeating
from tests.support.made_call import recorded

WIRELESS = DeviceDelay(measured_ms=170.0, reported_ms=50.0, spread_ms=1.0)
WANDERING = DeviceDelay(measured_ms=170.0, reported_ms=50.0, spread_ms=12.0)


@pytest.mark.parametrize(("delay", "later_ms"), [(WIRELESS, 120.0), (WANDERING, 0.0)])
def test_responses_are_as_they_were_heard(delay: DeviceDelay, later_ms: float) -> None:
    call = recorded(None, barge_in_s=3.0)
    plain = measures.measure(call)
    found = measures.measure(replace(call, head={"delay": asdict(delay)}))
    assert found.stream.unsaid_ms == later_ms
    for ours, told in zip(found.turns, plain.turns, strict=True):
        assert ours.mouth_to_ear_ms - told.mouth_to_ear_ms == pytest.approx(later_ms, abs=0.1)
    assert found.caller == plain.caller
    assert found.agent[0].end - plain.agent[0].end == round(later_ms * call.rate_hz / 1000)


def test_a_delay_that_wandered_is_told_of_the_call() -> None:
    call = recorded(None)
    told: dict[str, Any] = {}
    for name, delay in (("wireless", WIRELESS), ("wandering", WANDERING)):
        checked = replace(call, head={"delay": asdict(delay)})
        told[name] = library_call.device_findings(checked, measures.measure(checked))
    assert told["wireless"] == []
    (finding,) = told["wandering"]
    assert "wandered by 12 ms" in finding.message


def test_the_delay_comes_with_the_call_when_it_is_placed_again() -> None:
    request = live_calls.LiveRequest(practice=Faults(), delay=WIRELESS)
    assert from_json(repeating.to_json(request)["delay"]) == WIRELESS
    assert from_json(None) is None
