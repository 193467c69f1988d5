"""The table of a person's settings: key, default, what is allowed, how it is worded.

One table for the dialog, the store and the documentation. Session state (geometry, sort) is
not here: nobody sets it by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

SCHEMA_VERSION = 1

Kind = Literal["choice", "int", "bool", "keys"]
Value = str | int | bool | dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting. `minimum`, `maximum`, `step` hold for `int`; `choices` for `choice`.

    `section` is the page of the dialog, empty for what a screen sets itself; `unit` stands
    beside the field.
    """

    key: str
    section: str
    label: str
    kind: Kind
    default: Value
    help: str = ""
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    minimum: int = 0
    maximum: int = 0
    step: int = 1
    shared: bool = False
    """True for what belongs to the workspace, and so to everybody who works in it."""

    def accepts(self, value: object) -> bool:
        """Whether `value` may be stored."""
        if self.kind == "bool":
            return isinstance(value, bool)
        if self.kind == "int":
            is_int = isinstance(value, int) and not isinstance(value, bool)
            return is_int and self.minimum <= value <= self.maximum  # type: ignore[operator]
        if self.kind == "keys":
            return isinstance(value, dict)
        if not isinstance(value, str):
            return False
        return not self.choices or value in {key for key, _ in self.choices}


SETTINGS: tuple[Setting, ...] = (
    Setting(
        key="theme",
        section="Appearance",
        label="Theme",
        kind="choice",
        default="system",
        choices=(
            ("system", "As the system"),
            ("dark", "Dark"),
            ("light", "Light"),
            ("contrast", "High contrast"),
        ),
    ),
    Setting(
        key="font_scale",
        section="Appearance",
        label="Text size",
        kind="int",
        default=100,
        unit="%",
        minimum=80,
        maximum=200,
        step=10,
        help="Rows and buttons grow with the text; plots keep their height.",
    ),
    Setting(
        key="key_caps",
        section="Appearance",
        label="Show keys on buttons",
        kind="bool",
        default=True,
    ),
    Setting(
        key="reduced_motion",
        section="Appearance",
        label="Reduce motion",
        kind="bool",
        default=False,
        help="Scrolling and meters move in steps.",
    ),
    Setting(
        key="follow_mode",
        section="Review",
        label="While playing, the view",
        kind="choice",
        default="continuous",
        choices=(("continuous", "Scrolls along"), ("page", "Turns pages")),
    ),
    Setting(
        key="transcript_follow",
        section="Review",
        label="The transcript follows what is heard",
        kind="bool",
        default=True,
    ),
    Setting(
        key="measure_on_open",
        section="Review",
        label="Measure calls when they are opened",
        kind="bool",
        default=True,
        help="In the background, what is missing of the usual metrics.",
    ),
    Setting(
        key="latency_slow_ms",
        shared=True,
        section="Review",
        label="A response is slow after",
        kind="int",
        default=800,
        unit="ms",
        minimum=50,
        maximum=10_000,
        step=50,
    ),
    Setting(
        key="latency_late_ms",
        shared=True,
        section="Review",
        label="A response is late after",
        kind="int",
        default=1500,
        unit="ms",
        minimum=100,
        maximum=20_000,
        step=50,
    ),
    Setting(
        key="detect_threshold",
        shared=True,
        section="Detection",
        label="Speech probability",
        kind="int",
        default=30,
        unit="%",
        minimum=5,
        maximum=95,
        step=5,
        help="Lower finds quieter speech and more noise. Holds for calls detected from now on.",
    ),
    Setting(
        key="audio_device",
        section="Sound",
        label="Output",
        kind="choice",
        default="",
        help="Empty means the system's default output.",
    ),
    Setting(
        key="pcm_cache_gb",
        shared=True,
        section="Storage",
        label="Decoded audio kept",
        kind="int",
        default=20,
        unit="GB",
        minimum=1,
        maximum=2000,
        help="The least recently used goes first. Recordings themselves are never removed.",
    ),
    Setting(
        key="copy_originals",
        section="Storage",
        label="Copy recordings into the workspace",
        kind="bool",
        default=True,
        help="Otherwise they are referenced where they are, and must stay there.",
    ),
    Setting(key="keys", section="Keys", label="Keys", kind="keys", default={}),
    Setting(key="live.setup", section="", label="Last call's settings", kind="choice", default=""),
    Setting(key="calibrate.plots", section="", label="Chosen plots", kind="choice", default=""),
    Setting(key="calibrate.plot_folder", section="", label="Folder", kind="choice", default=""),
    Setting(key="score.rubric", section="", label="Last rubric", kind="choice", default=""),
    Setting(key="score.auto_advance", section="", label="Auto-advance", kind="bool", default=True),
)

BY_KEY = {setting.key: setting for setting in SETTINGS}

MIGRATORS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""Stored version → the step to the next one."""


def upgrade(stored: dict[str, Any], version: int) -> dict[str, Value]:
    """Stored values brought to the present version; what is unknown or refused is dropped."""
    for step in range(version, SCHEMA_VERSION):
        stored = MIGRATORS[step](stored)
    return {k: v for k, v in stored.items() if k in BY_KEY and BY_KEY[k].accepts(v)}
