"""The ring and its outlet: wrap-around, jumps with crossfades, underruns."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from app.audio.playhead import heard_position
from app.audio.ring import HISTORY, Outlet, Ring

RAMP = 8


def ramp_block(start: int, count: int) -> NDArray[np.float32]:
    values = np.arange(start, start + count, dtype=np.float32)
    return np.stack([values, -values], 1)


def take(outlet: Outlet, count: int, dac_s: float = 0.0) -> NDArray[np.float32]:
    out = np.full((count, 2), np.nan, np.float32)
    outlet.fill(out, dac_s)
    return out


def playing(capacity: int = 100) -> Outlet:
    outlet = Outlet(Ring(capacity), RAMP)
    outlet.ring.write(ramp_block(0, 50))
    outlet.send(0)
    take(outlet, RAMP)
    return outlet


def test_positions_go_on_across_the_ring_s_end() -> None:
    outlet = playing()
    for start in range(50, 1_000, 25):
        at = outlet.read
        np.testing.assert_array_equal(take(outlet, 25), ramp_block(at, 25))
        outlet.ring.write(ramp_block(start, 25))


def test_before_the_first_jump_there_is_silence() -> None:
    assert not take(Outlet(Ring(10), RAMP), 7).any()


def test_a_jump_fades_the_old_out_and_the_new_in() -> None:
    outlet = Outlet(Ring(200), RAMP)
    outlet.ring.write(np.ones((60, 2), np.float32))
    outlet.send(0)
    take(outlet, 20)
    outlet.ring.write(np.full((60, 2), 3.0, np.float32))
    outlet.send(60)
    heard = take(outlet, 5)
    heard = np.concatenate([heard, take(outlet, 15)])[:, 0]
    rising = (np.arange(RAMP) + 1) / (RAMP + 1)
    np.testing.assert_allclose(heard[:RAMP], 1.0 + 2.0 * rising, rtol=1e-6)
    np.testing.assert_array_equal(heard[RAMP:], 3.0)
    assert outlet.read == 80


def test_an_aligned_jump_keeps_step_however_late_it_is_taken() -> None:
    outlet = playing()
    base = outlet.read
    outlet.ring.write(ramp_block(base, 40))  # the same frames again, from the base on
    outlet.send(50, base=base)
    heard = take(outlet, 12)
    np.testing.assert_allclose(heard, ramp_block(base, 12), rtol=1e-6)
    late = playing()
    base = late.read
    late.ring.write(ramp_block(base, 40))
    take(late, 9)
    late.send(50, base=base)
    np.testing.assert_allclose(take(late, 12), ramp_block(base + 9, 12), rtol=1e-6)


def test_a_stop_fades_out_and_tells_where() -> None:
    outlet = playing()
    at = outlet.read
    outlet.send_stop()
    heard = take(outlet, 20)
    assert outlet.stopped_at == at
    assert heard[0, 0] != 0.0
    assert not heard[RAMP:].any()
    assert not outlet.playing


def test_an_empty_ring_is_counted_unless_it_is_the_end() -> None:
    outlet = playing()
    heard = take(outlet, 60)
    assert outlet.underruns == 1
    assert not heard[50 - RAMP :].any()
    ended = playing()
    ended.end = 50
    take(ended, 60)
    take(ended, 60)
    assert ended.underruns == 0


def test_only_one_jump_is_taken_per_fade() -> None:
    outlet = playing(400)
    outlet.ring.write(ramp_block(100, 50))
    outlet.send(50)
    take(outlet, RAMP // 2)
    outlet.ring.write(ramp_block(200, 50))
    outlet.send(100)
    take(outlet, RAMP // 2)
    assert outlet.pending
    take(outlet, 1)
    assert not outlet.pending


@pytest.mark.parametrize("latency_s", [0.0, 0.03])
def test_what_is_heard_follows_the_clock_and_stops_at_what_was_handed_over(
    latency_s: float,
) -> None:
    rate = 1_000
    outlet = Outlet(Ring(100_000), RAMP)
    outlet.ring.write(ramp_block(0, 90_000))
    outlet.send(0)
    block = 10
    for index in range(HISTORY * 3):
        take(outlet, block, index * block / rate + latency_s)
    handed = HISTORY * 3 * block
    now_s = handed / rate
    assert heard_position(outlet, now_s, rate) == handed - round(latency_s * rate)
    assert heard_position(outlet, now_s - 0.0145, rate) == pytest.approx(
        handed - latency_s * rate - 14.5, abs=1
    )
    assert heard_position(outlet, now_s + 9.0, rate) == handed
