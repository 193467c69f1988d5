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


def _apart_ms(call: dict[str, Any]) -> float:
    """How far the app and the outside recorder are apart at most."""
    outside = call["outside"]
    pairs = [*zip(call["responses"], outside["responses"], strict=True)]
    pairs += zip(call["stops"], outside["stops"], strict=True)
    return max(float(abs(ours - theirs)) for ours, theirs in pairs)


@pytest.mark.timeout(300)
def test_the_app_and_an_outside_recorder_agree(server: PulseServer) -> None:
    apart: list[float] = []
    for _attempt in range(ATTEMPTS):
        (call,) = server.probe("probe_live", "1", timeout_s=60)["calls"]
        if not _is_whole(call):
            continue
        apart.append(_apart_ms(call))
        assert call["delay_ms"] > 5  # without it every figure would be too low by as much
        if apart[-1] <= AGREE_MS:
            return
    pytest.fail(f"no call was whole and within {AGREE_MS} ms; those that were whole: {apart}")


def test_marks_are_echoed_when_their_sound_was_heard(server: PulseServer) -> None:
    late: list[float] = []
    for _attempt in range(ATTEMPTS):
        told = server.probe("probe_marks", timeout_s=60)
        assert told["faults"] == []
        assert told["delay_ms"] > 5  # whoever forgets the device is early by as much
        late = [*told["late_ms"].values()]
        if all(-5 < ms < 35 for ms in late):
            return
    pytest.fail(f"marks were late by {late} ms")
