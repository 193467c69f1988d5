"""A recorded call with the practice agent, made without placing it: one answer, maybe its echo."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from app.agents.practice import voice
from app.agents.recorded import Recorded
from app.agents.recording import Packet
from app.audio.duplex import BlockRow
from app.services.assets import asset

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
