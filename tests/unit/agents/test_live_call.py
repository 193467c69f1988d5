"""Calls to the practice agent on this machine, with its faults, against what it says it did.

They are in real time, so all of them are placed at once.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from app.agents.onsets import AUDIBLE
from app.agents.practice import voice
from app.agents.practice.faults import Faults
from app.agents.practice.server import PracticeServer
from app.cli.call_command import shape
from app.domain.work import Quiet
from app.services import calls, documents, layers, live_calls
from app.services.assets import asset
from app.services.live_calls.storing import StoredCall
from app.services.workspace import Workspace

SLOW_MS = 600.0
NEVER = 1e-12
"""A share that drops nothing, of an agent that speaks in real time."""
HELLO_AT_S = 0.3
BARGE_AFTER_MS = 900.0
ENDS_S = 7.2
DELAY_MS, STOP_MS, WAY_MS = 20.0, 40.0, 60.0
"""How near the truth: of a delay, of a stop; and what may lie between a packet and the ear."""
MISSING_MS = 30.0
"""How near the truth of what was dropped: of a call, not of each."""


@dataclass(frozen=True)
class Placed:
    stored: StoredCall
    truth: list[dict[str, Any]]

    def told(self, what: str) -> list[dict[str, Any]]:
        return [t for t in self.truth if t["what"] == what]


PLANS: dict[str, tuple[Faults, float | None]] = {
    "good": (Faults(), None),
    "slow": (Faults(slow_ms=SLOW_MS), None),
    "barged": (Faults(), BARGE_AFTER_MS),
    "deaf": (Faults(deaf=True), BARGE_AFTER_MS),
    "over": (Faults(talk_over_ms=700.0), None),
    "drops": (Faults(drop_share=0.2, seed=2), None),
    "keeps pace": (Faults(drop_share=NEVER), None),
    "dies": (Faults(die_s=3.0), None),
}


HEARING = ("good",)
"""A recogniser takes a second of a core to load; the other calls do without."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("live")


@pytest.fixture(scope="module")
def ws(folder: Path) -> Any:
    opened = Workspace.open(folder / "ws")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def placed(folder: Path, ws: Workspace) -> dict[str, Placed]:
    caller = folder / "caller.wav"
    hello = voice.clip(asset("practice", "clips"), "caller_hello")
    assert hello is not None
    lead = np.zeros(round(HELLO_AT_S * voice.RATE_HZ), np.int16)
    soundfile.write(caller, np.concatenate([lead, hello]), voice.RATE_HZ)

    def place(name: str) -> Placed:
        faults, barge_in_ms = PLANS[name]
        brief = live_calls.practice_brief()
        with PracticeServer(brief, faults, recognises=name in HEARING) as server:
            request = live_calls.LiveRequest(
                profile=live_calls.practice_profile(server.url, brief),
                caller=caller,
                barge_in_ms=barge_in_ms,
                seconds=ENDS_S,
            )
            stored = live_calls.place(Quiet(), ws, request)
        return Placed(stored, server.truth)

    with ThreadPoolExecutor(len(PLANS)) as pool:
        return dict(zip(PLANS, pool.map(place, PLANS), strict=True))


def known_ms(placed: Placed, ws: Workspace) -> float:
    """From the caller's last sample to the agent's first packet, as the agent's own log has it."""
    call = calls.get_call(ws, placed.stored.call_id)
    zero_ns = zero(ws, call.id, call.rate_hz)
    end_ms = placed.stored.measures.turns[0].caller_end * 1000 / call.rate_hz
    return (placed.told("speaks")[0]["at_ns"] - zero_ns) / 1e6 - end_ms


def zero(ws: Workspace, call_id: str, rate_hz: int) -> float:
    """When the call's first sample was captured, from the device's blocks."""
    rows = documents.read(ws, call_id, "live/blocks.csv").decode().split()
    starts = []
    for row in rows:
        index, at_ns, adc_s = row.split(",")[:3]
        starts.append(int(at_ns) - float(adc_s) * 1e9 - int(index) * 1e9 / rate_hz)
    return float(np.median(starts))


