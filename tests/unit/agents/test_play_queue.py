from __future__ import annotations

import numpy as np

from app.audio.play_queue import FADE_MS, PREBUFFER_MS, PlayQueue

RATE = 1_000
PREBUFFER = round(RATE * PREBUFFER_MS / 1000)
FADE = round(RATE * FADE_MS / 1000)


def block(queue: PlayQueue, frames: int = 20) -> tuple[list[int], int]:
    out = np.full(frames, -1, np.int16)
    count = queue.fill(out)
    return out.tolist(), count


def ramp(count: int, first: int = 1) -> np.ndarray:
    return np.arange(first, first + count, dtype=np.int16)


def test_an_utterance_waits_for_its_prebuffer_and_then_comes_whole() -> None:
    queue = PlayQueue(RATE)
    queue.write(ramp(PREBUFFER - 1))
    assert block(queue) == ([0] * 20, 0)
    queue.write(ramp(1, PREBUFFER))
    assert block(queue) == (list(range(1, 21)), 20)


def test_a_short_utterance_that_is_complete_does_not_wait() -> None:
    queue = PlayQueue(RATE)
    queue.write(ramp(5))
    queue.end()
    assert block(queue) == ([1, 2, 3, 4, 5, *[0] * 15], 5)


def test_running_dry_is_told_only_when_the_same_utterance_goes_on() -> None:
    queue = PlayQueue(RATE)
    queue.write(ramp(PREBUFFER))
    for _ in range(3):
        block(queue)
    assert queue.write(ramp(PREBUFFER)) is True
    for _ in range(3):
        block(queue)
    queue.end()
    assert queue.write(ramp(PREBUFFER)) is False


def test_a_flush_is_silence_after_a_fade_and_tells_what_was_played() -> None:
    queue = PlayQueue(RATE)
    queue.write(np.full(500, 1_000, np.int16))
    block(queue)
    assert queue.flush() == 20
    heard, count = block(queue)
    assert count == FADE
    assert heard[0] == 1_000
    assert sorted(heard[:FADE], reverse=True) == heard[:FADE]
    assert heard[FADE:] == [0] * (20 - FADE)
    assert block(queue) == ([0] * 20, 0)


def test_what_comes_after_a_flush_is_played() -> None:
    queue = PlayQueue(RATE)
    queue.write(ramp(100))
    queue.flush()
    queue.write(np.full(PREBUFFER, 7, np.int16))
    block(queue)  # the flush itself
    assert block(queue) == ([7] * 20, 20)


def test_more_than_the_ring_holds_is_refused_and_counted() -> None:
    queue = PlayQueue(RATE, capacity_s=0.1)
    queue.write(ramp(150))
    assert queue.refused == 50
    assert block(queue, 100)[0] == list(range(1, 101))
