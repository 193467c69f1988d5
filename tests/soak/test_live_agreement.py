"""Ten calls in a row through real devices: app and outside recorder agree on every turn.

Wants a machine that does nothing else: where the sound is torn, turns are marked as degraded, and
more than one in twenty is too many. `CALLBENCH_LIVE_CALLS` sets how many calls.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.sound import pulse
from tests.sound.live_rig import add_sinks
from tests.sound.pulse import PulseServer, pulse_server

CALLS = int(os.environ.get("CALLBENCH_LIVE_CALLS", "10"))
AGREE_MS, MOST_DEGRADED = 5.0, 0.05


@pytest.fixture
def server() -> Iterator[PulseServer]:
    if not pulse.is_installed():
        pytest.skip("pulseaudio and pulseaudio-utils are not installed")
    with pulse_server() as running:
        add_sinks(running)
        yield running


@pytest.mark.timeout(1_200)
def test_ten_calls_agree_with_an_outside_recorder(server: PulseServer) -> None:
    calls = server.probe("probe_live", str(CALLS), timeout_s=60 * CALLS)["calls"]
    assert len(calls) == CALLS
    degraded = [mark for call in calls for mark in call["degraded"]]
    apart: list[float] = []
    for call in calls:
        theirs = call["outside"]
        assert len(call["responses"]) == len(theirs["responses"]) == 2
        assert len(call["stops"]) == len(theirs["stops"]) == 1
        if any(call["degraded"]):
            continue
        apart += [a - b for a, b in zip(call["responses"], theirs["responses"], strict=True)]
        apart += [a - b for a, b in zip(call["stops"], theirs["stops"], strict=True)]
    told = ", ".join(f"{ms:+.1f}" for ms in apart)
    print(  # noqa: T201
        f"\n{CALLS} calls, {len(degraded)} turns, {sum(degraded)} degraded; apart by ms: {told}"
    )
    assert sum(degraded) <= MOST_DEGRADED * len(degraded)
    assert max(abs(ms) for ms in apart) <= AGREE_MS
