"""Caps hold, to the request, and a run goes on once they are raised."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from app.domain.endpoints import Price
from app.domain.errors import BadInput
from app.domain.evaluation import Run
from app.domain.judging import RunCost
from app.domain.ratings import Viewer
from app.domain.work import Quiet
from app.services import evaluating
from app.services.judging import endpoints, judging_runs
from app.services.judging.caps import Caps, Meter, Share
from app.services.workspace import Workspace
from tests.support.chat_answers import Answer, Asked, no_usage, ok
from tests.support.chat_server import ChatServer
from tests.unit.judging_runs.conftest import GIC, add_calls, replies

NOTHING = RunCost(asked=0, tokens=0, cached_tokens=0, priced_micro={}, unpriced=0, latency_ms=0)


def using(**usage: Any) -> Callable[[Asked], Answer]:
    def answer(asked: Asked) -> Answer:
        made = ok()(asked)
        return Answer(made.content, usage=usage)

    return answer


def test_a_run_stops_at_so_many_requests_and_goes_on_with_more(
    ws: Workspace, lead: Viewer, server: ChatServer
) -> None:
    run = judging_runs.create(ws, lead, add_calls(ws, 3), [GIC], caps=Caps(calls=10))
    stopped = evaluating.drive(Quiet(), ws, run.id)
    assert (stopped.state, stopped.note) == ("paused", "Stopped at its cap of 10 requests.")
    assert len(server.asked) == stopped.done == len(replies(ws)) == 10
    again = evaluating.drive(Quiet(), ws, run.id)  # nothing was raised
    assert (again.state, len(server.asked)) == ("paused", 10)
    judging_runs.raise_caps(ws, run.id, Caps(calls=24))
    done = evaluating.drive(Quiet(), ws, run.id)
    assert (done.state, done.done, done.note) == ("done", 24, "")
    assert len(server.keys) == len(set(server.keys)) == 24


def test_tokens_and_money_are_capped_too(
    ws: Workspace, judge: Callable[..., Run], server: ChatServer
) -> None:
    server.script = using(prompt_tokens=900, completion_tokens=100)
    endpoints.save_prices(ws, (Price(model="m", input_per_m=1.0, output_per_m=2.0),))
    ids = add_calls(ws, 4)
    run = judge(ids[:2], caps=Caps(tokens=5_000))
    assert (run.state, run.note) == ("paused", "Stopped at its cap of 5,000 tokens.")
    assert judging_runs.cost(ws, run.id).tokens == 5_000
    run = judge(ids[2:], caps=Caps(cost_micro=6_600))  # 1,100 each
    assert (run.state, run.note) == ("paused", "Stopped at its cap of 0.0066 USD.")
    used = judging_runs.cost(ws, run.id)
    assert (used.priced_micro, used.unpriced) == ({"USD": 6_600}, 0)


def test_a_cap_on_the_cost_needs_a_price(ws: Workspace, lead: Viewer) -> None:
    ids = add_calls(ws, 1)
    with pytest.raises(BadInput, match="No price in USD is known of m"):
        judging_runs.create(ws, lead, ids, [GIC], caps=Caps(cost_micro=1))


def test_unknown_prices_and_tokens_are_unknown_and_not_zero(
    ws: Workspace, judge: Callable[..., Run], server: ChatServer
) -> None:
    server.when["CALL-000"] = no_usage
    run = judge(add_calls(ws, 2))
    used = judging_runs.cost(ws, run.id)
    assert (used.priced_micro, used.unpriced, used.asked) == ({}, 16, 16)
    assert used.tokens > 0
    with ws.db.read() as uow:
        rows = uow.connection.exec_driver_sql(
            "SELECT count(*), count(prompt_tokens), count(cost_micro) FROM judge_reply"
        ).one()
    assert tuple(rows) == (16, 8, 0)


@pytest.mark.parametrize("at_a_time", [1, 7, 100])
def test_the_meter_lets_no_more_go_than_fits(at_a_time: int) -> None:
    most, used = Share(tokens=150), Share(tokens=100)

    async def use() -> int:
        meter = Meter(Caps(tokens=1_000), NOTHING)
        sent = 0

        async def worker() -> None:
            nonlocal sent
            while await meter.take(most):
                sent += 1
                await asyncio.sleep(0)
                meter.give(most, used)

        await asyncio.gather(*(worker() for _ in range(at_a_time)))
        return sent

    assert asyncio.run(asyncio.wait_for(use(), 5)) == 10


def test_money_of_another_currency_is_not_counted() -> None:
    async def use() -> bool:
        meter = Meter(Caps(cost_micro=10, currency="EUR"), NOTHING)
        assert await meter.take(Share())
        meter.give(Share(), Share(cost_micro=99, currency="USD"))
        assert await meter.take(Share())
        meter.give(Share(), Share(cost_micro=10, currency="EUR"))
        return await meter.take(Share())

    assert asyncio.run(use()) is False


def test_a_closed_meter_lets_nobody_wait() -> None:
    most = Share(tokens=60)

    async def use() -> list[bool]:
        meter = Meter(Caps(tokens=100), NOTHING)
        assert await meter.take(most)
        waiting = asyncio.ensure_future(meter.take(most))
        await asyncio.sleep(0)
        assert not waiting.done()
        meter.close()
        return [await waiting, await meter.take(most)]

    assert asyncio.run(asyncio.wait_for(use(), 5)) == [False, False]
