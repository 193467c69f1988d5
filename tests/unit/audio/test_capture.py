"""Two captured streams with clocks of their own, laid on one."""

from __future__ import annotations

import time

import numpy as np
import pytest

from app.audio import duplex_capture
from app.audio.capture_track import CaptureTrack
from app.audio.duplex import DuplexLine
from app.audio.duplex_capture import CaptureDuplex
from app.audio.play_queue import PlayQueue
from app.audio.stream_clock import StreamClock

HZ = 8_000
BLOCK = HZ // 50


class Input:
    """An input whose blocks the test pushes."""

    name, is_running = "an input", True

    def __init__(self, rate_hz: int = HZ) -> None:
        self.rate_hz = rate_hz

    def start(self, track: CaptureTrack) -> None:
        self.track = track

    def close(self) -> None: ...


def test_a_clock_finds_the_rate_through_the_tremble() -> None:
    clock = StreamClock(HZ)
    rng = np.random.default_rng(0)
    true_hz = HZ * (1 + 150e-6)
    for n in range(1_500):
        clock.tell(n * BLOCK, 5.0 + n * BLOCK / true_hz + abs(rng.normal(0, 0.002)))
    assert (clock.at(BLOCK * 1_499) - 5.0) == pytest.approx(BLOCK * 1_499 / true_hz, abs=0.003)
    assert (clock.rate_hz / HZ - 1) * 1e6 == pytest.approx(150, abs=25)
    assert clock.index_at(clock.at(777.0)) == pytest.approx(777.0)


def test_a_clock_settles_once_it_stands_still_however_it_trembles() -> None:
    clock = StreamClock(HZ)
    rng = np.random.default_rng(0)
    settled = []
    for n in range(400):
        wrong = max(0.0, 0.02 - n * 0.0001)  # for four seconds, what is said moves
        clock.tell(n * BLOCK, n * 0.02 + wrong + rng.normal(0, 0.003))
        settled.append(clock.settles())
    assert not any(settled[:150])
    assert any(settled[150:])
    assert clock.at(0) == pytest.approx(0.0, abs=0.002)


def test_a_track_keeps_its_last_seconds_and_gives_silence_beyond() -> None:
    track = CaptureTrack(HZ)
    for n in range(40 * 50):
        track.push(np.full(BLOCK, n % 1_000, np.int16), n * 0.02)
    assert not track.read(0, 10).any()
    assert track.read(track.count - 5, 10).tolist() == [999] * 5 + [0] * 5


def test_samples_between_samples_lie_on_the_line_between_them() -> None:
    track = CaptureTrack(HZ)
    track.push(np.arange(0, 1_000, 10, dtype=np.int16), 0.0)
    assert track.between(10.5, 1.0, 3).tolist() == [105, 115, 125]


def paired(
    far_ppm: float, late_s: float, seconds: float
) -> tuple[np.ndarray, np.ndarray, CaptureDuplex]:
    """Both hear the same tone; the far one's clock runs faster, and it begins later."""
    mic, far = Input(), Input()
    device = CaptureDuplex(mic, far)
    line = DuplexLine(HZ, PlayQueue(HZ))
    tracks = device._tracks
    mic.start(tracks[0])
    far.start(tracks[1])
    far_hz = HZ * (1 + far_ppm / 1e6)
    out = np.zeros(line.block, np.int16)
    first, now = 0, time.monotonic()

    def tone(at_s: np.ndarray) -> np.ndarray:
        return np.rint(8_000 * np.sin(2 * np.pi * 200 * at_s)).astype(np.int16)

    mics, heards = [], []
    for n in range(round(seconds * 50)):
        index = np.arange(n * BLOCK, (n + 1) * BLOCK)
        tracks[0].push(tone(index / HZ), now + n * BLOCK / HZ)
        tracks[1].push(tone(late_s + index / far_hz), now + late_s + n * BLOCK / far_hz)
        while device._pair(line, first, out):
            mics.append(tracks[0].read(first, BLOCK))
            heards.append(out.copy())
            first += BLOCK
    return np.concatenate(mics), np.concatenate(heards), device


@pytest.mark.parametrize("far_ppm", [0.0, 300.0])
def test_the_far_side_is_heard_at_the_index_at_which_it_was_captured(far_ppm: float) -> None:
    mic, heard, device = paired(far_ppm, 0.137, 25.0)
    tail = slice(15 * HZ, 24 * HZ)
    error = np.abs(mic[tail].astype(float) - heard[tail])
    # A tone of 200 Hz moves by 10,053 in a ms at most.
    assert error.max() / 10_053 < 0.25
    assert device.alignment.drift_ppm == pytest.approx(far_ppm, abs=5)


def test_a_far_side_that_gives_nothing_is_silence() -> None:
    mic, far = Input(), Input()
    device = CaptureDuplex(mic, far)
    line = DuplexLine(HZ, PlayQueue(HZ))
    out = np.zeros(line.block, np.int16)
    now = time.monotonic()
    for n in range(25):
        device._tracks[0].push(np.full(BLOCK, 9, np.int16), now + n * 0.02)
    assert device._pair(line, 0, out)
    assert not out.any()
    assert not device._pair(line, 20 * BLOCK, out)  # it may still come


@pytest.mark.parametrize("side", [0, 1])
def test_a_side_that_is_gone_ends_the_recording(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplex_capture, "SETTLE_S", 0.0)
    inputs = Input(), Input()
    device = CaptureDuplex(*inputs)
    device.start(DuplexLine(HZ, PlayQueue(HZ)))
    try:
        assert device.is_running
        inputs[side].is_running = False
        assert not device.is_running
    finally:
        device.close()