def test_a_response_is_what_the_agent_did_and_the_way_to_the_ear(
    placed: dict[str, Placed], ws: Workspace
) -> None:
    good = placed["good"]
    (turn,) = good.stored.measures.turns
    # Two blocks of 20 ms lie between a packet and the ear.
    assert 0 <= turn.mouth_to_ear_ms - known_ms(good, ws) <= WAY_MS
    assert turn.wire_ms is not None
    assert 0 <= turn.mouth_to_ear_ms - turn.wire_ms <= 80
    assert not good.stored.dropped


def test_a_slow_agent_is_measured_to_20_ms(placed: dict[str, Placed], ws: Workspace) -> None:
    slow, good = placed["slow"], placed["good"]
    responses = [p.stored.measures.turns[0].mouth_to_ear_ms for p in (slow, good)]
    truth = known_ms(slow, ws) - known_ms(good, ws)
    assert abs(truth - SLOW_MS) < 200  # it did what it was told
    assert abs(responses[0] - responses[1] - truth) <= DELAY_MS


def test_a_barge_in_stops_it_and_its_parts_add_up(placed: dict[str, Placed], ws: Workspace) -> None:
    barged = placed["barged"]
    (cut,) = barged.stored.measures.barge_ins
    assert cut.stop_ms is not None
    assert cut.detect_ms is not None
    assert cut.flush_ms is not None
    assert cut.stop_ms == pytest.approx(cut.detect_ms + cut.flush_ms, abs=0.1)
    call = calls.get_call(ws, barged.stored.call_id)
    signal_ms = (barged.told("hears")[1]["at_ns"] - zero(ws, call.id, call.rate_hz)) / 1e6
    truth = signal_ms - cut.onset * 1000 / call.rate_hz
    assert abs(cut.stop_ms - truth) <= STOP_MS


def test_the_caller_begins_as_long_after_the_agent_as_was_asked(
    placed: dict[str, Placed], ws: Workspace
) -> None:
    found = placed["barged"].stored.measures
    rate_hz = calls.get_call(ws, placed["barged"].stored.call_id).rate_hz
    began = next(c.start for c in found.caller if c.start > found.agent[0].onset)
    after_ms = (began - found.agent[0].onset) * 1000 / rate_hz
    assert after_ms == pytest.approx(BARGE_AFTER_MS, abs=10)


def test_what_was_not_heard_is_kept_and_shown_as_such(
    placed: dict[str, Placed], ws: Workspace
) -> None:
    barged = placed["barged"]
    (truncated,) = barged.told("truncated")[:1]
    assert 0 < truncated["ms"] < barged.told("speaks")[0]["ms"]
    lines = layers.transcript(ws, barged.stored.call_id)
    agent = [s for s in lines if s.speaker == "agent"]
    assert [s.heard for s in agent[:2]] == [True, False]
    whole = f"{agent[0].text} {agent[1].text}"
    assert whole == live_calls.practice_brief().steps[0].text


def test_the_caller_is_captioned_as_the_agent_heard(
    placed: dict[str, Placed], ws: Workspace
) -> None:
    lines = layers.transcript(ws, placed["good"].stored.call_id)
    (said,) = [s for s in lines if s.speaker == "caller"]
    assert said.text
    assert said.span == placed["good"].stored.measures.caller[0]


def test_an_agent_that_is_deaf_to_barge_in_never_stops(placed: dict[str, Placed]) -> None:
    (cut,) = placed["deaf"].stored.measures.barge_ins
    assert (cut.detect_ms, cut.flush_ms, cut.stop_ms) == (None, None, None)
    assert not placed["deaf"].told("truncated")


def test_an_agent_that_goes_on_is_heard_to_its_own_end(
    placed: dict[str, Placed], ws: Workspace
) -> None:
    """What talks over the caller stops where its line does, which is known to the sample."""
    over = placed["over"]
    call = calls.get_call(ws, over.stored.call_id)
    spoken = over.told("speaks")[0]
    clip = voice.clip(asset("practice", "clips"), spoken["line"])
    assert clip is not None
    loud = np.flatnonzero(np.abs(clip.astype(np.int32)) >= AUDIBLE)
    lasts_ms = (loud[-1] - loud[0]) * 1000 / voice.RATE_HZ
    first = over.stored.measures.agent[0]
    heard_ms = (first.end - first.onset) * 1000 / call.rate_hz
    assert heard_ms == pytest.approx(lasts_ms, abs=STOP_MS)


