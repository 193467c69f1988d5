"""The doorway between threads and Qt: order, delivery, cancel, failure."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.domain.errors import BadInput
from app.tasks.runner import Lane, TaskContext, TaskRunner


@pytest.fixture
def runner(qapp: object) -> Iterator[TaskRunner]:
    made = TaskRunner()
    yield made
    made.close()


def test_every_early_progress_arrives_because_start_comes_last(
    runner: TaskRunner, qtbot: QtBot
) -> None:
    def work(ctx: TaskContext) -> str:
        for i in range(5):
            ctx.partial(i)
        return "done"

    task = runner.task(Lane.CPU, work)
    seen: list[object] = []
    task.partial.connect(seen.append)
    task.succeeded.connect(seen.append)
    with qtbot.waitSignal(task.finished):
        task.start()
    assert seen == [0, 1, 2, 3, 4, "done"]


def test_delivery_is_on_the_main_thread(runner: TaskRunner, qtbot: QtBot) -> None:
    threads: list[threading.Thread] = []
    task = runner.task(Lane.READ, lambda _ctx: threading.current_thread())
    task.succeeded.connect(lambda _v: threads.append(threading.current_thread()))
    with qtbot.waitSignal(task.finished):
        task.start()
    assert threads == [threading.main_thread()]


def test_write_lane_keeps_the_order_of_actions(runner: TaskRunner, qtbot: QtBot) -> None:
    seen: list[int] = []

    def write(n: int) -> int:
        time.sleep(0.002 if n % 2 else 0)
        seen.append(n)
        return n

    for n in range(20):
        runner.run(Lane.WRITE, write, n)
    qtbot.waitUntil(lambda: len(seen) == 20)
    assert seen == list(range(20))


def test_a_user_error_reaches_the_handler_and_nothing_else(
    runner: TaskRunner, qtbot: QtBot
) -> None:
    def broken() -> None:
        raise BadInput("x.wav is empty.", "Choose another file.")

    errors: list[BadInput] = []
    done: list[object] = []
    runner.run(Lane.CPU, broken, done=done.append, failed=errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert errors[0].remedy == "Choose another file."
    assert not done


def test_cancel_is_silent_and_drops_the_result(runner: TaskRunner, qtbot: QtBot) -> None:
    begun = threading.Event()

    def work(ctx: TaskContext) -> str:
        begun.set()
        while True:
            ctx.raise_if_cancelled()
            time.sleep(0.001)

    task = runner.task(Lane.CPU, work)
    outcome: list[object] = []
    task.succeeded.connect(outcome.append)
    task.failed.connect(outcome.append)
    with qtbot.waitSignal(task.finished):
        task.start()
        assert begun.wait(5)
        task.cancel()
    assert outcome == []


def test_close_finishes_writes_that_were_accepted(qapp: object) -> None:
    runner = TaskRunner()
    written: list[int] = []
    for n in range(5):
        runner.run(Lane.WRITE, lambda n: (time.sleep(0.01), written.append(n)), n)
    runner.close()
    assert written == [0, 1, 2, 3, 4]


def test_lanes_do_not_alias() -> None:
    assert len({lane.value for lane in Lane}) == len(list(Lane)) == 5


def test_nothing_is_started_once_the_lanes_are_closed(qapp: object) -> None:
    closed = TaskRunner()
    closed.close()
    ran: list[int] = []
    closed.run(Lane.READ, ran.append, 1)
    assert ran == []
    assert closed.live == ()
