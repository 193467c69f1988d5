"""A call in which the agent hears itself: its echo is not the caller."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.agents import measures
from app.agents.practice import voice
from app.agents.recorded import Recorded
from app.agents.recording import Packet
from app.audio.duplex import BlockRow
from app.domain.calls import Span
from app.services.assets import asset
from app.services.live_calls import library_call

RATE = voice.RATE_HZ
BLOCK = RATE // 50
HELLO_S, ANSWER_S, ECHO_MS = 0.5, 4.0, 60
BEGAN_NS = 1_000_000_000


def clip(name: str) -> np.ndarray:
    pcm = voice.clip(asset("practice", "clips"), name)
    assert pcm is not None
    return pcm


def recorded(echo_db: float | None, *, barge_in_s: float | None = None) -> Recorded:
    """The caller says hello, the agent answers in full; its voice comes back into the caller's."""
    hello, answer = clip("caller_hello"), clip("preparations")
    first = round(ANSWER_S * RATE) // BLOCK * BLOCK
    frames = (first + len(answer) + RATE) // BLOCK * BLOCK
    heard, caller = np.zeros(frames), np.random.default_rng(0).normal(0, 4, frames)
    heard[first : first + len(answer)] = answer
    caller[round(HELLO_S * RATE) :][: len(hello)] += hello
    if barge_in_s is not None:
        at = first + round(barge_in_s * RATE)
        said = clip("caller_birth")[: frames - at]
        caller[at : at + len(said)] += said
    if echo_db is not None:
        late = round(ECHO_MS * RATE / 1000)
        caller[late:] += 10 ** (echo_db / 20) * heard[:-late]
    sent = np.clip(caller, -32768, 32767).astype(np.int16)
    rows = []
    for index in range(0, frames, BLOCK):
        position = min(max(0, index - first), len(answer))
        count = min(BLOCK, len(answer) - position) if index >= first else 0
        at_ns = BEGAN_NS + (index + BLOCK) * 1_000_000_000 // RATE
        rows.append(BlockRow(index, at_ns, 0.020, -0.020, 0, position, count))
    packet = Packet(at_ns=BEGAN_NS + first * 1_000_000_000 // RATE, position=0,
                    frames=len(answer), item_id="one")  # fmt: skip
    return Recorded(
        folder=Path(), head={}, end=None, rate_hz=RATE, mic=sent, sent=sent,
        heard=heard.astype(np.int16), blocks=tuple(rows), packets=(packet,), sends=(),
    )  # fmt: skip


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


def test_a_call_in_which_the_agent_heard_itself_says_so() -> None:
    call = recorded(-20.0)
    found = measures.measure(call)
    assert "heard itself" in library_call.echo_words(call, found)
    clean = recorded(None)
    assert library_call.echo_words(clean, measures.measure(clean)) == ""
    checked = replace(clean, head={"echo_db": -28.0})
    assert "−28 dB before the call" in library_call.echo_words(checked, measures.measure(checked))
