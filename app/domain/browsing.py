"""What the library shows: rows, facets, previews, hits, saved views. Frozen values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple, get_args

from app.domain.calls import Call, Speaker
from app.domain.figure_columns import BY_COLUMN
from app.domain.ratings import Comment

SortKey = Literal[
    "code",
    "title",
    "scenario",
    "agent",
    "outcome",
    "language",
    "duration",
    "turns",
    "p50",
    "p95",
    "latency",
    "interruptions",
    "overlaps",
    "judge",
    "raters",
    "reason",
    "flagged",
    "recorded",
    "imported",
]
HumanState = Literal["none", "partial", "complete"]
HUMAN_STATES: tuple[HumanState, ...] = ("none", "partial", "complete")

SPARK_BARS = 53
"""Bars per channel in a sparkline."""

LATENCY_BANDS_MS = (800, 1500)
"""Where a response counts as slow and as very slow, unless a setting says otherwise."""


@dataclass(frozen=True, slots=True)
class Sort:
    """A column and a direction. Calls without a value come last either way."""

    key: SortKey | str = "code"
    """One of `SortKey`, or `metric:` and the key of a measured figure."""
    descending: bool = True


class CallRow(NamedTuple):
    """One row of the library. A named tuple: pages are made while someone scrolls.

    `judge` and `reason` are None where there is none or where they are hidden from the viewer;
    `hidden` tells which. `sparkline` is 53 bars of the caller, then 53 of the agent (or 53 of the
    mix), one byte each; `ticks` has a byte per bar, non-zero where there is an overlap.
    """

    seq: int
    id: str
    code: str
    title: str
    scenario: str
    scenario_title: str
    agent: str
    agent_version: str
    outcome: str
    language: str
    duration_ms: int
    turns: int | None
    p50_ms: int | None
    p95_ms: int | None
    max_latency_ms: int | None
    interruptions: int | None
    overlaps: int | None
    raters_done: int
    raters_assigned: int
    human_state: HumanState
    flagged: bool
    archived: bool
    recorded_at: str | None
    imported_at: str
    sparkline: bytes
    ticks: bytes
    warnings: int
    tags: tuple[str, ...]
    judge: float | None
    reason: str | None
    hidden: bool
    figures: Mapping[str, float] = MappingProxyType({})
    """Measured figures by key (`wer@caller`), those that were asked for."""
    awaits_caller: bool = False
    """No figure is told: the viewer placed the call, and rates it first."""


def is_sort_key(text: object) -> bool:
    """Whether calls can be sorted by it."""
    return isinstance(text, str) and (text in get_args(SortKey) or text in BY_COLUMN)


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetValue:
    """One box to tick. `token` is the query text that ticking it adds."""

    value: str
    label: str
    count: int
    token: str
    selected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A group of boxes; counts follow the filter, leaving out the facet's own choice."""

    key: str
    title: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How many calls, and how long together."""

    count: int
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A transcript segment that has the words; `marks` are (start, end) in characters."""

    segment_id: str
    speaker: Speaker
    start: int
    end: int
    text: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPreview:
    """The right-hand panel: the row, the call and what the viewer may see of it."""

    call: Call
    row: CallRow
    comments: tuple[Comment, ...]
    comments_hidden: bool
    silence_ms: int | None
    longest_silence_ms: int | None
    reaction_p50_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A named query and sort; `shared` ones show for everybody on this workspace."""

    id: str
    name: str
    query_text: str
    sort: Sort
    shared: bool = False
    position: int = 0
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryFigures:
    """Figures of a call that the library shows, derived from its newest timing. Milliseconds."""

    turns: int | None = None
    p50_ms: int | None = None
    p95_ms: int | None = None
    max_latency_ms: int | None = None
    interruptions: int | None = None
    overlaps: int | None = None
    silence_ms: int | None = None
    longest_silence_ms: int | None = None
    reaction_p50_ms: int | None = None
    ticks: bytes = b""
