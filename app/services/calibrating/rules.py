"""The rule of verdicts in force; a changed threshold is a new version, with who and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.domain.clock import utc_now
from app.domain.errors import NotAllowed, NotFound
from app.domain.ratings import Viewer
from app.eval.calibration.rules import PRESETS, Rule, rule_from_json
from app.services.workspace import Workspace
from db.unit_of_work import Reader

SETTING = "calibration_rules"
"""A list of all versions, the one in force last. Versions are only added."""


def in_force(uow: Reader) -> Rule:
    """The rule that verdicts are made by."""
    versions = uow.settings.get(SETTING, [])
    return rule_from_json(versions[-1]["rule"]) if versions else PRESETS["default"]


def current(ws: Workspace) -> Rule:
    """The rule in force of a workspace."""
    with ws.db.read() as uow:
        return in_force(uow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A version of the rule: when it came into force, and by whom."""

    rule: Rule
    by: str
    """Their name."""
    at: str


def history(ws: Workspace) -> list[Entry]:
    """All versions that were put in force here, newest first."""
    with ws.db.read() as uow:
        names = uow.raters.names()
        stored = uow.settings.get(SETTING, [])
    return [
        Entry(rule=rule_from_json(e["rule"]), by=names.get(e["by"], e["by"]), at=e["at"])
        for e in reversed(stored)
    ]


def preset(name: str) -> Rule:
    """A shipped rule.

    Raises:
        NotFound: there is none of that name.
    """
    if name not in PRESETS:
        raise NotFound(f"There is no rule {name}.", f"One of: {', '.join(PRESETS)}.")
    return PRESETS[name]


def change(ws: Workspace, viewer: Viewer, changes: Mapping[str, Any], reason: str) -> Rule:
    """Put other thresholds or critical checks in force, as a version that none has had.

    Raises:
        NotAllowed: a reviewer.
        BadInput: no reason, or no such threshold.
    """
    _lead_only(viewer)
    with ws.db.human() as uow:
        made = in_force(uow).changed(changes, reason)
        known = [e["rule"] for e in uow.settings.get(SETTING, [])]
        newest = max((r["version"] for r in known if r["name"] == made.name), default=0)
        made = replace(made, version=max(made.version, newest + 1))
        _add(uow, viewer, made)
    return made


def choose(ws: Workspace, viewer: Viewer, name: str, reason: str) -> Rule:
    """Put a preset in force.

    Raises:
        NotAllowed: a reviewer. NotFound: no such preset. BadInput: no reason.
    """
    _lead_only(viewer)
    chosen = preset(name)
    kept = chosen.changed({}, reason)  # asks for the reason
    with ws.db.human() as uow:
        made = Rule(
            name=chosen.name, version=chosen.version, thresholds=chosen.thresholds,
            reason=kept.reason,
        )  # fmt: skip
        _add(uow, viewer, made)
    return made


def _add(uow: Any, viewer: Viewer, rule: Rule) -> None:
    entry = {"rule": rule.to_json(), "by": viewer.rater_id, "at": utc_now()}
    uow.settings.put(SETTING, [*uow.settings.get(SETTING, []), entry])


def _lead_only(viewer: Viewer) -> None:
    if not viewer.is_lead:
        raise NotAllowed("Only a lead changes the rule of verdicts.", "Sign in as a lead.")
