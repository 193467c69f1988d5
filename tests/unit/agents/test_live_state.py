"""The live view: states, captions, latencies, tools, health, lanes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.agents.captions import heard_share
from app.agents.lanes import PeakRing
from app.agents.link import AgentEvent
from app.agents.live_state import LiveState
from app.agents.onsets import Int16
from app.agents.recording import Packet
from app.audio.duplex import OUTPUT_UNDERFLOW, BlockRow

HZ = 16_000
BLOCK = 320
DELAY_S = 0.05


class Rig:
    """A call fed by hand, a block at a time."""

    def __init__(self, folder: Path) -> None:
        self.live = LiveState()
        self.live.ringing("Calling a.")
        self.live.connected(HZ, BLOCK, folder)
        self.at = 0

    def go(self, seconds: float, caller: int = 0, agent: int = 0, flags: int = 0) -> None:
        for _ in range(round(seconds * HZ / BLOCK)):
            row = BlockRow(self.at, round(self.at / HZ * 1e9), 0.02, DELAY_S - 0.02, flags, 0, 0)
            mic, heard = (self._sound(peak) for peak in (caller, agent))
            self.live.blocks([row], mic, mic, heard, 1_000)
            self.at += BLOCK

    def _sound(self, peak: int) -> Int16:
        return (peak * np.sin(np.arange(BLOCK) * 0.3)).astype(np.int16)

    def event(self, kind: Any, **values: Any) -> None:
        self.live.event(AgentEvent(kind=kind, at_ns=round(self.at / HZ * 1e9), **values))


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def test_the_states_follow_who_speaks(rig: Rig) -> None:
    seen = [rig.live.snapshot().state]
    for seconds, caller, agent in ((1, 0, 0), (1, 9_000, 0), (0.6, 0, 0), (1, 0, 9_000), (1, 0, 0)):
        rig.go(seconds, caller, agent)
        seen.append(rig.live.snapshot().state)
    rig.live.ended("The call was hung up.")
    end = rig.live.snapshot()
    assert [*seen, end.state] == [
        "connected", "connected", "listening", "thinking", "speaking", "listening", "ended",
    ]  # fmt: skip
    assert end.message == "The call was hung up."


def test_a_response_is_timed_to_when_it_is_heard(rig: Rig) -> None:
    for _ in range(3):
        rig.go(1.0, 9_000)
        rig.go(0.8)
        rig.go(1.0, 0, 9_000)
        rig.go(1.0)
    found = rig.live.snapshot()
    assert found.latencies.n == 3
    assert found.latencies.last_ms == pytest.approx(800 + DELAY_S * 1e3, abs=3)
    assert found.latencies.p95_ms == pytest.approx(found.latencies.p50_ms, abs=1)
    assert [round(i.ms) for i in found.intervals] == [round(found.latencies.last_ms or 0)] * 3
    assert found.overlaps == 0


def test_speaking_into_the_agent_is_an_overlap(rig: Rig) -> None:
    rig.go(1.0, 0, 9_000)
    rig.go(1.0, 9_000, 9_000)
    assert rig.live.snapshot().overlaps == 1


def test_captions_grow_and_show_what_was_not_heard(rig: Rig) -> None:
    rig.go(1.0)
    rig.event("agent_text", item_id="a", text="one two ")
    (caption,) = rig.live.snapshot().captions
    assert (caption.text, caption.is_final) == ("one two", False)
    rig.live.packet(Packet(0, 100, 100_000, "a"))
    rig.event("agent_text", item_id="a", text="one two three four", whole=True)
    rig.live.note("flush", 0, {"item_id": "a", "position": 50_100})
    (caption,) = rig.live.snapshot().captions
    assert (caption.heard_text, caption.unheard_text) == ("one two", "three four")
    assert caption.is_final


def test_of_a_text_that_was_not_sent_to_its_end_only_what_can_have_been_spoken_was_heard() -> None:
    text = "x" * 180  # ten seconds for a fast voice
    assert heard_share(8_000, 8_000, 8_000, text) == pytest.approx(0.1)
    assert heard_share(8_000, 160_000, 8_000, text) == pytest.approx(0.05)
    assert heard_share(0, 0, 8_000, "") == 0.0


def test_utterances_without_names_are_lines_of_their_own(rig: Rig) -> None:
    rig.event("agent_text", text="Hello.", whole=True)
    rig.go(1.0)
    rig.event("agent_text", text="Goodbye.", whole=True)
    assert [c.text for c in rig.live.snapshot().captions] == ["Hello.", "Goodbye."]


def test_a_tool_call_waits_until_it_is_answered(rig: Rig) -> None:
    rig.event("tool", data={"name": "book", "call_id": "c", "arguments": '{"a": 1}'})
    assert not rig.live.snapshot().tools[0].answered
    rig.live.note("tool_result", 0, {"call_id": "c", "result": "done"})
    (tool,) = rig.live.snapshot().tools
    assert (tool.name, tool.arguments, tool.result, tool.answered) == (
        "book", '{"a": 1}', "done", True,
    )  # fmt: skip


def test_usage_adds_up_and_has_no_cost_without_a_price(rig: Rig) -> None:
    usage = {"input_tokens": 7, "output_tokens": 5, "input_token_details": {"audio_tokens": 4}}
    for _ in range(2):
        rig.event("response_done", data={"usage": usage})
    found = rig.live.snapshot().usage
    assert (found.input_tokens, found.output_tokens, found.input_audio_tokens) == (14, 10, 8)
    assert found.cost is None


def test_marks_lie_where_they_were_meant(rig: Rig) -> None:
    rig.go(2.0)
    last_ns = round((rig.at - BLOCK) / HZ * 1e9)
    rig.live.note("mark", last_ns - 350_000_000, {"label": "odd"})
    (mark,) = rig.live.snapshot().marks
    assert mark.at_s == pytest.approx(2.0 - 0.35, abs=0.001)


def test_health_counts_and_compares_the_clocks(rig: Rig) -> None:
    rig.go(12.0, flags=OUTPUT_UNDERFLOW)
    health = rig.live.snapshot().health
    assert health.underruns == 600
    assert health.drift_ppm == pytest.approx(0, abs=1)
    assert health.delay_ms == pytest.approx(DELAY_S * 1e3)
    assert health.disk_free_bytes
    assert health.bytes_written == 1_000


def test_the_networks_jitter_is_told_by_its_shares(rig: Rig) -> None:
    assert rig.live.snapshot().health.gap_p50_ms is None
    gaps_ms, at_ns = [20, 21, 19, 90, 20, 22], 0
    for gap_ms in (0, *gaps_ms):
        at_ns += gap_ms * 1_000_000
        rig.live.packet(Packet(at_ns, 0, 320, "a"))
    health = rig.live.snapshot().health
    assert health.gap_p50_ms == pytest.approx(np.percentile(gaps_ms, 50))
    assert health.gap_p95_ms == pytest.approx(np.percentile(gaps_ms, 95))


def test_the_agents_lane_lies_where_it_is_heard(rig: Rig) -> None:
    rig.go(1.0, 4_000)
    rig.go(1.0, 0, 9_000)
    caller, agent = rig.live.lane("caller"), rig.live.lane("agent", HZ)
    assert len(caller.peaks) == 100
    assert caller.peaks[:50, 1].min() > 3_900
    first = agent.first_frame + int(np.flatnonzero(agent.peaks[:, 1])[0]) * agent.block_frames
    assert first == HZ + round(DELAY_S * HZ)


def test_a_lane_keeps_its_last_minutes_and_no_more() -> None:
    ring = PeakRing(BLOCK, kept=10)
    for n in range(25):
        ring.push(np.full(BLOCK, n, np.int16))
    lane = ring.read(0)
    assert lane.first_frame == 15 * BLOCK
    assert lane.peaks[:, 0].tolist() == list(range(15, 25))
    assert len(ring.read(99 * BLOCK).peaks) == 0


def test_readers_wait_for_no_writer(rig: Rig) -> None:
    rig.go(1.0, 9_000)
    before = rig.live.snapshot()
    rig.go(0.5, 9_000)
    with rig.live._lock:  # a writer in the middle of its work
        reader = ThreadPoolExecutor(1)
        assert reader.submit(rig.live.snapshot).result(5) is before
        assert len(reader.submit(rig.live.lane, "caller").result(5).peaks) == 75
        reader.shutdown()
    assert rig.live.snapshot().captured_s == pytest.approx(1.5)
    assert rig.live.snapshot() is rig.live.snapshot(), "nothing new, nothing made"


def test_a_gap_is_silence_on_the_lanes(rig: Rig) -> None:
    rig.go(0.1, 9_000)
    rig.live.note("lost", 0, {"blocks": 3})
    peaks = rig.live.lane("caller").peaks[:, 1]
    assert (len(peaks), peaks[-3:].tolist()) == (8, [0, 0, 0])


def test_warnings_are_the_newest_few(rig: Rig) -> None:
    for n in range(9):
        rig.live.warn(str(n))
    assert rig.live.snapshot().warnings == ("4", "5", "6", "7", "8")
