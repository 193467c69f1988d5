"""Limits a minute and the slow return after a 429, on a clock that only sleeping moves."""

from __future__ import annotations

import asyncio

import pytest

from app.models.chat_pace import Pace


class FakeClock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.now_s += seconds
        await asyncio.sleep(0)


def paced(rpm: float | None = None, tpm: float | None = None) -> tuple[Pace, FakeClock]:
    clock = FakeClock()
    return Pace(rpm, tpm, clock=clock, sleep=clock.sleep), clock


def leave(pace: Pace, count: int, tokens: int = 100) -> list[float]:
    """When each of many requests left."""

    async def run() -> list[float]:
        return await asyncio.gather(*(pace.leave(tokens) for _ in range(count)))

    return asyncio.run(run())


@pytest.mark.parametrize("rpm", [6.0, 60.0, 90.0, 300.0])
def test_no_minute_holds_more_requests_than_the_limit_and_a_second_s_share(rpm: float) -> None:
    pace, _ = paced(rpm=rpm)
    times = leave(pace, round(rpm * 2))
    allowed = rpm + max(1.0, rpm / 60)
    for start in times:
        assert sum(start <= t < start + 60.0 - 1e-6 for t in times) <= allowed + 1e-6
    took_s = times[-1] - times[0]
    assert took_s == pytest.approx(120.0, rel=0.2)  # and none is slower than it must be


def test_tokens_are_limited_likewise() -> None:
    pace, _ = paced(tpm=6000.0)
    times = leave(pace, 30, tokens=500)
    assert times[-1] - times[0] == pytest.approx(29 * 5.0, rel=0.05)


def test_a_wrong_guess_is_made_good() -> None:
    pace, clock = paced(tpm=6000.0)
    leave(pace, 1, tokens=100)
    pace.used(100, 1100)  # it was far more: ten seconds' worth is owed
    before_s = clock.now_s
    assert leave(pace, 1, tokens=100)[0] - before_s == pytest.approx(11.0, abs=0.1)
    pace.used(100, 0)  # it was refused and used nothing
    before_s = clock.now_s
    assert leave(pace, 1, tokens=100)[0] == before_s


def test_no_limit_is_no_wait() -> None:
    pace, clock = paced()
    assert set(leave(pace, 100)) == {clock.now_s} == {1000.0}


def test_after_a_429_all_wait_and_come_back_one_by_one() -> None:
    pace, _ = paced()
    left_s = leave(pace, 4)
    for each in left_s:  # all four were under way together
        pace.slow(8.0, each, together=4)
    times = leave(pace, 4)
    assert times == [1008.0, 1010.0, 1012.0, 1014.0]


def test_a_429_after_the_return_widens_the_distance_and_successes_narrow_it() -> None:
    pace, _ = paced()
    pace.slow(4.0, leave(pace, 1)[0], together=4)
    again = leave(pace, 1)[0]
    pace.slow(1.0, again, together=4)
    first, second = leave(pace, 2)
    assert second - first == pytest.approx(2.0)
    for _ in range(100):
        pace.ease()
    leave(pace, 1)  # the distance after the last one still holds
    assert len(set(leave(pace, 10))) == 1


def test_whoever_waits_first_leaves_first_and_a_cancelled_one_gives_its_place_up() -> None:
    async def run() -> list[int]:
        clock = FakeClock()
        pace, order = Pace(60.0, clock=clock, sleep=clock.sleep), []

        async def one(n: int) -> None:
            await pace.leave(1)
            order.append(n)

        tasks = [asyncio.create_task(one(n)) for n in range(5)]
        await asyncio.sleep(0)
        tasks[2].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return order

    assert asyncio.run(run()) == [0, 1, 3, 4]
