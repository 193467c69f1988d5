"""An under-run makes the way through the device longer: what is measured follows what is heard."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.agents import measures, recorded
from app.agents.delay_watch import DelayWatch
from app.agents.link import AgentEvent, Int16, Listener
from app.agents.live_state import LiveState
from app.agents.onsets import AUDIBLE
from app.agents.plan import Plan
from app.agents.practice import voice
from app.agents.profiles import CallProfile
from app.agents.session import CallSession
from app.audio.duplex import BLOCK_MS, OUTPUT_UNDERFLOW, BlockRow, DuplexLine
from app.audio.duplex_virtual import VirtualDuplex
from app.services.assets import asset

HZ = voice.RATE_HZ
HEAD = {
    "profile": CallProfile(name="a", url="ws://127.0.0.1:1").to_json(),
    "started_at": "2026-01-01T00:00:00Z",
}
SAID_S, SAID_LASTS_S = (0.2, 3.4), 1.2
"""When the caller speaks; each time the agent answers so long after their last sample."""
ANSWER_S, ANSWER_LASTS_S = 0.4, 0.9
ENDS_S = 6.4
WAY_S, LONGER_S = 0.05, 0.06
TORN_SILENT_S, TORN_SPEAKING_S = 3.2, 2.3
NEAR_MS = 1.0


def hello() -> Int16:
    clip = voice.clip(asset("practice", "clips"), "caller_hello")
    assert clip is not None
    return clip[: round(SAID_LASTS_S * HZ)]


class Torn(VirtualDuplex):
    """A microphone that hears the caller, and an ear: what is given is heard where it says.

    From the under-run on, everything is heard so much later.
    """

    def __init__(self, torn_s: float) -> None:
        super().__init__(HZ)
        self._torn = round(torn_s * 1000 / BLOCK_MS)
        frames = round((ENDS_S + 4) * HZ)
        self.mouth, self.ear = np.zeros(frames, np.int16), np.zeros(frames, np.int16)
        for at_s in SAID_S:
            at = round(at_s * HZ)
            self.mouth[at : at + len(hello())] = hello()

    def start(self, line: DuplexLine) -> None:
        on_block = line.on_block

        def torn(_mic: Int16, out: Int16, adc_s: float, dac_s: float, _flags: int) -> None:
            number, first = line.calls, line.captured
            dac_s += WAY_S + (LONGER_S if number >= self._torn else 0.0)
            flags = OUTPUT_UNDERFLOW if number == self._torn else 0
            on_block(self.mouth[first : first + len(out)], out, adc_s, dac_s, flags)
            heard = first + round((adc_s + dac_s) * HZ)
            self.ear[heard : heard + len(out)] = out

        line.on_block = torn  # type: ignore[method-assign]
        super().start(line)


class Answering:
    """An agent that answers at fixed times of the call."""

    input_rate_hz = output_rate_hz = HZ

    def __init__(self) -> None:
        said_s = len(hello()) / HZ
        self._due = [round((at_s + said_s + ANSWER_S) * HZ) for at_s in SAID_S]

    def connect(self, listener: Listener) -> None:
        self._listener = listener

    def send_audio(self, _pcm: Int16, until: int) -> None:
        if not self._due or until < self._due[0]:
            return
        due = self._due.pop(0)
        now = time.monotonic_ns()
        pcm = hello()[: round(ANSWER_LASTS_S * HZ)]
        for kind, sound in (("audio", pcm), ("audio_done", None)):
            event: Any = AgentEvent(kind=kind, at_ns=now, item_id=f"i{due}", pcm=sound)  # type: ignore[arg-type]
            self._listener.event(event)

    def interrupted(self, item_id: str, played_ms: int) -> None: ...

    def send_tool_result(self, call_id: str, result: str) -> None: ...

    def close(self) -> None: ...


@pytest.mark.parametrize("torn_s", [TORN_SILENT_S, TORN_SPEAKING_S])
def test_what_is_measured_after_an_under_run_is_what_is_heard(
    tmp_path: Path, torn_s: float
) -> None:
    device, live = Torn(torn_s), LiveState()
    plan = Plan(
        folder=tmp_path / "c", head=HEAD, open_device=lambda _hz, _n: device, seconds=ENDS_S,
        live=live,
    )  # fmt: skip
    CallSession(Answering(), plan).run()
    call = recorded.load(tmp_path / "c")
    found = measures.measure(call)
    loud = np.flatnonzero(np.abs(device.ear.astype(np.int32)) >= AUDIBLE)
    truth = [float(loud[loud > t.caller_end][0] - t.caller_end) * 1000 / HZ for t in found.turns]
    assert len(truth) == 2
    assert truth[1] - truth[0] == pytest.approx(LONGER_S * 1000, abs=2 * BLOCK_MS)
    assert [t.mouth_to_ear_ms for t in found.turns] == pytest.approx(truth, abs=NEAR_MS)
    # Only what lies beside the under-run is not to be trusted.
    assert not found.turns[1].degraded
    shown = live.snapshot()
    assert shown.latencies.last_ms == pytest.approx(truth[1], abs=2 * BLOCK_MS)
    assert shown.health.delay_ms == pytest.approx((WAY_S + LONGER_S) * 1000 + BLOCK_MS, abs=5)
    assert ["is 130 ms now and was 70 ms" in words for words in shown.warnings] == [True]


def rows(lead_s: float, count: int, flags: int = 0) -> list[BlockRow]:
    return [BlockRow(0, 0, 0.02, lead_s - 0.02, flags if n == 0 else 0, 0, 0) for n in range(count)]


@pytest.mark.parametrize(
    ("after_s", "told"), [(0.11, "110 ms now"), (0.03, "30 ms now"), (0.055, "")]
)
def test_the_person_is_told_once_how_the_way_changed(after_s: float, told: str) -> None:
    watch = DelayWatch()
    blocks = rows(0.05, 40) + rows(0.7, 9, OUTPUT_UNDERFLOW) + rows(after_s, 90)
    said = [words for row in blocks if (words := watch.push(row))]
    assert [told in words and "was 50 ms" in words for words in said] == ([True] if told else [])


def test_a_delay_that_wanders_without_an_interruption_is_not_told() -> None:
    watch = DelayWatch()
    assert not any(watch.push(r) for r in rows(0.05, 40) + rows(0.11, 90))
