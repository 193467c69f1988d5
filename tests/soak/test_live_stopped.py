"""A call through real devices whose program is stopped for a while, as by a laptop's sleep."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.sound import pulse
from tests.sound.live_rig import add_sinks
from tests.sound.pulse import ROOT, PulseServer, pulse_server

STOPPED_S, GOES_ON_S = 4.0, 9.0
NEAR_MS = 200.0
OFF_MS = 100.0


@pytest.fixture
def server() -> Iterator[PulseServer]:
    if not pulse.is_installed():
        pytest.skip("pulseaudio and pulseaudio-utils are not installed")
    with pulse_server() as running:
        add_sinks(running)
        yield running


@pytest.mark.timeout(120)
def test_a_program_that_was_stopped_is_near_again_soon(server: PulseServer) -> None:
    probe = str(ROOT / "tests" / "sound" / "probe_stopped.py")
    words = [sys.executable, probe, str(STOPPED_S + GOES_ON_S)]
    child = subprocess.Popen(words, env=server.env, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "in a call\n"
        child.send_signal(signal.SIGSTOP)
        time.sleep(STOPPED_S)
        child.send_signal(signal.SIGCONT)
        said, _ = child.communicate(timeout=60)
    finally:
        child.kill()
        child.wait()
    told = json.loads(said.splitlines()[-1])
    print(  # noqa: T201
        f"\nway through the device: {told['first_ms']:.0f} ms, {told['most_ms']:.0f} ms after "
        f"{STOPPED_S:g} s, {told['last_ms']:.0f} ms in the end; "
        f"clock moved by {told['moved_ms']:+.0f} ms"
    )
    assert told["most_ms"] > 1_000  # there was something to mend
    assert len(told["told"]) == 1
    assert "opened anew" in told["told"][0]
    assert told["last_ms"] < NEAR_MS
    assert len(set(told["frames"])) == 1
    assert abs(told["moved_ms"]) < OFF_MS  # what was captured later lies where it was captured
