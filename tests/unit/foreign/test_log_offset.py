"""Where a log's clock lies on a recording."""

from __future__ import annotations

import numpy as np
import pytest

from app.audio.log_offset import NONE, LoggedTrack, LogOffset, activity, estimate

HOP_S = 0.010
Spans = list[tuple[float, float]]


def talk(seed: int, turns: int = 8) -> tuple[Spans, Spans]:
    """Spans of caller and agent, one after the other, seconds of the recording."""
    rng = np.random.default_rng(seed)
    at, sides = 1.5, ([], [])  # type: ignore[var-annotated]
    for turn in range(turns):
        length = float(rng.uniform(0.8, 6.0))
        sides[turn % 2].append((at, at + length))
        at += length + float(rng.uniform(0.3, 3.0))
    return sides


def levels(spans: Spans, seconds: float, *, noise_db: float = -75.0, seed: int = 1) -> np.ndarray:
    """Levels of speech-like sound: words of 0.1 to 0.4 s with gaps of up to 0.1 s."""
    rng = np.random.default_rng(seed)
    out = rng.normal(noise_db, 1.5, round(seconds / HOP_S))
    for start, end in spans:
        at = start
        while at < end:
            word = min(float(rng.uniform(0.1, 0.4)), end - at)
            first, last = round(at / HOP_S), round((at + word) / HOP_S)
            out[first:last] = np.maximum(out[first:last], rng.normal(-22, 4, last - first))
            at += word + float(rng.uniform(0.0, 0.1))
    return out.astype(np.float32)


def found(
    caller: Spans, agent: Spans, offset_s: float, *, late_s: float = 0.0, noise_db: float = -75.0
) -> LogOffset:
    """The estimate for a log whose times are `offset_s` less than the recording's."""
    seconds = max(end for _, end in caller + agent) + 2
    tracks = [
        LoggedTrack(
            levels_db=levels(spans, seconds, noise_db=noise_db, seed=n),
            spans_s=[(a - offset_s, b - offset_s + late_s) for a, b in spans],
        )
        for n, spans in enumerate((caller, agent))
    ]
    return estimate(tracks, HOP_S)


@pytest.mark.parametrize("offset_s", [0.0, 0.137, 1.5, 4.321, -0.73, 27.4])
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_offset_is_found_within_20_ms(offset_s: float, seed: int) -> None:
    answer = found(*talk(seed), offset_s)
    assert answer.offset_s == pytest.approx(offset_s, abs=0.020)
    assert answer.confidence > 0.6


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ends_that_are_logged_600_ms_late_do_not_shift_it(seed: int) -> None:
    answer = found(*talk(seed), 1.25, late_s=0.6)
    assert answer.offset_s == pytest.approx(1.25, abs=0.020)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_noise_15_db_below_speech_does_not_shift_it(seed: int) -> None:
    answer = found(*talk(seed), 2.0, noise_db=-40.0)
    assert answer.offset_s == pytest.approx(2.0, abs=0.020)


def test_onsets_that_jitter_still_give_their_middle() -> None:
    caller, agent = talk(5, turns=20)
    rng = np.random.default_rng(9)
    seconds = max(end for _, end in caller + agent) + 2
    tracks = [
        LoggedTrack(
            levels_db=levels(spans, seconds, seed=n),
            spans_s=[(a - 3.0 + float(rng.normal(0, 0.02)), b - 3.0) for a, b in spans],
        )
        for n, spans in enumerate((caller, agent))
    ]
    assert estimate(tracks, HOP_S).offset_s == pytest.approx(3.0, abs=0.020)


def test_a_log_that_has_nothing_to_do_with_the_sound_is_not_trusted() -> None:
    caller, agent = talk(1)
    other_caller, other_agent = talk(77)
    seconds = max(end for _, end in caller + agent) + 2
    tracks = [
        LoggedTrack(levels_db=levels(a, seconds, seed=n), spans_s=b)
        for n, (a, b) in enumerate(((caller, other_caller), (agent, other_agent)))
    ]
    assert estimate(tracks, HOP_S).confidence < 0.3


def test_speech_at_even_intervals_could_lie_at_several_places() -> None:
    spans = [(2.0 + 4 * n, 4.0 + 4 * n) for n in range(20)]
    track = LoggedTrack(levels_db=levels(spans, 90.0), spans_s=[(a - 2, b - 2) for a, b in spans])
    assert estimate([track], HOP_S).confidence < 0.6


@pytest.mark.parametrize(
    ("heard", "spans"),
    [
        (np.full(1000, -90.0), [(0.0, 1.0)]),
        (np.full(1000, -20.0), [(0.0, 1.0)]),
        (np.zeros(0), [(0.0, 1.0)]),
        (np.full(1000, -90.0), []),
        (np.r_[np.full(500, -90.0), np.full(500, -20.0)], []),
    ],
)
def test_without_speech_there_is_no_offset(heard: np.ndarray, spans: Spans) -> None:
    assert estimate([LoggedTrack(levels_db=heard, spans_s=spans)], HOP_S) == NONE


def test_short_pauses_are_closed_and_clicks_dropped() -> None:
    heard = np.full(400, -80.0)
    heard[50:100] = heard[110:200] = -20.0
    heard[300:303] = -10.0
    active = activity(heard, HOP_S)
    assert active[50:200].all()
    assert not active[:50].any()
    assert not active[200:].any()
