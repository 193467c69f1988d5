"""The line to the output: the open device, its outlet, and whether frames flow."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from app.audio.null_device import NullDevice
from app.audio.output import TORN_OFTEN, Opener, OutputDevice
from app.audio.play_types import RAMP_S, EventKind, FloatBlock
from app.audio.playhead import heard_position
from app.audio.ring import Outlet, Ring
from app.domain.errors import EnvironmentFault

log = logging.getLogger("callbench.audio")

RING_S = 2.0
DEAD_AFTER_S = 4.0
"""A running device that has asked for nothing for so long is lost. Some sound servers play two
seconds of what they hold before they ask for the first time."""
FIRST_BURST_S = 0.01
"""A device fills its own buffer at once when it starts; what it asks for later it has played."""
RETRY_AFTER_S = 3.0
"""How old a silent stand-in must be before a play looks for a real device again."""
IDLE_STOP_S = 20.0
"""A silent device is stopped after this, so that the machine may sleep."""


class Line:
    """Opens, wakes, watches and replaces the device. Driven by the feeder's thread.

    Args:
        opener: opens devices.
        emit: takes events.
        opened: called when a device was opened: ring positions begin anew.
    """

    def __init__(
        self,
        opener: Opener,
        emit: Callable[[EventKind, str, int], None],
        opened: Callable[[], None],
    ) -> None:
        self._opener, self._emit, self._opened = opener, emit, opened
        self.device: OutputDevice | None = None
        self.outlet = Outlet(Ring(2), 1)
        self._heard = 0
        self._started_at = self._seen_at = self._quiet_since = 0.0
        self._opened_at = 0.0
        self._name = ""
        self._burst: int | None = None
        self._seen_calls = self._seen_underruns = 0

    @property
    def is_running(self) -> bool:
        """Whether the device may be expected to ask for frames."""
        return self.device is not None and self.device.is_running

    @property
    def rate_hz(self) -> int:
        """The open device's rate; 0 without one."""
        return self.device.rate_hz if self.device is not None else 0

    def heard(self) -> int:
        """The ring position heard now; never goes back. From any thread."""
        device = self.device
        if device is not None:
            now = heard_position(self.outlet, device.now_s(), device.rate_hz)
            self._heard = max(self._heard, now)
        return self._heard

    def wake(self, choice: str | None, rate_hz: int) -> bool:
        """Open and start the device; True once frames flow, False to ask again soon.

        Until frames flow it is given silence, so that the play head does not run ahead of a
        device that takes its time. Raises EnvironmentFault.
        """
        now = time.monotonic()
        self._replace_poor(now)
        device = self.device or self._open(choice, rate_hz)
        if not device.is_running:
            self.outlet.force()
            device.start()
            self._started_at = self._seen_at = self._quiet_since = now
            self._burst = None
        if device.is_silent or not device.is_realtime:
            return True
        if self._burst is None:
            if now - self._started_at >= FIRST_BURST_S:
                self._burst = self.outlet.calls
            return False
        return self.outlet.calls != self._burst

    def _replace_poor(self, now: float) -> None:
        """Close, at rest, a device that another may better.

        That is a silent stand-in, as a real one may be there again, and one that tore the sound,
        as it is opened with more latency then.
        """
        device = self.device
        if device is None or self.outlet.playing:
            return
        stands_in = device.is_silent and now - self._opened_at > RETRY_AFTER_S
        if stands_in or device.underflows >= TORN_OFTEN:
            self.close()

    def _open(self, choice: str | None, rate_hz: int) -> OutputDevice:
        return self._adopt(self._opener(choice, rate_hz, self._fill))

    def _adopt(self, device: OutputDevice) -> OutputDevice:
        rate = device.rate_hz
        self.outlet = Outlet(Ring(round(rate * RING_S)), max(1, round(rate * RAMP_S)))
        self._heard = self._seen_calls = self._seen_underruns = 0
        self._opened()
        self.device = device
        self._opened_at = time.monotonic()
        if device.name != self._name:
            self._name = device.name
            self._emit("device", device.name, int(device.is_silent))
        return device

    def _fill(self, out: FloatBlock, dac_s: float) -> None:
        self.outlet.fill(out, dac_s)

    def hush(self) -> None:
        """Stop the device and what it was playing, at once."""
        if self.device is not None:
            self.device.stop()
        self.outlet.force()
        if self.outlet.playing:
            self.outlet.send_stop()
            self.outlet.force()

    def stop_softly(self) -> None:
        """Fade out; a device that runs does it at its next callback."""
        self.outlet.send_stop()
        if not self.is_running:
            self.outlet.force()
        self._quiet_since = time.monotonic()

    def close(self) -> None:
        """Give the device back."""
        device, self.device = self.device, None
        if device is not None:
            device.close()
        self.outlet.force()

    def replace_lost(self, choice: str | None, rate_hz: int) -> str:
        """Close a dead device and take the next best; returns its name."""
        self.close()
        try:
            return self._open(choice, rate_hz).name
        except EnvironmentFault as fault:
            log.warning("no other device: %s", fault)
            return self._adopt(NullDevice(rate_hz, self._fill)).name

    def is_lost(self, *, wanted: bool) -> bool:
        """Look after the device; True if it died while `wanted` for playing.

        One that is not wanted is stopped after a while.
        """
        device, outlet = self.device, self.outlet
        if device is None or not device.is_realtime:
            return False
        now = time.monotonic()
        if outlet.calls != self._seen_calls:
            self._seen_calls, self._seen_at = outlet.calls, now
        if outlet.underruns != self._seen_underruns:
            self._seen_underruns = outlet.underruns
            self._emit("underrun", "", self._seen_underruns)
        dead = now - self._seen_at > DEAD_AFTER_S
        if wanted:
            return dead or not device.is_running
        if device.is_running and (dead or now - self._quiet_since > IDLE_STOP_S):
            device.stop()
        return False