def test_an_agent_that_talks_over_is_noticed_when_it_does(
    placed: dict[str, Placed], ws: Workspace
) -> None:
    over = placed["over"]
    found = over.stored.measures
    (index,) = found.talk_overs
    assert not found.turns
    call = calls.get_call(ws, over.stored.call_id)
    truth_ms = (over.told("speaks")[0]["at_ns"] - zero(ws, call.id, call.rate_hz)) / 1e6
    # As with a response, two blocks lie between a packet and the ear.
    assert 0 <= index * 1000 / call.rate_hz - truth_ms <= WAY_MS


@pytest.mark.parametrize("name", ["drops", "keeps pace"])
def test_dropped_sound_is_what_is_missing(
    placed: dict[str, Placed], ws: Workspace, name: str
) -> None:
    found = placed[name].stored.measures
    packets = documents.read(ws, placed[name].stored.call_id, "live/packets.csv").decode().split()
    last_ns = max(int(p.split(",")[0]) for p in packets)  # nothing came after what is left out then
    planted_ms = sum(d["ms"] for d in placed[name].told("drops") if d["at_ns"] < last_ns)
    assert bool(planted_ms) is (name != "keeps pace")
    near = MISSING_MS if planted_ms else 0
    assert found.missing.missing_ms == pytest.approx(planted_ms, abs=near)
    # What is missing is heard as silence; a busy machine is late with more, which is true.
    assert found.stream.inserted_ms >= planted_ms - WAY_MS
    assert found.stream.underruns >= min(1, len(placed[name].told("drops")))


def test_of_an_agent_that_sends_ahead_nobody_knows_what_it_left_out(
    placed: dict[str, Placed], ws: Workspace
) -> None:
    good = placed["good"].stored
    assert good.measures.stream.underruns == 0
    assert good.measures.missing.missing_ms is None
    stream = calls.get_call(ws, good.call_id).extra["live"]["stream"]
    assert stream["missing_ms"] is None
    assert "faster than it is heard" in stream["missing_why"]


def test_a_lost_agent_leaves_a_call_that_says_so(placed: dict[str, Placed], ws: Workspace) -> None:
    stored = placed["dies"].stored
    assert stored.dropped
    call = calls.get_call(ws, stored.call_id)
    died_s = (placed["dies"].told("dies")[0]["at_ns"] - zero(ws, call.id, call.rate_hz)) / 1e9
    assert abs(stored.duration_s - died_s) < 0.3  # until it is noticed, in whole blocks
    assert [f.code for f in call.warnings if f.code == "call_dropped"] == ["call_dropped"]
    assert call.extra["live"]["ending"]["reason"] == "server_lost"


def test_a_call_lands_in_the_library_with_all_that_it_is(
    placed: dict[str, Placed], ws: Workspace
) -> None:
    call = calls.get_call(ws, placed["good"].stored.call_id)
    assert [t.role for t in call.tracks] == ["caller", "agent"]
    assert ENDS_S <= call.frame_count / call.rate_hz < ENDS_S + 2.0  # on a busy machine
    live = call.extra["live"]
    assert live["profile"]["name"] == live_calls.PRACTICE
    assert all(ws.audio_path(sha, ".flac").exists() for sha in live["tracks"].values())
    names = {d.name for d in documents.documents(ws, call.id)}
    assert {"live/raw.jsonl", "live/blocks.csv", "live/measures.json"} <= names
    raw = documents.read(ws, call.id, "live/raw.jsonl").decode().splitlines()
    assert any(json.loads(line)["message"]["type"] == "session.created" for line in raw)


def test_the_shape_that_scripts_rely_on(placed: dict[str, Placed]) -> None:
    found = shape(placed["barged"].stored)
    assert list(found) == ["call_id", "dropped", "duration_s", "turns", "barge_ins", "stream"]
    assert list(found["turns"][0]) == ["mouth_to_ear_ms", "wire_ms", "degraded"]
    assert list(found["barge_ins"][0]) == ["detect_ms", "flush_ms", "stop_ms"]
    assert list(found["stream"]) == ["underruns", "overruns"]
