"""What the screen is asked to show: rubric version, items, tab, cell. Plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.services.calibrating.dimension import EVERYTHING, Slice

TABS = ("judges", "drift", "raters", "mos")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Immutable; a change makes another."""

    ref: str = ""
    """`gic@2`; empty for the one that was scored last."""
    where: Slice = EVERYTHING
    tab: str = "judges"
    judge_id: str = ""
    criterion_key: str = ""

    @property
    def cell(self) -> tuple[str, str]:
        """Judge version's id and criterion's key."""
        return self.judge_id, self.criterion_key

    def to_json(self) -> dict[str, Any]:
        """For the session."""
        return {
            "rubric": self.ref, "tab": self.tab, "judge": self.judge_id,
            "dimension": self.criterion_key, "classes": dict(self.where.classes),
            "splits": sorted(self.where.roles), "blind_only": self.where.blind_only,
        }  # fmt: skip


def asked_from_json(body: Mapping[str, Any]) -> Asked:
    """What `to_json` gave; whatever cannot be read is as at first."""
    classes, splits = body.get("classes"), body.get("splits")
    named = classes.items() if isinstance(classes, dict) else ()
    tab = str(body.get("tab") or "")
    return Asked(
        ref=str(body.get("rubric") or ""),
        where=Slice(
            classes={str(k): str(v) for k, v in named},
            roles=frozenset(map(str, splits)) if isinstance(splits, list) else frozenset(),
            blind_only=bool(body.get("blind_only", True)),
        ),
        tab=tab if tab in TABS else "judges",
        judge_id=str(body.get("judge") or ""),
        criterion_key=str(body.get("dimension") or ""),
    )
