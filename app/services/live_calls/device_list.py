"""The sound devices that a call can be placed with, and what can be recorded of one elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from app.audio import devices
from app.audio.capture_portaudio import DEFAULT, PULSE

SYSTEM = "System default"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceChoice:
    """One entry of a list: `key` goes into the request, `label` is for the person."""

    key: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceChoices:
    """What this machine has. Empty lists where it has no sound."""

    inputs: tuple[DeviceChoice, ...]
    outputs: tuple[DeviceChoice, ...]
    monitors: tuple[DeviceChoice, ...]
    """What records the loudspeaker; empty where a virtual cable has to be installed first."""


def device_choices() -> DeviceChoices:
    """Look now; takes a moment, so not in the window's thread."""
    devices.refresh()
    inputs, outputs = (
        tuple(DeviceChoice(key=n, label=n) for d in devices.listed(way) if (n := d.name) != DEFAULT)
        for way in devices.WAYS
    )
    default = (DeviceChoice(key=DEFAULT, label=SYSTEM),)
    server = any(c.key == PULSE for c in inputs)
    loops = tuple(c for c in inputs if devices.is_loopback(c.label))
    played = DeviceChoice(key=DEFAULT, label="What the loudspeaker plays")
    return DeviceChoices(
        inputs=default + inputs if inputs else (),
        outputs=default + outputs if outputs else (),
        monitors=((played,) if server else ()) + loops,
    )
