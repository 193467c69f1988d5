"""A call placed elsewhere: microphone and monitor of the loudspeaker on one clock."""

from __future__ import annotations

import pytest

from tests.sound import pulse
from tests.sound.pulse import pulse_server

pytestmark = [pytest.mark.sound, pytest.mark.slow]

APART_MS = 5.0
ATTEMPTS = 4
"""A busy machine tears the sound, and the clocks need some seconds."""


@pytest.mark.timeout(200)
def test_two_inputs_lie_on_one_clock() -> None:
    if not pulse.is_installed():
        pytest.skip("pulseaudio and pulseaudio-utils are not installed")
    found = []
    with pulse_server() as server:
        for _attempt in range(ATTEMPTS):
            call = server.probe("probe_elsewhere", "3", timeout_s=60)
            assert call["tracks"] == ["mic"]
            assert not call["dropped"]
            assert call["lags_ms"]
            found.append(max(map(abs, call["lags_ms"])))
            if found[-1] <= APART_MS:
                return
    pytest.fail(f"the tracks were never within {APART_MS} ms: {found}")
