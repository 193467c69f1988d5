"""Values that panels show and workers make. No widgets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and a value."""

    name: str
    value: str
    exact: bool = False
    """To be copied letter by letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """What came of a test of an endpoint, in words."""

    ok: bool
    title: str
    models: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
