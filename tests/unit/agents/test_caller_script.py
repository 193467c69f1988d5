from __future__ import annotations

from typing import Any

import numpy as np

from app.agents.caller_script import PATIENCE_MS, TURN_MS, CallerScript
from app.domain.calls import Span

RATE = 1_000
SPANS = (Span(100, 300), Span(2_000, 2_200))


def pcm() -> np.ndarray:
    out = np.zeros(2_500, np.int16)
    for number, span in enumerate(SPANS, start=1):
        out[span.start : span.end] = number
    return out


def said(script: CallerScript, until: int, agent: list[tuple[int, int]]) -> np.ndarray:
    """What the caller says up to `until` while the agent is heard in the spans given."""
    heard = np.zeros(until, np.int16)
    for start, end in agent:
        heard[start:end] = 5_000
    out = []
    for first in range(0, until, 20):
        script.hear(first, heard[first : first + 20])
        out.append(script.block(first, 20))
    return np.concatenate(out)


def onsets(out: np.ndarray, value: int) -> list[int]:
    return np.flatnonzero(np.diff((out == value).astype(int), prepend=0) == 1).tolist()


def test_as_recorded_nothing_moves() -> None:
    out = said(CallerScript(pcm(), RATE, SPANS), 3_000, [(500, 2_900)])
    assert np.array_equal(out[:2_500], pcm())
    assert not out[2_500:].any()


def test_a_barge_in_begins_to_the_sample_after_the_agent_is_heard() -> None:
    script = CallerScript(pcm(), RATE, SPANS, barge_in_ms=400, as_recorded=False)
    out = said(script, 3_000, [(907, 2_500)])
    assert onsets(out, 1) == [100]
    assert onsets(out, 2) == [907 + 400]


def test_one_utterance_alone_is_said_twice_to_interrupt() -> None:
    script = CallerScript(pcm()[:1_000], RATE, SPANS[:1], barge_in_ms=400)
    out = said(script, 3_000, [(900, 2_500)])
    assert onsets(out, 1) == [100, 1_300]


def test_by_turns_an_utterance_waits_until_the_agent_has_finished() -> None:
    script = CallerScript(pcm(), RATE, SPANS, as_recorded=False)
    out = said(script, 4_000, [(900, 1_500), (1_800, 2_400)])
    (onset,) = onsets(out, 2)
    assert 2_400 + TURN_MS <= onset <= 2_400 + TURN_MS + 40


def test_an_agent_that_never_answers_is_not_waited_for() -> None:
    script = CallerScript(pcm(), RATE, SPANS, as_recorded=False)
    out = said(script, 16_000, [])
    (onset,) = onsets(out, 2)
    assert 0 <= onset - 300 - PATIENCE_MS <= 40
    assert not script.is_over(16_000)
    assert script.is_over(onset + 200 + round(PATIENCE_MS) + 40)


KEYS = ((60, True), (340, False), (1_900, True), (2_260, False))


def pressed(script: CallerScript, until: int, agent: list[tuple[int, int]]) -> list[Any]:
    """What became of the key up to `until` while the agent is heard in the spans given."""
    found = []
    for first in range(0, until, 20):
        heard = np.zeros(20, np.int16)
        for start, end in agent:
            heard[max(0, start - first) : max(0, end - first)] = 5_000
        script.hear(first, heard)
        script.block(first, 20)
        found += script.keys_until(first + 20)
    return found


def test_as_recorded_the_key_is_turned_where_it_was() -> None:
    script = CallerScript(pcm(), RATE, SPANS, keys=KEYS)
    assert pressed(script, 3_000, [(500, 1_200)]) == [*KEYS]


def test_by_turns_the_key_goes_with_what_is_said() -> None:
    script = CallerScript(pcm(), RATE, SPANS, as_recorded=False, keys=KEYS)
    found = pressed(script, 6_000, [(900, 3_400)])
    assert found[:2] == [*KEYS[:2]]  # let go at once: the agent waits for it
    (taken, _), (given, _) = found[2:]
    assert taken >= 3_400 + TURN_MS  # and not into the agent's words
    assert given - taken == KEYS[3][0] - SPANS[1].start
