"""Profiles of agents to call, kept in the workspace. Keys are references, never the keys."""

from __future__ import annotations

from dataclasses import replace

from app.agents.profiles import CallProfile, checked, from_json
from app.domain.changes import Changes
from app.domain.errors import BadInput, NotFound
from app.services.workspace import Workspace
from db.unit_of_work import Reader

PROFILES = "calls.profiles"
PRACTICE = "practice"
"""The embedded agent: always there, and not stored."""


def profiles(ws: Workspace) -> tuple[CallProfile, ...]:
    """Every saved profile in its newest version, by name."""
    with ws.db.read() as uow:
        newest = {p.name: p for p in _history(uow)}
    return tuple(sorted(newest.values(), key=lambda p: p.name.casefold()))


def profile(ws: Workspace, name: str) -> CallProfile:
    """The newest version of a profile.

    Raises:
        NotFound: there is none; names those that there are.
    """
    known = {p.name: p for p in profiles(ws)}
    if name not in known:
        names = ", ".join((PRACTICE, *known))
        raise NotFound(f"There is no profile {name!r}.", f"Profiles: {names}.")
    return known[name]


def save_profile(ws: Workspace, wanted: CallProfile) -> tuple[CallProfile, Changes]:
    """Store a profile as the next version of its name; the same settings again add nothing.

    Raises:
        BadInput: it has no name, takes the practice agent's, or a call cannot be placed with it.
    """
    wanted = checked(wanted)
    if not wanted.name.strip() or wanted.name == PRACTICE:
        raise BadInput(f"A profile cannot be named {wanted.name!r}.", "Give it another name.")
    with ws.db.human() as uow:
        history = _history(uow)
        before = [p for p in history if p.name == wanted.name]
        if before and before[-1].sha256 == wanted.sha256:
            return before[-1], Changes()
        stored = replace(wanted, version=before[-1].version + 1 if before else 1)
        uow.settings.put(PROFILES, [p.to_json() for p in (*history, stored)])
        changes = Changes(settings=True)
        uow.touch(changes)
    return stored, changes


def _history(uow: Reader) -> list[CallProfile]:
    return [from_json(body) for body in uow.settings.get(PROFILES, [])]
