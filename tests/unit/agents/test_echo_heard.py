"""A call in which the agent hears itself: its echo is not the caller."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.agents import measures
from app.domain.calls import Span
from app.services.live_calls import library_call
from tests.support.made_call import ANSWER_S, RATE, recorded


def seconds(spans: tuple[Span, ...]) -> list[float]:
    return [round(s.start / RATE, 1) for s in spans]


@pytest.mark.parametrize("echo_db", [-10.0, -20.0, -30.0])
def test_the_agents_echo_is_no_caller_and_no_barge_in(echo_db: float) -> None:
    found = measures.measure(recorded(echo_db))
    assert found.stream.echo_db == pytest.approx(echo_db, abs=1.5)
    assert found.barge_ins == ()
    assert all(at < ANSWER_S - 1 for at in seconds(found.caller))
    clean = measures.measure(recorded(None))
    assert found.caller == clean.caller
    assert [t.mouth_to_ear_ms for t in found.turns] == [t.mouth_to_ear_ms for t in clean.turns]
    assert clean.stream.echo_db is None


@pytest.mark.parametrize("echo_db", [None, -30.0])
def test_a_caller_who_really_interrupts_is_kept(echo_db: float | None) -> None:
    found = measures.measure(recorded(echo_db, barge_in_s=3.0))
    assert len(found.barge_ins) == 1


def test_the_callers_voice_in_the_agents_sound_stays_the_callers() -> None:
    call = recorded(None)
    early = RATE // 20
    sent = np.concatenate([call.heard[early:], np.zeros(early, np.int16)]) // 2
    found = measures.measure(replace(call, sent=sent))
    assert found.stream.echo_db is None
    assert found.caller != ()


def test_a_call_in_which_the_agent_heard_itself_says_so() -> None:
    call = recorded(-20.0)
    found = measures.measure(call)
    assert "heard itself" in library_call.echo_words(call, found)
    clean = recorded(None)
    assert library_call.echo_words(clean, measures.measure(clean)) == ""
    checked = replace(clean, head={"echo_db": -28.0})
    assert "−28 dB before the call" in library_call.echo_words(checked, measures.measure(checked))
