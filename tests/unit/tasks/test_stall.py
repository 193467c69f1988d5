"""The lateness watch: what it measures, keeps and reports."""

from __future__ import annotations

import logging
import time

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from app.tasks import stall
from app.tasks.stall import INTERVAL_MS, StallWatch

INTERVAL_S = INTERVAL_MS / 1000


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def ticked(watch: StallWatch, clock: Clock, late_ms: list[float]) -> None:
    watch.start()
    watch.stop()  # the ticks come by hand
    for late in late_ms:
        clock.now += INTERVAL_S + late / 1000
        watch.tick()


def test_percentiles_are_values_that_occurred(qapp: object) -> None:
    clock = Clock()
    watch = StallWatch(clock=clock, limit_ms=1e9)
    assert watch.percentile_ms(99.9) == 0.0
    ticked(watch, clock, [float(i) for i in range(1, 1_001)])
    assert watch.percentile_ms(50) == pytest.approx(500.0)
    assert watch.percentile_ms(99.9) == pytest.approx(999.0)
    assert watch.percentile_ms(100) == watch.worst_ms == pytest.approx(1_000.0)


def test_an_early_tick_is_not_late(qapp: object) -> None:
    clock = Clock()
    watch = StallWatch(clock=clock)
    ticked(watch, clock, [-5.0])
    assert watch.late_ms() == [0.0]


def test_what_passes_the_limit_is_logged_and_reported(
    qapp: object, caplog: pytest.LogCaptureFixture
) -> None:
    clock, seen = Clock(), []
    watch = StallWatch(clock=clock, on_stall=seen.append)
    with caplog.at_level(logging.WARNING):
        ticked(watch, clock, [10.0, 51.0])
    assert seen == [pytest.approx(51.0)]
    assert "held up for 51 ms" in caplog.text


def test_old_ticks_are_dropped(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stall, "KEPT", 10)
    clock = Clock()
    watch = StallWatch(clock=clock, limit_ms=1e9)
    ticked(watch, clock, [900.0] * 10 + [1.0] * 10)
    assert watch.ticks == 10
    assert watch.worst_ms == pytest.approx(1.0)


def test_a_held_up_loop_is_noticed(qtbot: QtBot) -> None:
    seen: list[float] = []
    watch = StallWatch(on_stall=seen.append)
    watch.start()
    QTimer.singleShot(30, lambda: time.sleep(0.2))
    qtbot.waitUntil(lambda: bool(seen), timeout=20_000)
    watch.stop()
    assert max(seen) >= 100.0
