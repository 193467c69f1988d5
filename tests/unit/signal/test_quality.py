"""DNSMOS and PLCMOS of a call: what of a channel is rated, and where the values point."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.domain.calls import Span
from app.domain.errors import BadInput, Cancelled
from app.eval.base import Watch
from app.eval.registry import build
from app.eval.signal import material
from app.eval.signal.quality import Dnsmos, Plcmos, pieces
from app.eval.signal.quality_metrics import DNSMOS, PLCMOS
from app.models import dnsmos
from tests.unit.signal.rig import call_input, check, line, value

DEMO = Path(__file__).resolve().parents[3] / "assets/demo/calls/parcel-es.flac"
RATE = 16_000
Floats = NDArray[np.float32]


def call() -> tuple[Floats, dict[Any, Any]]:
    """Twenty seconds: the demo's agent, then its voice again on the caller's channel."""
    x, rate = soundfile.read(DEMO, dtype="float32")
    assert rate == RATE
    agent = x[:, 1]
    loud = np.add.reduceat(agent**2, np.arange(0, len(agent), RATE))
    best = RATE * int(loud[2:-2].argmax() + 2)
    voice = agent[best - 2 * RATE : best + 2 * RATE]
    both = np.random.default_rng(0).normal(0, 3e-4, (20 * RATE, 2)).astype(np.float32)
    both[RATE : RATE + len(voice), 1] += voice
    both[8 * RATE : 8 * RATE + len(voice), 0] += voice
    both[14 * RATE : 14 * RATE + len(voice), 1] += voice
    return both, {"agent": [(1, 5), (14, 18)], "caller": [(8, 12)]}


def test_dnsmos_rates_what_its_owner_says(tmp_path: Path) -> None:
    samples, talk = call()
    source = call_input(tmp_path, samples, RATE, talk=talk)
    found = Dnsmos().evaluate(source, Watch())
    check(found, DNSMOS, len(samples))
    assert len(found.values) == 8
    spans = [Span(round(a * RATE), round(b * RATE)) for a, b in ((0.75, 5.25), (13.75, 18.25))]
    clip = material.joined(samples[:, 1].copy(), spans, RATE)
    wanted = dnsmos.score(clip.samples).scores
    for column, spec in enumerate(DNSMOS):
        got = value(found, spec.id, "agent")
        assert got.value == pytest.approx(wanted[:, column].mean(), abs=1e-4)
        assert got.n == len(wanted)
        assert got.profile == "dnsmos-p835 exact"
        assert got.components["speech_s"] == 8.0
        assert [e.value for e in got.evidence] == pytest.approx(list(wanted[:, column]))
        assert all(e.span.start >= spans[0].start for e in got.evidence)


def test_fast_mode_is_another_profile(tmp_path: Path) -> None:
    samples, talk = call()
    source = call_input(tmp_path, samples, RATE, talk=talk)
    found = Dnsmos(mode="fast").evaluate(source, Watch())
    got = value(found, "dnsmos.ovrl", "agent")
    assert got.profile == "dnsmos-p835 hop 9"
    assert got.n == 2  # nine seconds, doubled


def test_turns_are_rated_when_asked(tmp_path: Path) -> None:
    samples, talk = call()
    talk["agent"] = [(1, 5), (14, 14.6)]
    text = {"heard": [line("caller", 8, 12, "what was that", RATE)]}
    source = call_input(tmp_path, samples, RATE, talk=talk, texts=text)
    found = Dnsmos(mode="fast", turns=True).evaluate(source, Watch())
    check(found, DNSMOS, len(samples))
    turn = value(found, "dnsmos.ovrl", "agent", "t1")
    alone = dnsmos.score(samples[RATE : 5 * RATE, 1].copy(), hop_s=9.0).scores
    assert turn.value == pytest.approx(alone[:, 2].mean(), abs=1e-4)
    assert turn.evidence[0].span == Span(RATE, 5 * RATE)
    assert {v.turn_id for v in found.values} == {None, "t1"}  # t3 is too short


def test_words_are_read_only_where_turns_are_numbered() -> None:
    plain, turns = build("signal.dnsmos"), build("signal.dnsmos", {"turns": True})
    assert plain.reads == {"audio", "speech"}
    assert {"audio", "speech", "human", "heard"} <= turns.reads
    assert build("signal.dnsmos").reads == {"audio", "speech"}


@pytest.mark.parametrize("kind", [Dnsmos, Plcmos])
def test_too_little_speech_is_undefined(tmp_path: Path, kind: Any) -> None:
    samples, _ = call()
    source = call_input(tmp_path, samples, RATE, talk={"agent": [(1, 1.9)], "caller": []})
    found = kind().evaluate(source, Watch())
    check(found, kind.metrics, len(samples))
    for got in found.values:
        assert got.status == "undefined"
        assert "less than 1 s" in got.reason


@pytest.mark.parametrize("kind", [Dnsmos, Plcmos])
def test_a_mix_is_rated_as_one(tmp_path: Path, kind: Any) -> None:
    samples, talk = call()
    source = call_input(tmp_path, samples.sum(axis=1), RATE, talk=talk)
    found = kind().evaluate(source, Watch())
    assert {v.speaker for v in found.values} == {None}
    assert all(v.value is not None for v in found.values)


@pytest.mark.parametrize("rate", [8_000, 48_000])
@pytest.mark.parametrize("kind", [Dnsmos, Plcmos])
def test_other_rates_and_holes(tmp_path: Path, rate: int, kind: Any) -> None:
    rng = np.random.default_rng(0)
    samples = rng.normal(0, 0.1, (6 * rate, 2)).astype(np.float32)
    samples[rate : rate + 50] = np.nan
    talk = {"agent": [(0.5, 3)], "caller": [(3, 5.9)]}
    source = call_input(tmp_path, samples, rate, talk=talk)
    found = kind().evaluate(source, Watch())
    check(found, kind.metrics, len(samples))
    assert all(v.value is not None and 1 <= v.value <= 5 for v in found.values)


def test_speech_that_the_recording_does_not_reach(tmp_path: Path) -> None:
    """A layer of another tool may go on after the end."""
    source = call_input(tmp_path, np.zeros((RATE, 2)), RATE, talk={"agent": [(3, 9)]})
    for kind in (Dnsmos, Plcmos):
        assert value(kind().evaluate(source, Watch()), kind.metrics[0].id, "agent").value is None


def test_plcmos_hears_a_stretch_with_lost_packets(tmp_path: Path) -> None:
    samples, talk = call()
    hurt = samples.copy()
    for at in np.random.default_rng(1).integers(0, 4 * 50, 40):
        start = 14 * RATE + at * 320
        hurt[start : start + 320, 1] = 0
    whole, broken = (
        Plcmos().evaluate(call_input(tmp_path, x, RATE, talk=talk), Watch())
        for x in (samples, hurt)
    )
    before, after = value(whole, PLCMOS.id, "agent"), value(broken, PLCMOS.id, "agent")
    assert before.n == after.n == 2
    first, second = after.evidence
    assert second.value is not None
    assert first.value is not None
    assert second.value < first.value - 0.3
    assert second.span.start >= 13 * RATE
    assert after.components["worst"] == second.value
    assert value(broken, PLCMOS.id, "caller").value == value(whole, PLCMOS.id, "caller").value


def test_work_can_be_stopped(tmp_path: Path) -> None:
    samples, talk = call()
    source = call_input(tmp_path, samples, RATE, talk=talk)
    for kind in (Dnsmos, Plcmos):
        with pytest.raises(Cancelled):
            kind().evaluate(source, Watch(cancelled=lambda: True))


def test_arguments_are_checked() -> None:
    with pytest.raises(BadInput, match="exact, fast"):
        build("signal.dnsmos", {"mode": "quick"})
    for name in ("signal.dnsmos", "signal.plcmos"):
        for wrong in (-1.0, float("nan"), float("inf")):
            with pytest.raises(BadInput, match="0 for all"):
                build(name, {"most_s": wrong})


SPANS = st.lists(st.tuples(st.integers(0, 900), st.integers(1, 60)), min_size=1, max_size=12)


@given(SPANS, st.floats(0, 90))
@settings(max_examples=80, deadline=None)
def test_what_is_taken_of_a_long_call_is_part_of_it(
    raw: list[tuple[int, int]], most_s: float
) -> None:
    rate = 10
    spans = material.stretches([Span(a * rate, (a + n) * rate) for a, n in raw], rate, 960 * rate)
    taken = material.spread(spans, rate, most_s)
    total = sum(s.frames for s in spans)
    kept = sum(s.frames for s in taken)
    assert all(any(w.start <= s.start and s.end <= w.end for w in spans) for s in taken)
    assert all(a.end < b.start for a, b in pairwise(taken))
    if not round(most_s * rate) or total <= round(most_s * rate):
        assert taken == spans
    else:
        assert kept <= most_s * rate + 1
        assert kept >= 0.5 * min(most_s * rate, total) - 10


def test_pieces_come_from_all_over_the_call() -> None:
    spans = [Span(0, 6000), Span(10_000, 16_000)]
    taken = material.spread(spans, 10, 60)
    assert taken[0].start == 0
    assert taken[-1].end == 16_000
    assert sum(s.frames for s in taken) == 600
    assert any(s.start >= 10_000 for s in taken[:-1])


def test_places_in_a_clip_lead_back_to_the_call() -> None:
    samples = np.arange(RATE * 10, dtype=np.float32) / RATE / 10
    spans = [Span(8_000, 16_000), Span(40_000, 48_000)]  # at 8 kHz: 1..2 s and 5..6 s
    clip = material.joined(samples, spans, 8_000)
    assert clip.seconds == 2.0
    assert clip.samples[RATE // 2] == samples[RATE + RATE // 2]
    assert clip.place(0, RATE) == Span(8_000, 15_999)
    assert clip.place(RATE // 2, RATE + RATE // 2) == Span(12_000, 43_999)
    assert clip.place(RATE, 2 * RATE) == Span(40_000, 47_999)


@given(SPANS)
@settings(max_examples=50, deadline=None)
def test_pieces_for_packet_loss_have_no_seam_and_are_short(raw: list[tuple[int, int]]) -> None:
    rate = 100
    spans = material.merged([Span(a * rate, a * rate + 25 * n) for a, n in raw], 0, 10**6)
    found = pieces(spans, rate)
    assert all(s.frames <= 10 * rate + 1 for s in found)
    assert sum(s.frames for s in found) == sum(s.frames for s in spans if s.frames >= rate)
