"""What a loopback check found of a call's devices: the delay that they do not tell of themselves.

A check before the call measures the way from what is given to the loudspeaker to what the
microphone captures, and holds it against what the devices say. What is beyond, as with a wireless
loudspeaker, is added to the times at which the agent was heard, if the check was steady.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

STEADY_MS = 5.0
"""Delays that are further apart are no one delay."""
AGREES_MS = 5.0
"""The devices are believed where the check is no further from what they say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceDelay:
    """From loudspeaker to microphone, devices included, in ms."""

    measured_ms: float
    reported_ms: float
    spread_ms: float
    """From the least to the greatest that was measured."""

    @property
    def is_steady(self) -> bool:
        """Whether it is one delay."""
        return self.spread_ms <= STEADY_MS

    @property
    def unsaid_ms(self) -> float:
        """What is beyond what the devices say; nought where they are to be believed."""
        beyond = self.measured_ms - self.reported_ms
        return beyond if self.is_steady and abs(beyond) > AGREES_MS else 0.0


def from_json(body: object) -> DeviceDelay | None:
    """As `asdict` wrote it; None for none."""
    if not isinstance(body, Mapping):
        return None
    told: Mapping[str, Any] = body
    names = ("measured_ms", "reported_ms", "spread_ms")
    return DeviceDelay(**{name: float(told[name]) for name in names})
