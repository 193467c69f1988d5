"""Looks after the sound device of a call: opens it anew, or says why the call must end."""

from __future__ import annotations

import time
from collections.abc import Callable

from app.agents import ending
from app.agents.backlog import Backlog
from app.agents.ending import Ending
from app.audio.duplex import DuplexDevice, DuplexLine

DEAD_S = 2.0
RESTARTS, RESTART_S = 3, 3.0
"""A stream that died is started anew so often; some take seconds to come up."""
RENEW_EVERY_S = 30.0
"""A machine that is too slow falls behind again: it is not helped more often."""
PACE_S = 5.0
OFF_PACE = 0.03
"""No crystal is off by more: the device runs at another rate than it was opened with."""


class DeviceWatch:
    """One call's; `check` it often, from the call's thread.

    Args:
        device: that was opened.
        line: that it calls.
        backlog: how far the sound is behind.
        note: told of what happened: (what, time in ns, facts).
    """

    def __init__(
        self,
        device: DuplexDevice,
        line: DuplexLine,
        backlog: Backlog,
        note: Callable[..., None],
    ) -> None:
        self._device, self._line, self._backlog, self._note = device, line, backlog, note
        self._calls = line.calls
        self._fresh_at = self._checked_at = time.monotonic()
        self._restarts = 0
        self._renewed_at = -RENEW_EVERY_S
        self._pace = self._fresh_at, line.calls
        self._slow = 0

    def check(self) -> Ending | None:
        """How the call has to end; None where it can go on."""
        now, device = time.monotonic(), self._device
        if now - self._checked_at > DEAD_S / 2:  # this program stood still itself
            self._fresh_at = now
            self._pace_from(now)
        self._checked_at = now
        if self._line.calls != self._calls:
            self._calls, self._fresh_at = self._line.calls, now
        self._check_pace(now)
        if device.is_running and now - self._fresh_at <= DEAD_S:
            self._check_backlog(now)
            return None
        self._restarts += 1
        if self._restarts <= RESTARTS and device.restart():
            self._restarted(now, f"“{device.name}” stopped and was started anew.")
            return None
        now_hz = device.current_rate_hz()
        if now_hz and now_hz != device.rate_hz:
            return ending.of_rate(device.name, device.rate_hz, now_hz)
        return ending.of_device(device.name)

    def _check_backlog(self, now: float) -> None:
        """Whether the sound is so far behind that another stream is better."""
        behind_s = self._backlog.behind_s
        if not behind_s or now - self._renewed_at < RENEW_EVERY_S:
            return
        self._renewed_at = now
        if self._device.restart():
            words = f"The sound was {behind_s:.1f} s behind; the device was opened anew."
            self._restarted(now, words)

    def _restarted(self, now: float, words: str) -> None:
        self._note("restarted", time.monotonic_ns(), words=words)
        self._fresh_at = now + RESTART_S
        self._pace_from(now + RESTART_S)

    def _pace_from(self, since: float) -> None:
        """Count samples from then on: before it, they do not come at the rate."""
        self._pace, self._slow = (since, self._line.calls), 0

    def _check_pace(self, now: float) -> None:
        """Whether samples come as fast as the rate says; told once."""
        since, calls = self._pace
        if now < since:
            self._pace_from(since)
        if now - since < PACE_S:
            return
        hz = (self._line.calls - calls) * self._line.block / (now - since)
        self._pace = now, self._line.calls
        off = abs(hz / self._line.rate_hz - 1) > OFF_PACE
        self._slow = self._slow + 1 if off else 0
        if self._slow == 2:
            words = (
                f"“{self._device.name}” gives {hz:.0f} samples a second instead of "
                f"{self._line.rate_hz}: times from here on are not to be trusted."
            )
            self._note("rate_changed", time.monotonic_ns(), words=words)
