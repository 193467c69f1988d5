"""Every colour, size and type role of the interface, once.

The only module that may hold a colour value. `theme.py` turns these into Qt objects.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Literal, NamedTuple

ThemeName = Literal["dark", "light", "contrast"]
THEME_NAMES: tuple[ThemeName, ...] = ("dark", "light", "contrast")

Role = Literal[
    "state",
    "question",
    "figure",
    "title",
    "header",
    "body",
    "small",
    "label",
    "lane",
    "tick",
    "mono",
    "mono_small",
]


class TypeRole(NamedTuple):
    """A type role: size and line height in px before scaling, and weight (100 to 900)."""

    size: float
    line: int
    weight: int


TYPE: MappingProxyType[Role, TypeRole] = MappingProxyType(
    {
        "state": TypeRole(36, 44, 600),
        "question": TypeRole(24, 32, 600),
        "figure": TypeRole(20, 24, 600),
        "header": TypeRole(16, 22, 600),
        "title": TypeRole(15, 20, 600),
        "body": TypeRole(13, 18, 400),
        "small": TypeRole(12, 16, 400),
        "label": TypeRole(11, 14, 400),
        "lane": TypeRole(10.5, 14, 400),
        "tick": TypeRole(9.5, 12, 400),
        "mono": TypeRole(13, 18, 400),
        "mono_small": TypeRole(12, 16, 400),
    }
)

TEXT_FAMILIES = ("Inter", "Inter Variable")
MONO_FAMILIES = ("JetBrains Mono",)

_DARK = {
    "bg0": "#0E1012",
    "bg1": "#15181B",
    "bg2": "#1C2024",
    "bg3": "#272D33",
    "canvas": "#0A0C0E",
    "tint": "#12302C",
    "line1": "#24292E",
    "line2": "#363D44",
    "line3": "#6D7882",
    "grid": "#1A1E22",
    "callerBg": "#16263A",
    "agentBg": "#33210F",
    "dangerBg": "#37181D",
    "warnBg": "#302810",
    "t1": "#E8EBEE",
    "t2": "#AEB6BE",
    "t3": "#8A949E",
    "accent": "#41B9A7",
    "accentInk": "#04201C",
    "focus": "#9BE8DA",
    "caller": "#5F9FEA",
    "callerText": "#7DB1EF",
    "callerDim": "#3A6BA6",
    "agent": "#EA8C3C",
    "agentText": "#F0A05C",
    "agentDim": "#9C5C22",
    "agentInk": "#1A0E03",
    "latOk": "#5F6B75",
    "warn": "#DDB840",
    "danger": "#F26B7F",
    "overlap": "#DAC6FF",
    "success": "#A3E0AE",
    "play": "#F4F6F8",
    "inkDark": "#0E1012",
    "inkLight": "#FFFFFF",
}

_LIGHT = {
    "bg0": "#E6E9EB",
    "bg1": "#F5F6F7",
    "bg2": "#FFFFFF",
    "bg3": "#DCE1E5",
    "canvas": "#FDFDFE",
    "tint": "#D5ECE8",
    "line1": "#D9DEE2",
    "line2": "#BFC7CD",
    "line3": "#7A858F",
    "grid": "#EBEEF0",
    "callerBg": "#E3EDF8",
    "agentBg": "#FAEADB",
    "dangerBg": "#FBE3E8",
    "warnBg": "#F6EDCF",
    "t1": "#161A1E",
    "t2": "#434C55",
    "t3": "#59636D",
    "accent": "#006E62",
    "accentInk": "#FFFFFF",
    "focus": "#004F46",
    "caller": "#2F6DB5",
    "callerText": "#265A99",
    "callerDim": "#6491C6",
    "agent": "#C25E00",
    "agentText": "#964700",
    "agentDim": "#C9803C",
    "agentInk": "#140A00",
    "latOk": "#7F8B96",
    "warn": "#775A00",
    "danger": "#C4264C",
    "overlap": "#4F1F96",
    "success": "#00502B",
    "play": "#0B0D0F",
    "inkDark": "#0E1012",
    "inkLight": "#FFFFFF",
}

_CONTRAST = _DARK | {
    "bg0": "#000000",
    "bg1": "#000000",
    "bg2": "#000000",
    "bg3": "#2B2B2B",
    "canvas": "#000000",
    "tint": "#000000",
    "line1": "#B8C0C8",
    "line2": "#B8C0C8",
    "line3": "#B8C0C8",
    "grid": "#3A3A3A",
    "callerBg": "#000000",
    "agentBg": "#000000",
    "dangerBg": "#000000",
    "warnBg": "#000000",
    "t1": "#FFFFFF",
    "t2": "#FFFFFF",
    "t3": "#FFFFFF",
    "accent": "#5BE3CD",
    "accentInk": "#000000",
    "focus": "#FFFFFF",
    "caller": "#7DB8FF",
    "callerText": "#A5CEFF",
    "callerDim": "#7DB8FF",
    "agent": "#FFA04D",
    "agentText": "#FFBE85",
    "agentDim": "#FFA04D",
    "agentInk": "#000000",
    "latOk": "#B8C0C8",
    "warn": "#FFD84D",
    "danger": "#FF8A9B",
    "overlap": "#E6D8FF",
    "success": "#B6F5C1",
    "play": "#FFFFFF",
}

ALIASES = MappingProxyType({"latSlow": "warn", "latLate": "danger"})
"""Tokens that are another name for one above."""

COLOURS: MappingProxyType[ThemeName, MappingProxyType[str, str]] = MappingProxyType(
    {
        "dark": MappingProxyType(_DARK),
        "light": MappingProxyType(_LIGHT),
        "contrast": MappingProxyType(_CONTRAST),
    }
)

TOKENS = frozenset(_DARK) | frozenset(ALIASES)


class Size:
    """Sizes in px at 100 % scale. Rows grow with the font scale, plots do not."""

    RAIL = 64
    RAIL_ITEM = 54
    RAIL_ITEM_LOW = 44
    RAIL_BAR = 3
    HEADER = 44
    STATUS = 24
    TRANSPORT = 44
    INSET = 16
    CONTROL = 28
    CONTROL_COMPACT = 24
    TABS = 32
    TABLE_HEAD = 28
    ROW_FACET = 24
    ROW_VIEW = 26
    ROW_LIBRARY = 40
    KEYCAP = 17
    RADIUS = 4
    RADIUS_CAP = 3
    RADIUS_SPEAKER = 2
    SPEAKER = 16
    RING = 2
    SELECTION_BAR = 3
    SPLITTER_GRAB = 7
    SPARK_W = 160
    SPARK_H = 24
    SPARK_BAR = 2
    SPARK_PITCH = 3
    HATCH = 5
