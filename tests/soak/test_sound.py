"""A loop of 1,000 rounds on a real stream into a null sink."""

from __future__ import annotations

import os

import pytest

from tests.sound.pulse import pulse_server

ROUNDS = int(os.environ.get("CALLBENCH_ROUNDS", "1000"))


@pytest.mark.timeout(3_600)
def test_a_long_loop_on_a_device_neither_drifts_nor_tears() -> None:
    with pulse_server() as server:
        report = server.probe("probe_loop", str(ROUNDS), timeout_s=ROUNDS * 0.25 + 120)
    print(  # noqa: T201
        f"{report['rounds']} rounds heard, gaps off by {report['worst']} frames at 48 kHz, "
        f"{report['underruns']} underruns"
    )
    assert report["rounds"] >= ROUNDS
    assert report["wrong_gaps"] == 0
    assert report["underruns"] == 0
