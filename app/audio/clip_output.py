"""The output that clips are played through: one open device, and the deck that feeds it.

The device stays open and is given silence between clips.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.audio.clip_deck import Deck
from app.audio.output import Opener, OutputDevice
from app.audio.play_types import FloatBlock
from app.domain.errors import EnvironmentFault

RATE_HZ = 48_000
"""Asked of the device; it keeps its own where it does not take that."""
DEAD_AFTER_S = 4.0
"""A running device that has asked for nothing for so long is lost."""
FLOW_S = 6.0
"""How long an opened device may take until frames flow. Some sound servers play two seconds of
what they hold before they ask again; a clip that began in that time would lose its beginning."""
FIRST_BURST_S = 0.02
"""A device fills its own buffer at once when it starts; what it asks for later it has played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFacts:
    """The open device, as it is logged."""

    name: str
    rate_hz: int
    latency_ms: float
    is_silent: bool


class ClipOutput:
    """Opens, watches and gives back the device; `open` waits for it."""

    def __init__(self, opener: Opener, let_go: Callable[[], None]) -> None:
        """`let_go` is called whenever the device is given up: nothing plays any more."""
        self._opener, self._let_go = opener, let_go
        self._lock, self._opening = threading.Lock(), threading.Lock()
        self.device: OutputDevice | None = None
        self.deck = Deck(RATE_HZ)
        self.gain_db = 0.0
        self._seen = (-1, 0.0)

    def open(self, choice: str | None) -> DeviceFacts:
        """Open and start a device; the one before is given back.

        Raises:
            EnvironmentFault: it could not be opened, or asks for nothing.
        """
        with self._opening:
            self.close()
            device = self._opener(choice, RATE_HZ, self._fill)
            deck = Deck(device.rate_hz)
            deck.set_gain(self.gain_db)
            with self._lock:
                self.deck, self.device = deck, device
                self._seen = (-1, 0.0)
            try:
                device.start()
            except EnvironmentFault:
                self.close()
                raise
            if device.is_realtime and not _flows(device, deck):
                self.close()
                raise EnvironmentFault(f"“{device.name}” takes no sound.", "Choose another output.")
            return self.facts()

    def close(self) -> None:
        """Stop and give the device back."""
        device = self.detach()
        if device is not None:
            device.close()

    def detach(self) -> OutputDevice | None:
        """Let go of the device, for the caller to close; returns at once."""
        with self._lock:
            device, self.device = self.device, None
        self._let_go()
        return device

    def facts(self) -> DeviceFacts:
        """The open device; an empty name where there is none."""
        device = self.device
        if device is None:
            return DeviceFacts(name="", rate_hz=0, latency_ms=0.0, is_silent=True)
        return DeviceFacts(
            name=device.name, rate_hz=device.rate_hz, latency_ms=1000 * device.latency_s,
            is_silent=device.is_silent,
        )  # fmt: skip

    @property
    def is_lost(self) -> bool:
        """Whether an open device has died. Ask now and then."""
        device = self.device
        if device is None or not device.is_realtime:
            return device is not None and not device.is_running
        now = time.monotonic()
        if self.deck.calls != self._seen[0]:
            self._seen = (self.deck.calls, now)
        return not device.is_running or now - self._seen[1] > DEAD_AFTER_S

    @property
    def torn(self) -> int:
        """How often the open device ran dry."""
        return self.device.underflows if self.device is not None else 0

    def set_gain(self, gain_db: float) -> None:
        """The gain of all that is played, on this device and on those opened later."""
        self.gain_db = gain_db
        self.deck.set_gain(gain_db)

    def _fill(self, out: FloatBlock, dac_s: float) -> None:
        self.deck.fill(out, dac_s)


def _flows(device: OutputDevice, deck: Deck) -> bool:
    """Wait until the device asks for frames as it plays them; False if it does not."""
    time.sleep(FIRST_BURST_S)
    burst, stop_by = deck.calls, time.monotonic() + FLOW_S
    while deck.calls == burst:
        if time.monotonic() > stop_by or not device.is_running:
            return False
        time.sleep(0.002)
    return True
