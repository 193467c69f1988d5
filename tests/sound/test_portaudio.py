"""The player through a real PortAudio stream, into a null sink whose monitor is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sound import pulse
from tests.sound.pulse import PulseServer, pulse_server

pytestmark = pytest.mark.sound

WHOLE_FRAMES = 2
"""Rounding of a loop's length: the sink's rate is three times the call's."""


@pytest.fixture
def server() -> Iterator[PulseServer]:
    if not pulse.is_installed():
        pytest.skip("pulseaudio and pulseaudio-utils are not installed")
    with pulse_server() as running:
        yield running


ATTEMPTS = 5
"""Sound through a server needs a machine that keeps up: a busy one tears it on the way, in the
recorder or in the sink, without our player being late. One whole recording is the proof."""


def _is_torn(report: dict[str, Any]) -> bool:
    gaps = max((abs(error) for error in report["loop_gap_errors"]), default=0.0)
    return bool(report["overflows"] or report["underruns"]) or gaps > WHOLE_FRAMES


def test_a_click_is_heard_when_the_head_is_on_it(server: PulseServer) -> None:
    for _attempt in range(ATTEMPTS):
        report = server.probe("probe_heard")
        if not _is_torn(report):
            break
    assert report["device"]
    assert len(report["clicks"]) >= 6
    assert max(abs(error_ms) for error_ms in report["clicks"]) <= 10.0
    assert report["solo_db"] <= -80.0
    assert len(report["loop_gap_errors"]) >= 15
    assert max(abs(error) for error in report["loop_gap_errors"]) <= WHOLE_FRAMES
    assert report["underruns"] == 0


def test_a_vanished_sink_is_survived(server: PulseServer) -> None:
    report = server.probe("probe_loss", "come-back")
    assert report["first"] in ("default", "pulse")
    assert "silent" in report["silent"]
    assert abs(report["jump_s"]) <= 0.5
    assert any(report["first"] in message for message in report["messages"])
    assert report["last"] == report["first"]
    assert report["state"] == "playing"


def test_without_a_sink_playback_is_silent_but_moves(server: PulseServer) -> None:
    server.pactl("unload-module", "module-null-sink")
    report = server.probe("probe_silent")
    assert report["silent"]
    assert report["moved"]
