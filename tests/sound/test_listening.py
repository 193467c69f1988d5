"""A listening session through a real PortAudio stream: what is recorded is the stimulus."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sound import pulse
from tests.sound.pulse import PulseServer, pulse_server

pytestmark = pytest.mark.sound

ATTEMPTS = 4
"""A busy machine tears the sound on its way through the server; one whole session is the proof."""
GAIN_DB = 0.5
"""As the study's rule has it; measured: below 0.01."""
RESIDUAL_DB = -50.0
"""The server's 16 bits leave about -70 dB; 5 ms of silence anywhere would leave -10."""


@pytest.fixture
def server() -> Iterator[PulseServer]:
    if not pulse.is_installed():
        pytest.skip("pulseaudio and pulseaudio-utils are not installed")
    with pulse_server() as running:
        yield running


def _is_torn(report: list[dict[str, Any]]) -> bool:
    return any(r["underruns"] or r["residual_db"] > RESIDUAL_DB for r in report)


def test_the_sink_holds_every_stimulus_whole_and_at_its_level(server: PulseServer) -> None:
    report: list[dict[str, Any]] = []
    for _attempt in range(ATTEMPTS):
        report = server.probe("probe_listening", "2")
        if not _is_torn(report):
            break
    assert len(report) == 4
    for trial in report:
        assert trial["valid"]
        assert trial["whole"]
        assert abs(trial["gain_error_db"]) <= GAIN_DB
        assert abs(trial["ears_db"]) < 0.01
        assert trial["residual_db"] <= RESIDUAL_DB
