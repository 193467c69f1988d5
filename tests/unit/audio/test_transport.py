"""Shuttle and slow re-listen."""

from __future__ import annotations

import pytest

from app.audio.transport import Transport
from tests.unit.audio.player_rig import Rig, noise, stereo

RATE = 8_000


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    rig.player.load(stereo(noise(60 * RATE, 1), noise(60 * RATE, 2), RATE), RATE)
    return rig


def test_l_plays_faster_with_each_press_and_k_ends_it(rig: Rig) -> None:
    transport = Transport(rig.player)
    speeds = []
    for _ in range(4):
        transport.forward()
        speeds.append(rig.player.speed)
    assert speeds == [1.0, 1.5, 2.0, 2.0]
    assert rig.player.state == "playing"
    transport.stop()
    assert (rig.player.state, rig.player.speed) == ("paused", 1.0)
    transport.forward()
    assert rig.player.speed == 1.0


def test_j_jumps_further_when_pressed_again_at_once(rig: Rig) -> None:
    clock = Clock()
    transport = Transport(rig.player, clock)
    rig.player.seek(30 * RATE)
    heads = []
    for pause_s in (0.0, 0.5, 0.5, 0.5, 9.0):
        clock.now += pause_s
        transport.back()
        heads.append(rig.player.position() // RATE)
    assert heads == [29, 27, 23, 19, 18]


def test_jumps_stay_within_the_call(rig: Rig) -> None:
    transport = Transport(rig.player)
    transport.move(-5.0)
    assert rig.player.position() == 0
    transport.move(500.0)
    assert rig.player.position() == 60 * RATE


def test_a_slow_relisten_comes_back_to_where_it_was_asked_at_the_old_speed(rig: Rig) -> None:
    transport = Transport(rig.player)
    rig.player.set_speed(1.5)
    rig.player.seek(20 * RATE)
    rig.play()
    rig.run(100, block=20)
    asked_at = rig.player.position()
    transport.relisten()
    assert rig.player.speed == 0.75
    assert rig.player.position() == asked_at - 3 * RATE
    slow = 0
    while transport.is_relistening:
        rig.run(40, block=40)
        slow += 40
        transport.tick()
    assert rig.player.speed == 1.5
    assert slow / RATE == pytest.approx(4.0, rel=0.02)  # 3 s at three quarters
    assert rig.player.state == "playing"


def test_a_second_relisten_keeps_the_place_to_return_at(rig: Rig) -> None:
    transport = Transport(rig.player)
    rig.player.seek(20 * RATE)
    transport.relisten()
    transport.relisten()
    assert rig.player.position() == 14 * RATE
    transport.tick()
    assert transport.is_relistening
    rig.player.pause()
    transport.tick()
    assert not transport.is_relistening
    assert rig.player.speed == 1.0


def test_speed_steps_stay_in_range(rig: Rig) -> None:
    transport = Transport(rig.player)
    for _ in range(20):
        transport.faster(0.1)
    assert rig.player.speed == 2.0
    for _ in range(30):
        transport.faster(-0.1)
    assert rig.player.speed == 0.5
