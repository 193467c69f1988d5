"""A call through real PortAudio devices, held against an outside recording of both sides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sound import pulse
from tests.sound.live_rig import add_sinks
from tests.sound.pulse import PulseServer, pulse_server

pytestmark = [pytest.mark.sound, pytest.mark.slow]

AGREE_MS = 5.0
ATTEMPTS = 6
"""A busy machine tears the sound; such turns are marked, and prove nothing."""


@pytest.fixture
def server() -> Iterator[PulseServer]:
    if not pulse.is_installed():
        pytest.skip("pulseaudio and pulseaudio-utils are not installed")
    with pulse_server() as running:
        add_sinks(running)
        yield running


def _is_whole(call: dict[str, Any]) -> bool:
    return len(call["responses"]) == 2 and len(call["stops"]) == 1 and not any(call["degraded"])


@pytest.mark.timeout(300)
def test_the_app_and_an_outside_recorder_agree(server: PulseServer) -> None:
    for _attempt in range(ATTEMPTS):
        (call,) = server.probe("probe_live", "1", timeout_s=60)["calls"]
        if _is_whole(call):
            break
    assert _is_whole(call)
    outside = call["outside"]
    pairs = [*zip(call["responses"], outside["responses"], strict=True)]
    pairs += zip(call["stops"], outside["stops"], strict=True)
    assert max(abs(ours - theirs) for ours, theirs in pairs) <= AGREE_MS
    assert call["delay_ms"] > 5  # without it every figure would be too low by as much
