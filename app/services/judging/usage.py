"""How much judges have judged."""

from __future__ import annotations

from app.services.workspace import Workspace


def calls_judged(ws: Workspace) -> tuple[dict[str, int], dict[str, int]]:
    """How many calls have scores, by judge version and by the definition's name."""
    with ws.db.read() as uow:
        return uow.judges.calls_judged()
