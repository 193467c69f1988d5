"""Streams without names: which utterance a packet belongs to, and when sound was really heard."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.agents.link import AgentEvent
from app.agents.played import PlayedWatch
from app.agents.playing import Playing
from app.agents.utterances import LATE_S, Utterances
from app.audio.duplex import BlockRow
from app.audio.play_queue import PlayQueue

RATE = 8_000
MS = 1_000_000


def sound(ms: int, level: int = 5_000) -> np.ndarray:
    return np.full(ms * RATE // 1000, level, np.int16)


def named(packets: list[tuple[int, np.ndarray]]) -> list[str]:
    """What utterance each packet, by its arrival in ms, belongs to."""
    utterances, names = Utterances(), []
    for at_ms, pcm in packets:
        if utterances.starts_anew(pcm, at_ms * MS):
            utterances.end()
        names.append(utterances.sound(pcm, RATE, at_ms * MS))
    return names


def test_packets_in_a_burst_or_in_real_time_are_one_utterance() -> None:
    burst = [(n, sound(138)) for n in range(10)]
    paced = [(1_380 + 138 * n, sound(138)) for n in range(1, 10)]
    assert set(named([*burst, *paced])) == {"agent-1"}


def test_a_new_one_begins_when_the_last_was_over_for_a_while() -> None:
    assert named([(0, sound(500)), (700, sound(20)), (1_100, sound(20))]) == [
        "agent-1", "agent-1", "agent-2",
    ]  # fmt: skip
    utterances = Utterances()
    utterances.sound(sound(500), RATE, 0)
    assert not utterances.has_ended(round((0.5 + LATE_S) * 1e9))
    assert utterances.has_ended(round((0.5 + LATE_S) * 1e9) + 1)


def test_a_stream_that_never_pauses_is_cut_where_it_is_silent() -> None:
    speech = [(20 * n, sound(20)) for n in range(10)]
    silence = [(200 + 20 * n, sound(20, 3)) for n in range(40)]
    answer = [(1_000 + 20 * n, sound(20)) for n in range(3)]
    assert named([*speech, *silence, *answer])[-4:] == ["agent-1", *["agent-2"] * 3]
    short = [(200 + 20 * n, sound(20, 3)) for n in range(30)]
    assert set(named([*speech, *short, (800, sound(20))])) == {"agent-1"}


def test_nothing_ends_that_has_not_begun() -> None:
    utterances = Utterances()
    assert utterances.end() == "agent-1" == utterances.current
    utterances.sound(sound(20), RATE, 0)
    assert (utterances.end(), utterances.current) == ("agent-1", "agent-2")


def row(at_ms: int, position: int, count: int, dac_ms: float) -> BlockRow:
    return BlockRow(0, at_ms * MS, 0.0, dac_ms / 1000, 0, position, count)


def test_what_was_given_is_heard_only_after_the_way_through_the_device() -> None:
    heard: list[str] = []
    watch = PlayedWatch(RATE)
    watch.wait(240, lambda: heard.append("first"))
    watch.wait(320, lambda: heard.append("second"))
    watch.blocks([row(100, 0, 160, 50), row(120, 160, 160, 50)], 120 * MS)
    due_ms = 120 + 50 + 10  # in the middle of the second block
    watch.blocks([], due_ms * MS - 1)
    assert heard == []
    watch.blocks([], due_ms * MS)
    assert heard == ["first"]
    watch.blocks([], (due_ms + 10) * MS)
    assert heard == ["first", "second"]


@pytest.mark.parametrize("is_dropped", [False, True])
def test_what_is_dropped_is_waited_for_no_longer(is_dropped: bool) -> None:
    heard: list[int] = []
    watch = PlayedWatch(RATE)
    for name in range(3):
        watch.wait(10_000, lambda name=name: heard.append(name))
    if is_dropped:
        watch.drop()
    watch.blocks([row(0, 0, 160, 0)], 10**15)
    assert heard == ([0, 1, 2] if is_dropped else [])


def test_a_flush_ends_every_wait_at_once() -> None:
    heard: list[str] = []
    cut: list[str] = []
    link: Any = SimpleNamespace(
        output_rate_hz=RATE, interrupted=lambda item_id, _played_ms: cut.append(item_id)
    )
    ignored = lambda *_, **__: None  # noqa: E731
    playing = Playing(PlayQueue(RATE), link, ignored, ignored)
    pcm = sound(500)
    playing.queue(AgentEvent(kind="audio", at_ns=1, item_id="a", pcm=pcm), pcm)
    playing.when_played(lambda: heard.append("mark"))
    assert heard == []
    playing.flush(AgentEvent(kind="clear", at_ns=2))
    assert (heard, cut) == (["mark"], ["a"])


def test_a_wait_for_what_is_long_played_is_over_at_the_next_block() -> None:
    heard: list[str] = []
    watch = PlayedWatch(RATE)
    watch.wait(0, lambda: heard.append("now"))
    watch.blocks([row(0, 500, 0, -3)], 1)
    assert heard == ["now"]
