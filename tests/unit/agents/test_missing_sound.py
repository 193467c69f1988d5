"""Sound that never came, held from both sides against what was left out."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.agents.missing_sound import (
    ELSEWHERE,
    SENT_AHEAD,
    TOO_FEW,
    UNNAMED,
    MissingSound,
    missing_sound,
)
from app.agents.practice.faults import Faults
from app.agents.recorded import Recorded
from app.agents.recording import Packet
from app.agents.utterances import Utterances

RATE = 24_000
NONE = np.zeros(0, np.int16)
JITTER_MS = 8.0


def call_of(packets: Sequence[Packet], *, captured: bool = False) -> Recorded:
    return Recorded(
        folder=Path(), head={"captured": captured}, end=None, rate_hz=RATE,
        mic=NONE, sent=NONE, heard=NONE, blocks=(), packets=tuple(packets), sends=(),
    )  # fmt: skip


def line(
    chunks: int,
    chunk_ms: float,
    lost: frozenset[int] = frozenset(),
    *,
    item: str = "a",
    pace: float = 1.0,
    late_ms: Sequence[float] | None = None,
    at_ms: float = 0.0,
) -> list[Packet]:
    """An utterance in equal packets, each so late after it was due."""
    frames = round(chunk_ms * RATE / 1000)
    late = late_ms if late_ms is not None else [0.0] * chunks
    return [
        Packet(round((at_ms + n * chunk_ms * pace + late[n]) * 1e6) + 1, n * frames, frames, item)
        for n in range(chunks)
        if n not in lost
    ]  # fmt: skip


@pytest.mark.parametrize("chunk_ms", [20.0, 40.0, 100.0, 138.0])
@pytest.mark.parametrize("share", [0.0, 0.02, 0.1, 0.3, 0.6])
def test_what_was_left_out_is_what_is_missing(share: float, chunk_ms: float) -> None:
    for seed, number in itertools.product(range(5), (1, 2)):
        chunks = round(4_000 / chunk_ms)
        lost = Faults(drop_share=share, seed=seed).dropped(chunks, number)
        jitter = np.random.default_rng(seed).uniform(0, JITTER_MS, chunks).tolist()
        found = missing_sound(call_of(line(chunks, chunk_ms, lost, late_ms=jitter)))
        planted = len(lost) * chunk_ms
        assert found.missing_ms is not None
        assert found.missing_ms == pytest.approx(planted, abs=0 if not lost else 2 * JITTER_MS)


def test_what_is_late_and_made_up_for_is_not_missing() -> None:
    late = [0.0] * 40
    late[10:14] = [170.0, 130.0, 90.0, 50.0]
    assert missing_sound(call_of(line(40, 40.0, late_ms=late))).missing_ms == 0


def test_utterances_add_up_and_what_lies_between_them_is_nobodys() -> None:
    packets = line(30, 40.0, frozenset({5, 6})) + line(
        30, 40.0, frozenset({9}), item="b", at_ms=9_000.0
    )
    assert missing_sound(call_of(packets)).missing_ms == pytest.approx(120.0)


def test_an_agent_that_runs_ahead_at_first_and_then_keeps_the_pace_has_one() -> None:
    burst = line(10, 40.0, pace=0.0)
    rest = [Packet(p.at_ns + 40_000_000, 0, p.frames, "a") for p in line(30, 40.0, frozenset({7}))]
    burst = [Packet(n + 1, 0, p.frames, "a") for n, p in enumerate(burst)]
    assert missing_sound(call_of(burst + rest)).missing_ms == pytest.approx(40.0, abs=0.1)


@pytest.mark.parametrize("lost", [frozenset(), frozenset({4, 9})])
def test_of_an_agent_that_sends_ahead_nothing_is_known_and_it_says_why(
    lost: frozenset[int],
) -> None:
    found = missing_sound(call_of(line(40, 100.0, lost, pace=0.1)))
    assert found == MissingSound(missing_ms=None, missing_why=SENT_AHEAD)
    both = line(40, 100.0) + line(40, 100.0, lost, item="b", pace=0.1)
    assert missing_sound(call_of(both)).missing_ms is None


def test_where_utterances_have_no_names_a_hole_may_be_a_pause() -> None:
    named = Utterances()
    packets = [
        replace(p, item_id=named.sound(np.full(p.frames, 900, np.int16), RATE, p.at_ns))
        for p in line(40, 40.0, frozenset({7}))
    ]
    assert missing_sound(call_of(packets)) == MissingSound(missing_ms=None, missing_why=UNNAMED)


def test_without_packets_there_is_no_pace() -> None:
    assert missing_sound(call_of(())).missing_why == TOO_FEW
    assert missing_sound(call_of(line(3, 40.0))).missing_why == TOO_FEW
    assert missing_sound(call_of(line(40, 40.0), captured=True)).missing_why == ELSEWHERE


def test_what_came_in_one_message_is_one_packet() -> None:
    packets = line(30, 40.0)
    tail = Packet(packets[-1].at_ns, 0, 12, "a")
    assert missing_sound(call_of([*packets, tail])).missing_ms == 0
