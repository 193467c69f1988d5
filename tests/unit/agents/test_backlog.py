"""A device whose sound comes ever later is opened anew: when it must be, and not more often."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.agents import recorded
from app.agents.backlog import LATER_S, PATIENCE_S
from app.agents.caller_side import CallerSide
from app.agents.clock import CallClock
from app.agents.device_watch import RENEW_EVERY_S, DeviceWatch
from app.agents.live_state import LiveState
from app.agents.profiles import CallProfile
from app.agents.pump import Pump
from app.agents.recording import CallRecorder
from app.agents.stream_health import flaws
from app.audio.duplex import BLOCK_MS, OUTPUT_UNDERFLOW, RENEWED, DuplexLine
from app.audio.play_queue import PlayQueue

HZ = 8_000
BLOCK_S = BLOCK_MS / 1000
WAY_S = 0.06
OPENS_S = 0.3
"""How long it takes until a stream that was started anew gives its first block."""
STOPPED_S = 4.0


class Server:
    """A sound server that keeps what nobody took, and hands it out late from then on.

    Each block of the microphone holds its number, by the time at which it was captured.
    """

    name, rate_hz, settles, is_running = "Headset", HZ, False, True

    def __init__(self, line: DuplexLine, now: list[float]) -> None:
        self._line, self._now = line, now
        self._next = 0
        self._flags = 0
        self.restarts: list[float] = []

    def give(self) -> None:
        """The block that waits longest."""
        block, out = self._line.block, np.zeros(self._line.block, np.int16)
        mic = np.full(block, self._next, np.int16)
        adc_s = self._now[0] - self._next * BLOCK_S
        self._line.on_block(mic, out, adc_s, WAY_S, self._flags)
        self._next, self._flags = self._next + 1, 0

    def restart(self) -> bool:
        self.restarts.append(self._now[0])
        self._now[0] += OPENS_S
        self._next = round(self._now[0] / BLOCK_S)
        self._flags = OUTPUT_UNDERFLOW | RENEWED
        return True


class Link:
    input_rate_hz = output_rate_hz = HZ

    def send_audio(self, _pcm: Any, _until: int) -> None: ...


class Call:
    """The part of a call that carries its sound, by a clock that the test moves."""

    def __init__(self, folder: Path, now: list[float]) -> None:
        self.now, self.live = now, LiveState()
        self.line = DuplexLine(HZ, PlayQueue(HZ))
        self.device: Any = Server(self.line, now)
        self.recorder = CallRecorder(folder, {"profile": CallProfile(name="a").to_json()}, HZ, HZ)
        self._jobs: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.live.connected(HZ, self.line.block, folder)
        caller = CallerSide(HZ, self.line.block, note=lambda *_a, **_f: None)
        link: Any = Link()
        self._pump = Pump(
            self.line, caller, link, self.recorder, self.live, self._jobs, self._note,
            lambda _rows: None,
        )  # fmt: skip
        self._watch = DeviceWatch(self.device, self.line, self._pump.backlog, self._note)

    def _note(self, what: str, at_ns: int, **facts: Any) -> None:
        self.live.note(what, at_ns, facts)
        self._jobs.put(lambda recorder: recorder.note(what, at_ns, facts))

    def go(self, seconds: float, *, each_s: float = BLOCK_S) -> None:
        """Blocks come, one every `each_s`."""
        until = self.now[0] + seconds
        while self.now[0] < until:
            self.now[0] += each_s
            self.device.give()
            self._pump.turn()
            assert self._watch.check() is None

    def stand(self, seconds: float) -> None:
        """The program is stopped."""
        self.now[0] += seconds

    def recorded(self) -> recorded.Recorded:
        self._pump.turn()
        self.recorder.close({"reason": "hung_up", "words": "", "dropped": False})
        return recorded.load(self.recorder.folder)

    @property
    def delay_ms(self) -> float:
        told = self.live.snapshot().health.delay_ms
        assert told is not None
        return told


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Call]:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "monotonic_ns", lambda: round(now[0] * 1e9))
    made = Call(tmp_path / "c", now)
    yield made
    made.recorder.close(None)


def test_after_a_stop_the_sound_is_as_near_as_before_and_the_call_on_one_timeline(
    call: Call,
) -> None:
    call.go(2.0)
    usual_ms = call.delay_ms
    call.stand(STOPPED_S)
    call.go(1.5)
    assert call.delay_ms > STOPPED_S * 1000
    assert call.device.restarts == []
    call.go(12.0)
    assert len(call.device.restarts) == 1
    assert call.delay_ms == pytest.approx(usual_ms, abs=BLOCK_MS)
    shown = call.live.snapshot().warnings
    assert shown == ("The sound was 4.0 s behind; the device was opened anew.",)

    found = call.recorded()
    tracks = [recorded.samples(found.folder / f"{t}.wav") for t in ("mic", "sent", "heard")]
    assert len({len(track) for track in tracks}) == 1
    assert len(tracks[0]) / HZ == pytest.approx(call.now[0], abs=0.1)
    # What was captured in a block's time lies at that block, before the gap and behind it.
    numbers = tracks[0][:: call.line.block].astype(int)
    apart = (numbers - np.arange(len(numbers)))[numbers > 0]
    assert np.abs(apart).max() <= 1
    (gap,) = found.noted("gap")
    low, high = gap["index"], gap["index"] + gap["blocks"] * call.line.block
    assert (high - low) / HZ == pytest.approx(STOPPED_S + OPENS_S, abs=0.1)
    assert not any(track[low:high].any() for track in tracks)
    assert {low, high} <= set(flaws(found, CallClock(found)))
    assert len(list(found.noted("restarted"))) == 1


@pytest.mark.parametrize("jump_s", [0.05, LATER_S - 0.05])
def test_a_way_that_becomes_a_little_longer_is_left_alone(call: Call, jump_s: float) -> None:
    call.go(2.0)
    call.stand(jump_s)
    call.go(10.0)
    assert call.device.restarts == []
    assert list(call.recorded().noted("gap", "restarted")) == []


def test_a_backlog_that_goes_by_itself_is_left_alone(call: Call) -> None:
    call.go(2.0)
    call.stand(STOPPED_S)
    call.go(PATIENCE_S / 2)
    call.go(0.5, each_s=BLOCK_S / 20)  # it catches up
    assert call.delay_ms < LATER_S * 1000
    call.go(5.0)
    assert call.device.restarts == []


def test_a_machine_that_is_too_slow_is_not_helped_for_ever(call: Call) -> None:
    call.go(2.0)
    call.go(100.0, each_s=1.6 * BLOCK_S)
    times = call.device.restarts
    assert 3 <= len(times) <= 4
    assert np.diff(times).min() >= RENEW_EVERY_S
    assert len(call.recorded().mic) / HZ == pytest.approx(call.now[0], rel=0.2)
