"""The sound check in rooms of all kinds, in the live screen and by keys: right, or unsure."""

from __future__ import annotations

import pytest

from tests.sound import pulse
from tests.sound.pulse import pulse_server
from tests.support.sound_room import Room, furnished

pytestmark = [pytest.mark.sound, pytest.mark.slow]

ATTEMPTS = 4
LOST = "Sound was lost"
ROOMS = {
    "far and soft": (Room(delay_ms=200, gain_db=-30.0), "echo", "Use a headset"),
    "two rates": (Room(speaker_hz=44_100, mic_hz=16_000), "echo", "Use a headset"),
    "no way": (Room(gain_db=None), "echo", "No echo"),
    "loud": (Room(gain_db=-37.0, noise_dbfs=-18.0), "echo", "too loud"),
    "muted": (Room(muted=True), "echo", "muted"),
    "clipping": (Room(gain_db=16.0), "echo", "clips"),
    "chirps, no way": (Room(gain_db=None), "loopback", "not heard"),
    "chirps, muted": (Room(muted=True), "loopback", "muted"),
    "chirps, clipping": (Room(gain_db=16.0), "loopback", "later than they say"),
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ROOMS)
def test_each_room_is_told_for_what_it_is(name: str) -> None:
    if not pulse.is_installed():
        pytest.skip("pulseaudio and pulseaudio-utils are not installed")
    room, step, words = ROOMS[name]
    said = LOST
    with pulse_server() as server, furnished(server, room):
        for _attempt in range(ATTEMPTS):
            said = server.probe("probe_sound_check", step, timeout_s=120)["words"][step]
            if LOST not in said:
                break
    assert words in said
