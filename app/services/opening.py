"""Open a workspace and see that it has what ships with the program: rubrics and scenarios."""

from __future__ import annotations

import hashlib
from pathlib import Path

from app.domain.errors import EnvironmentFault
from app.services.assets import asset
from app.services.workspace import DB_NAME, Workspace

SHIPPED = "shipped"
"""Setting: which shipped rubrics and judges the workspace has."""


def open_workspace(path: Path, *, create: bool = False) -> Workspace:
    """Open a workspace; it gets the shipped rubrics and judges that it lacks.

    Raises:
        UserError: as `Workspace.open`.
    """
    _refuse_lost_database(path.expanduser())
    ws = Workspace.open(path, create=create)
    try:
        add_shipped(ws)
    except BaseException:
        ws.close()
        raise
    return ws


def _refuse_lost_database(folder: Path) -> None:
    """Never begin an empty database beside recordings: it would look as if the work were gone."""
    database = folder / DB_NAME
    if database.exists() and (not database.is_file() or database.stat().st_size):
        return
    if any((folder / "audio").glob("??/*.*")):
        raise EnvironmentFault(
            f"The workspace {folder} has recordings, but its database {DB_NAME} is lost.",
            f"Put the newest file of its backups folder there as {DB_NAME}, or choose another "
            "folder.",
        )


def add_shipped(ws: Workspace) -> int:
    """Store the shipped rubrics and judges that the workspace lacks; versions are immutable.

    Returns:
        How many were new.
    """
    stamp = _stamp()
    with ws.db.read() as uow:
        if uow.settings.get(SHIPPED) == stamp:
            return 0
    from app.services import rubrics
    from app.services.judging import definition_files

    new = rubrics.load_rubrics(ws, asset("rubrics")) + definition_files.load_judges(ws)
    with ws.db.human() as write:
        write.settings.put(SHIPPED, stamp)
    return new


def _stamp() -> str:
    """A hash of what ships: parsing it all at every start would delay the window."""
    seen = hashlib.sha256()
    for folder in ("rubrics", "judges"):
        for path in sorted(asset(folder).rglob("*.*")):
            seen.update(path.name.encode() + path.read_bytes())
    return seen.hexdigest()
