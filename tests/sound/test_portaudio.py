"""The player through a real PortAudio stream, into a null sink whose monitor is recorded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sound import pulse
from tests.sound.pulse import PulseServer, pulse_server

pytestmark = pytest.mark.sound


@pytest.fixture
def server() -> Iterator[PulseServer]:
    if not pulse.is_installed():
        pytest.skip("pulseaudio and pulseaudio-utils are not installed")
    with pulse_server() as running:
        yield running


def test_a_click_is_heard_when_the_head_is_on_it(server: PulseServer) -> None:
    for _attempt in range(3):
        report = server.probe("probe_heard")
        if not report["overflows"]:  # the recorder itself lost sound: the machine is too busy
            break
    assert report["device"]
    assert len(report["clicks"]) >= 6
    assert max(abs(error_ms) for error_ms in report["clicks"]) <= 10.0
    assert report["solo_db"] <= -80.0
    assert len(report["loop_gap_errors"]) >= 15
    assert max(abs(error) for error in report["loop_gap_errors"]) <= 2  # the sink's rate is 3 times
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
