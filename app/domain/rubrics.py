"""Rubrics as data: criteria, scales with written anchors, immutable versions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Scope = Literal["call", "turn", "agent_turn", "caller_turn", "clip", "pair"]
"""`clip`: single stretches that a list asks about; `pair`: two calls side by side. Neither is part
of a call's form."""
ScaleKind = Literal["ordinal", "binary", "nominal", "interval"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One point of a scale: its own value (which is also the digit to press) and its anchor."""

    value: int
    anchor: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One question on one scale. `key` is stable across rubric versions."""

    id: str
    key: str
    title: str
    question: str
    scope: Scope
    scale: ScaleKind
    levels: tuple[Level, ...]
    na_allowed: bool = True
    higher_is_better: bool = True
    weight: float = 1.0
    rationale_required_at: tuple[int, ...] = ()
    examples: tuple[str, ...] = ()

    def level(self, value: float) -> Level | None:
        """The level of that value, if the scale has it."""
        return next((lv for lv in self.levels if lv.value == value), None)

    def takes(self, value: float) -> bool:
        """Whether a score may be so: a level, or of an interval scale anything between its ends."""
        if self.scale != "interval" or not self.levels:
            return self.level(value) is not None
        values = [lv.value for lv in self.levels]
        return min(values) <= value <= max(values)

    @property
    def is_continuous(self) -> bool:
        """Whether it has values that no level has: of an interval scale only the ends are given."""
        values = [lv.value for lv in self.levels]
        if self.scale != "interval" or not values:
            return False
        return len(values) <= max(values) - min(values)

    @property
    def taken(self) -> str:
        """What `takes` takes, in words: `1, 2, 3` or `a number from 1 to 5`."""
        values = [lv.value for lv in self.levels]
        if self.scale == "interval" and values:
            return f"a number from {min(values)} to {max(values)}"
        return ", ".join(map(str, values))


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricVersion:
    """An immutable version; `sha256` is over its canonical body."""

    id: str
    key: str
    version: int
    title: str
    sha256: str
    criteria: tuple[Criterion, ...]
    source: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def has_form(self) -> bool:
        """Whether it asks about whole calls or turns, so that there is a form to fill."""
        return any(criterion.scope not in ("clip", "pair") for criterion in self.criteria)

    def fits(self, scenario_key: str | None) -> bool:
        """Whether it may be asked of a call: a task flow's rubric fits its own scenario alone."""
        return self.extra.get("for") != "tfc" or self.key == f"tfc.{scenario_key}"
