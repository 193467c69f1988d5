"""What the transport keys do beyond play and seek: shuttle and slow re-listen. Without Qt."""

from __future__ import annotations

import time
from collections.abc import Callable

from app.audio.play_types import MAX_SPEED, MIN_SPEED
from app.audio.player import Player

SHUTTLE_SPEEDS = (1.0, 1.5, 2.0)
JUMPS_BACK_S = (1.0, 2.0, 4.0)
REPEAT_WITHIN_S = 1.5
"""Two presses of J further apart than this are two first presses."""
RELISTEN_BACK_S = 3.0
RELISTEN_SPEED = 0.75


class Transport:
    """J, K, L, S and the speed keys of one player.

    The window calls `tick` from the timer that moves the play head.

    Args:
        player: what is driven.
        clock: seconds; for tests.
    """

    def __init__(self, player: Player, clock: Callable[[], float] = time.monotonic) -> None:
        self.player = player
        self._clock = clock
        self._jumps = 0
        self._jumped_at = float("-inf")
        self._shuttling = False
        self._relisten_until: int | None = None
        self._old_speed = 1.0

    @property
    def is_relistening(self) -> bool:
        """Whether a slow re-listen is under way."""
        return self._relisten_until is not None

    def forward(self) -> None:
        """L: play; each further press is one step faster."""
        self._end_relisten()
        if self._shuttling and self.player.state == "playing":
            faster = [s for s in SHUTTLE_SPEEDS if s > self.player.speed]
            self.player.set_speed(faster[0] if faster else SHUTTLE_SPEEDS[-1])
        else:
            self._shuttling = True
        self.player.play()

    def stop(self) -> None:
        """K: pause, and back to the normal speed."""
        self._end_relisten()
        self._shuttling = False
        self.player.pause()
        self.player.set_speed(1.0)

    def back(self) -> None:
        """J: jump back 1 s; pressed again at once, 2 s, then 4 s."""
        self._end_relisten()
        now = self._clock()
        again = now - self._jumped_at <= REPEAT_WITHIN_S
        self._jumps = min(self._jumps + 1, len(JUMPS_BACK_S) - 1) if again else 0
        self._jumped_at = now
        self.move(-JUMPS_BACK_S[self._jumps])

    def move(self, seconds: float) -> None:
        """Go that far from the play head, within the call."""
        self.player.seek(self.player.position() + round(seconds * self.player.rate_hz))

    def faster(self, by: float) -> None:
        """Change the speed by a step, within 0.5 to 2."""
        self._end_relisten()
        self.player.set_speed(max(MIN_SPEED, min(MAX_SPEED, round(self.player.speed + by, 1))))

    def relisten(self) -> None:
        """S: back 3 s at three quarters of the speed; from here on at the old speed again.

        Pressed during a re-listen it goes back once more; the place to return at stays.
        """
        player = self.player
        if self._relisten_until is None:
            self._relisten_until = player.position()
            self._old_speed = player.speed
        self.move(-RELISTEN_BACK_S)
        player.set_speed(RELISTEN_SPEED)
        player.play()

    def tick(self) -> None:
        """Give the old speed back once the slow re-listen has caught up."""
        until = self._relisten_until
        if until is None:
            return
        done = self.player.position() >= until or self.player.state != "playing"
        if done:
            self._end_relisten()

    def _end_relisten(self) -> None:
        if self._relisten_until is not None:
            self._relisten_until = None
            self.player.set_speed(self._old_speed)
