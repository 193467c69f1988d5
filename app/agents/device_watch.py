"""Looks after the sound device of a call: starts it anew, or says why the call must end."""

from __future__ import annotations

import time
from collections.abc import Callable

from app.agents import ending
from app.agents.ending import Ending
from app.audio.duplex import DuplexDevice, DuplexLine

DEAD_S = 2.0
RESTARTS, RESTART_S = 3, 3.0
"""A stream that died is started anew so often; some take seconds to come up."""
PACE_S = 5.0
OFF_PACE = 0.03
"""No crystal is off by more: the device runs at another rate than it was opened with."""


class DeviceWatch:
    """One call's; `check` it often, from the call's thread.

    Args:
        device: that was opened.
        line: that it calls.
        note: told of what happened: (what, time in ns, facts).
    """

    def __init__(self, device: DuplexDevice, line: DuplexLine, note: Callable[..., None]) -> None:
        self._device, self._line, self._note = device, line, note
        self._calls = line.calls
        self._fresh_at = time.monotonic()
        self._restarts = 0
        self._pace = self._fresh_at, line.calls
        self._slow = 0

    def check(self) -> Ending | None:
        """How the call has to end; None where it can go on."""
        now, device = time.monotonic(), self._device
        if self._line.calls != self._calls:
            self._calls, self._fresh_at = self._line.calls, now
        self._check_pace(now)
        if device.is_running and now - self._fresh_at <= DEAD_S:
            return None
        self._restarts += 1
        if self._restarts <= RESTARTS and device.restart():
            words = f"“{device.name}” stopped and was started anew."
            self._note("restarted", time.monotonic_ns(), words=words)
            self._fresh_at = now + RESTART_S
            self._pace = now + RESTART_S, self._line.calls
            return None
        now_hz = device.current_rate_hz()
        if now_hz and now_hz != device.rate_hz:
            return ending.of_rate(device.name, device.rate_hz, now_hz)
        return ending.of_device(device.name)

    def _check_pace(self, now: float) -> None:
        """Whether samples come as fast as the rate says; told once."""
        since, calls = self._pace
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
