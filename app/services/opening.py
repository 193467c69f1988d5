"""Open a workspace and see that it has what ships with the program: rubrics and scenarios."""

from __future__ import annotations

from pathlib import Path

from app.services.assets import asset
from app.services.workspace import DB_NAME, Workspace


def open_workspace(path: Path, *, create: bool = False) -> Workspace:
    """Open a workspace; a new one gets the shipped rubrics.

    Raises:
        UserError: as `Workspace.open`.
    """
    is_new = not (path.expanduser() / DB_NAME).exists()
    ws = Workspace.open(path, create=create)
    if is_new:
        try:
            add_shipped(ws)
        except BaseException:
            ws.close()
            raise
    return ws


def add_shipped(ws: Workspace) -> int:
    """Store the shipped rubrics that the workspace lacks; versions are immutable.

    Returns:
        How many were new.
    """
    from app.services import rubrics

    return rubrics.load_rubrics(ws, asset("rubrics"))
