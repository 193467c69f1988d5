"""Opening the device of a call: one that gives sound, and whose times stand still."""

from __future__ import annotations

import logging
import time
from itertools import pairwise

from app.audio.duplex import ATTEMPTS, DuplexDevice, DuplexLine, DuplexOpener
from app.audio.play_queue import PlayQueue
from app.domain.errors import EnvironmentFault

log = logging.getLogger("callbench.calls")

SETTLE_S = 6.0
STEADY_BLOCKS = 25
STEADY_S = 0.01


def open_line(opener: DuplexOpener, rate_hz: int) -> tuple[DuplexDevice, DuplexLine]:
    """A device that gives sound; one that dies of a rate is tried with another.

    Args:
        opener: of devices.
        rate_hz: the agent's.

    Raises:
        EnvironmentFault: no device gives sound.
    """
    name = ""
    for attempt in range(ATTEMPTS):
        device = opener(rate_hz, attempt)
        line = DuplexLine(device.rate_hz, PlayQueue(device.rate_hz))
        try:
            device.start(line)
            if not device.settles or _settles(line, device):
                return device, line
        except BaseException:
            device.close()
            raise
        name = device.name
        device.close()
    raise EnvironmentFault(
        f"The sound device “{name}” gives no sound.",
        "Choose another device, or close the program that holds it.",
    )


def _settles(line: DuplexLine, device: DuplexDevice) -> bool:
    """Wait until the device's times stand still; False where it dies or gives nothing.

    Some begin with seconds of silence of their own.
    """
    stop_by = time.monotonic() + SETTLE_S
    while time.monotonic() < stop_by and device.is_running:
        if line.calls >= STEADY_BLOCKS:
            rows, *_ = line.take(line.calls - STEADY_BLOCKS)
            lead = [r.adc_s + r.dac_s for r in rows]
            pace = [b.at_ns - a.at_ns for a, b in pairwise(rows)]
            calm = max(pace) < 4 * line.block / line.rate_hz * 1e9
            if max(lead) - min(lead) < STEADY_S and calm and not any(r.flags for r in rows):
                return True
        time.sleep(0.01)
    if line.calls and device.is_running:
        log.info("the device's times did not settle")
        return True
    return False
