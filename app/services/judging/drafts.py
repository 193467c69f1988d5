"""What a person has changed of a judge and not saved yet; kept in the workspace's settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.ratings import Viewer
from app.services.workspace import Workspace

_KEY = "judge.drafts"


def drafts(ws: Workspace, viewer: Viewer) -> dict[str, dict[str, Any]]:
    """Name of a judge → the version that is being changed (`base`) and what differs."""
    with ws.db.read() as uow:
        found = uow.settings.get(_KEY, {}, scope=viewer.rater_id)
    return {str(k): dict(v) for k, v in found.items()} if isinstance(found, Mapping) else {}


def keep(ws: Workspace, viewer: Viewer, name: str, draft: Mapping[str, Any] | None) -> None:
    """Keep what is changed of a judge; None forgets it."""
    with ws.db.human() as uow:
        found = dict(uow.settings.get(_KEY, {}, scope=viewer.rater_id) or {})
        if draft is None:
            found.pop(name, None)
        else:
            found[name] = dict(draft)
        uow.settings.put(_KEY, found, scope=viewer.rater_id)
