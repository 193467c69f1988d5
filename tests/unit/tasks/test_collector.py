"""Garbage is collected by the timer, young often and old seldom, and the start's is set aside."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from app.tasks.collector import FULL_EVERY, Collector


class Cycle:
    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def collector(qapp: object) -> Iterator[Collector]:
    was_on = gc.isenabled()
    gc.unfreeze()
    made = Collector()
    made._timer.stop()
    yield made
    gc.unfreeze()
    if was_on:
        gc.enable()


def lost_cycle() -> weakref.ref[Cycle]:
    return weakref.ref(Cycle())


def test_nothing_is_collected_but_by_the_tick(collector: Collector) -> None:
    assert not gc.isenabled()
    collector.tick()
    lost = lost_cycle()
    assert lost() is not None
    collector.tick()
    assert lost() is None


def test_what_is_there_at_the_first_tick_is_set_aside(collector: Collector) -> None:
    collector.tick()
    assert gc.get_freeze_count() > 10_000
    assert len(gc.get_objects()) < 1_000


def test_old_garbage_goes_with_the_full_collection(collector: Collector) -> None:
    collector.tick()
    kept = Cycle()
    gc.collect(1)  # it is old from here on
    lost = weakref.ref(kept)
    del kept
    collector.tick()
    assert lost() is not None
    for _ in range(FULL_EVERY):
        collector.tick()
    assert lost() is None


def test_a_slow_full_collection_sets_its_survivors_aside(qapp: object) -> None:
    was_on = gc.isenabled()
    gc.unfreeze()
    times = iter(range(1_000))
    collector = Collector(clock=lambda: float(next(times)))
    collector._timer.stop()
    collector.tick()
    lasting = [Cycle() for _ in range(100)]
    for _ in range(FULL_EVERY):
        collector.tick()
    assert not any(isinstance(thing, Cycle) for thing in gc.get_objects())
    assert len(lasting) == 100
    gc.unfreeze()
    if was_on:
        gc.enable()
