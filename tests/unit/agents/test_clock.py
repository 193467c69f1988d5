from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from app.agents.clock import CallClock
from app.agents.device_delay import DeviceDelay
from app.agents.recorded import Recorded
from app.audio.duplex import OUTPUT_UNDERFLOW, BlockRow

RATE, BLOCK = 1_000, 20
ZERO_NS = 5_000_000_000


def recorded(
    leads_ms: list[float],
    *,
    played: dict[int, tuple[int, int]],
    flags: dict[int, int] | None = None,
) -> Recorded:
    """Blocks of 20 ms; by block: (position, count) of what was played, the way through in ms."""
    rows, position = [], 0
    for n, lead in enumerate(leads_ms):
        position, count = played.get(n, (position, 0))
        at_ns = ZERO_NS + (n + 1) * 20_000_000
        rows.append(
            BlockRow(n * BLOCK, at_ns, 0.020, lead / 1000 - 0.020, (flags or {}).get(n, 0),
                     position, count)
        )  # fmt: skip
        position += count
    heard = np.zeros(len(leads_ms) * BLOCK, np.int16)
    for n, (_, count) in played.items():
        heard[n * BLOCK : n * BLOCK + count] = n + 1
    return Recorded(
        folder=Path(), head={}, end=None, rate_hz=RATE, mic=heard * 0, sent=heard * 0, heard=heard,
        blocks=tuple(rows), packets=(), sends=(),
    )  # fmt: skip


def test_times_of_the_machine_become_indexes() -> None:
    clock = CallClock(recorded([50.0] * 100, played={}))
    assert [clock.index_at(ZERO_NS + ms * 1_000_000) for ms in (0, 500, 1_990)] == [0, 500, 1_990]


def test_what_was_given_is_laid_where_it_was_heard() -> None:
    call = recorded([50.0] * 100, played={10: (0, 20), 11: (20, 20)})
    clock = CallClock(call)
    heard = clock.laid(call.heard, 0, len(call.heard))
    assert np.flatnonzero(heard).tolist() == list(range(250, 290))
    assert [clock.heard_at(p) for p in (0, 19, 20, 39, 40)] == [250, 269, 270, 289, None]


def test_the_first_moment_of_a_stream_and_a_lagging_way_in_do_not_move_it() -> None:
    leads = [700.0] * 5 + [55.0 - 0.1 * (n % 50) for n in range(195)]
    clock = CallClock(recorded(leads, played={100: (0, 20)}))
    assert clock.heard_at(0) == pytest.approx(100 * BLOCK + 54.5, abs=1)


def test_an_interruption_of_the_stream_begins_a_new_delay() -> None:
    leads = [50.0] * 100 + [120.0] * 100
    call = recorded(leads, played={50: (0, 20), 150: (20, 20)}, flags={100: OUTPUT_UNDERFLOW})
    clock = CallClock(call)
    assert (clock.heard_at(0), clock.heard_at(20)) == (50 * BLOCK + 50, 150 * BLOCK + 120)


def test_frames_that_were_flushed_were_never_heard() -> None:
    clock = CallClock(recorded([50.0] * 100, played={10: (0, 20), 60: (500, 20)}))
    assert clock.heard_at(300) is None
    assert clock.heard_at(505) == 60 * BLOCK + 5 + 50


@pytest.mark.parametrize(
    ("measured_ms", "spread_ms", "later_ms"), [(170.0, 1.0, 120), (53.0, 1.0, 0), (170.0, 9.0, 0)]
)
def test_what_the_device_does_not_tell_is_heard_later(
    measured_ms: float, spread_ms: float, later_ms: int
) -> None:
    call = recorded([50.0] * 100, played={10: (0, 20)})
    delay = DeviceDelay(measured_ms=measured_ms, reported_ms=50.0, spread_ms=spread_ms)
    clock = CallClock(replace(call, head={"delay": asdict(delay)}))
    assert clock.heard_at(0) == 10 * BLOCK + 50 + later_ms
    assert np.flatnonzero(clock.laid(call.heard, 0, len(call.heard)))[0] == 250 + later_ms
    assert clock.index_at(ZERO_NS + 500_000_000) == 500  # the way in is not touched
