"""Full-Duplex-Bench 1.5: overlaps, answers, labels, and how the agent speaks before and after."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audio.align import Placement
from app.domain.calls import Span
from app.domain.profile_names import FDB_15, FDB_15_SPEECH
from app.eval.base import AudioInput, CallInput
from app.eval.signal.cutoffs import drops
from app.eval.turns.adaptation import manner, words_per_minute
from app.eval.turns.fdb15 import Fdb15Sample, Fdb15Turns
from app.eval.turns.fdb15_metrics import Change, changes
from app.eval.turns.fdb15_rules import answers, lane, overlaps, sides, split_s
from app.eval.turns.fdb_rules import TimedWord
from app.eval.turns.series import Heading
from tests.unit.timing.lanes import seg
from tests.unit.turns.turn_inputs import call, layer, one, values_of, voided


def spans(*edges: tuple[int, int]) -> list[Span]:
    return [Span(a, b) for a, b in edges]


@pytest.mark.parametrize(
    ("speaker", "pause", "count"),
    [("caller", 599, 1), ("caller", 600, 2), ("agent", 499, 1), ("agent", 500, 2)],
)
def test_pauses_are_closed_at_600_and_500_ms(speaker: Any, pause: int, count: int) -> None:
    segments = [seg(speaker, 0, 1000), seg(speaker, 1000 + pause, 3000)]
    assert len(lane(segments, speaker, 1000)) == count


def test_overlaps_and_answers_strictly_after() -> None:
    user, agent = spans((0, 1000), (3000, 5000)), spans((1000, 3500), (4500, 6000))
    assert overlaps(user, agent) == spans((3000, 3500), (4500, 5000))
    assert answers(user, agent) == spans((1000, 4500)), "a start at the very end is not after it"


@pytest.mark.parametrize(("end_s", "split"), [(0.5, 1.0), (1.2, 1.0), (1.5, 2.0), (9.0, 9.0)])
def test_the_split_is_the_start_of_the_word_that_goes_on(end_s: float, split: float) -> None:
    words = [TimedWord("a", 1.0, 1.5), TimedWord("b", 2.0, 2.5)]
    assert split_s(words, end_s) == split


def test_before_and_after_of_an_agent_that_goes_on_or_stops() -> None:
    agent = spans((0, 5000), (7000, 9000))
    assert sides(spans((2000, 2500)), agent, [], 1000) == [(Span(0, 2500), Span(2500, 5000))]
    assert sides(spans((4000, 6000)), agent, [], 1000) == [(Span(0, 5000), Span(7000, 9000))]
    assert sides(spans((4000, 6000), (6500, 6900)), agent, [], 1000) == []
    assert sides(spans((5500, 6000)), agent, [], 1000) == []


def test_in_a_call_ten_seconds_on_each_side_and_fifty_overlaps_are_listened_to() -> None:
    long = sides(spans((20_000, 21_000)), spans((0, 60_000)), [], 1000)
    assert long == [(Span(11_000, 21_000), Span(21_000, 31_000))]
    user = spans(*[(at * 2000 + 500, at * 2000 + 700) for at in range(120)])
    found = sides(user, spans((0, 240_000)), [], 1000)
    assert len(found) == 50
    assert found[0][0].end == 700
    assert found[-1][0].end > 230_000


def test_words_a_minute_count_pauses_and_need_three_words() -> None:
    words = [TimedWord(str(i), i * 0.5, i * 0.5 + 0.3) for i in range(10)]
    assert words_per_minute(words, 0, 1.4) == pytest.approx(60 * 3 / 1.3)
    assert words_per_minute(words, 0, 1.2) is None
    assert words_per_minute(words, 0.1, 5) == pytest.approx(60 * 9 / 4.3)


CALL = (seg("agent", 0, 4000), seg("caller", 3000, 5000), seg("agent", 5800, 9000))


def test_a_call_by_the_same_rules() -> None:
    found = values_of(Fdb15Turns(), CallInput(call=call(), speech=layer(CALL)))
    assert {v.profile for v in found} == {FDB_15_SPEECH}
    stop = one(found, "fdb15.stop_latency", "agent")
    assert (stop.value, stop.evidence[0].span) == (1.0, Span(3000, 4000))
    assert one(found, "fdb15.response_latency", "agent").value == pytest.approx(0.8)
    assert "content_tag.json" in one(found, "fdb15.resume", "agent").reason
    pitch = one(found, "fdb15.pitch_change", "agent")
    assert pitch.reason == "It is heard in the agent's own track, and there is none."


def test_a_call_without_overlaps_has_none_of_it() -> None:
    apart = [seg("agent", 0, 2000), seg("caller", 3000, 4000)]
    found = values_of(Fdb15Turns(), CallInput(call=call(), speech=layer(apart)))
    assert one(found, "fdb15.stop_latency", "agent").reason == "The two never speak at once."
    assert one(found, "fdb15.rate_change", "agent").status == "undefined"
    assert one(found, "fdb15.response_latency", "agent").status == "undefined"


def test_what_the_recording_voids_is_undefined() -> None:
    source = CallInput(call=call(warnings=(voided("overlap"),)), speech=layer(CALL))
    assert {v.value for v in values_of(Fdb15Turns(), source)} == {None}


def sample(speech: Any = None, audio: Any = (), cache: str = "", **files: Any) -> CallInput:
    named = {f"fdb/{name}.json": json.dumps(body).encode() for name, body in files.items()}
    return CallInput(call=call(), documents=named, speech=speech, audio=audio, cache_dir=cache)


def spoken(*times: tuple[float, float]) -> dict[str, Any]:
    return {"chunks": [{"text": "w", "timestamp": [s, e]} for s, e in times]}


def test_a_samples_labels_are_shares() -> None:
    tag = {"behaviour": ["C_RESPOND", "c_resume", "odd"]}
    found = values_of(Fdb15Sample(), sample(content_tag=tag))
    assert {v.profile for v in found} == {FDB_15}
    respond = one(found, "fdb15.respond", "agent")
    assert (respond.value, respond.n) == (0.5, 2)
    assert respond.components["other_labels"] == 1
    assert one(found, "fdb15.resume", "agent").value == 0.5
    assert one(found, "fdb15.unknown", "agent").value == 0
    single = values_of(Fdb15Sample(), sample(content_tag={"behaviour": "C_UNKNOWN"}))
    assert one(single, "fdb15.unknown", "agent").value == 1


def test_without_a_layer_the_samples_own_intervals_are_taken() -> None:
    delivered = {"latency_stop_list": [[1.0, 1.6], [2, 2.2]], "latency_resp_list": [[2.2, 3.2]]}
    found = values_of(Fdb15Sample(), sample(latency_intervals=delivered))
    stop = one(found, "fdb15.stop_latency", "agent")
    assert stop.value == pytest.approx(0.4)
    assert stop.components["from"] == "latency_intervals.json"
    measured = values_of(Fdb15Sample(), sample(speech=layer(CALL), latency_intervals=delivered))
    stop = one(measured, "fdb15.stop_latency", "agent")
    assert stop.value == 1.0
    assert stop.components["delivered_stop_s"] == pytest.approx(0.4)


def test_a_sample_of_version_10_is_left_to_its_own_evaluator() -> None:
    assert values_of(Fdb15Sample(), sample(output=spoken((0, 1)), pause=[])) == []


def test_the_rate_is_compared_at_the_word_after_the_overlap() -> None:
    slow = [(i * 1.0, i * 1.0 + 0.5) for i in range(5)]
    fast = [(6 + i * 0.5, 6 + i * 0.5 + 0.3) for i in range(5)]
    found = values_of(
        Fdb15Sample(), sample(output=spoken(*slow, *fast), metadata={"timestamps": [4.6, 5.5]})
    )
    change = one(found, "fdb15.rate_change", "agent")
    assert change.value == pytest.approx(60 * 5 / 2.3 - 60 * 5 / 4.5, abs=1e-3)
    assert change.evidence[0].label == "66.7 before, 130.4 after"
    few = sample(output=spoken((0, 1), (8, 9)), metadata={"timestamps": [4.6, 5.5]})
    assert one(values_of(Fdb15Sample(), few), "fdb15.rate_change", "agent").reason == (
        "Too little is said before or after the overlaps."
    )


def test_a_clean_twin_is_read_from_its_own_files_and_split_where_the_overlap_would_be() -> None:
    slow = [(i * 1.0, i * 1.0 + 0.5) for i in range(5)]
    fast = [(6 + i * 0.5, 6 + i * 0.5 + 0.3) for i in range(5)]
    source = sample(
        clean_output=spoken(*slow, *fast),
        clean_content_tag={"behaviour": ["C_RESUME"]},
        metadata={"timestamps": [[4.6, 5.5]]},
    )
    found = values_of(Fdb15Sample(), source)
    assert one(found, "fdb15.rate_change", "agent").value == pytest.approx(63.7681, abs=1e-3)
    assert one(found, "fdb15.resume", "agent").value == 1


def voice(hz: float, seconds: float, level: float, rate: int) -> np.ndarray[Any, Any]:
    at = np.arange(round(seconds * rate)) / rate
    return level * sum(np.sin(2 * np.pi * hz * k * at) / k for k in range(1, 6))


def test_pitch_and_intensity_are_heard_in_the_agents_own_track(
    make_wav: Callable[..., Path], tmp_path: Path
) -> None:
    rate = 8000
    low, high = voice(120, 3, 0.1, rate), voice(180, 3, 0.2, rate)
    track = np.concatenate([low, np.zeros(rate), high])
    path = make_wav("two.wav", np.stack([np.zeros(len(track)), track], axis=1), rate)
    placed = AudioInput(
        role="agent", path=str(path), sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        channel_index=1, owned=True, placement=Placement(rate, 0, 0.0),
    )  # fmt: skip
    segments = [seg("agent", 0, 3 * rate), seg("agent", 4 * rate, 7 * rate),
                seg("caller", round(2.5 * rate), round(3.5 * rate))]  # fmt: skip
    source = CallInput(
        call=call(rate_hz=rate, frame_count=len(track)),
        speech=layer(segments),
        audio=(placed,),
        cache_dir=str(tmp_path / "cache"),
    )
    found = values_of(Fdb15Turns(), source)
    assert one(found, "fdb15.pitch_change", "agent").value == pytest.approx(60, abs=3)
    assert one(found, "fdb15.intensity_change", "agent").value == pytest.approx(6.02, abs=0.3)
    assert one(found, "fdb15.rate_change", "agent").status == "undefined"


def tone(levels_db: list[float], rate: int) -> np.ndarray[Any, Any]:
    """A tone that has each level for 30 ms."""
    size = round(0.030 * rate)
    at = np.arange(size * len(levels_db)) / rate
    gain = np.repeat(10 ** (np.array(levels_db) / 20), size)
    return np.asarray(gain * np.sin(2 * np.pi * 400 * at), np.float32)


def test_cut_offs_are_drops_of_18_db_from_6_db_above_the_floor() -> None:
    rate = 8000
    quiet, loud = [-60.0] * 20, [-20.0] * 20
    heard = [Span(0, 10**6)]
    assert drops(tone([*loud, *quiet], rate), rate, heard) == 1
    assert drops(tone([*loud, -37.0, -54.0, *quiet], rate), rate, heard) == 0, "17 dB a step"
    assert drops(tone([-20.0] * 40 + [-38.5] + [-20.0] * 40, rate), rate, heard) == 0, (
        "the voice is its own floor"
    )
    assert drops(tone([*loud, *quiet], rate), rate, [Span(0, rate // 10)]) == 0, "elsewhere"


def test_cut_offs_are_compared_before_and_after_for_each_minute_of_speech() -> None:
    rate, words = 8000, [TimedWord("w", 0.0, 0.5)]
    whole = tone([-20.0] * 100 + ([-20.0] * 10 + [-60.0] * 10) * 5, rate)
    half = round(100 * 0.030 * rate)
    speech = [Span(0, len(whole))]
    before, after = (
        manner(words, whole, speech, side, rate) for side in (Span(0, half), Span(half, len(whole)))
    )
    found = changes(
        Heading(profile=FDB_15, speaker="agent"),
        [Change(before, after, Span(0, len(whole)))],
        with_sound=True,
        none="",
    )
    change = next(v for v in found if v.metric_id == "fdb15.cutoff_change")
    assert change.value == pytest.approx(5 * 60 / 3.0)
    assert (change.components["before"], change.components["after"]) == ([0], [100])


edges = st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 800)), max_size=12)


@given(edges, edges)
def test_overlaps_are_where_both_speak(user: list[tuple[int, int]], agent: Any) -> None:
    lanes = [
        lane([seg(who, a, a + n, id_=f"{who}{i}") for i, (a, n) in enumerate(of)], who, 1000)
        for who, of in (("caller", user), ("agent", agent))
    ]
    covered = [{f for s in one_lane for f in range(s.start, s.end)} for one_lane in lanes]
    found = overlaps(*lanes)
    assert {f for s in found for f in range(s.start, s.end)} == covered[0] & covered[1]
    for late in answers(*lanes):
        assert late.frames > 0
