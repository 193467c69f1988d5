"""Open a workspace and see that it has what ships with the program: rubrics and scenarios."""

from __future__ import annotations

from pathlib import Path

from app.domain.errors import EnvironmentFault
from app.services.assets import asset
from app.services.workspace import DB_NAME, Workspace


def open_workspace(path: Path, *, create: bool = False) -> Workspace:
    """Open a workspace; a new one gets the shipped rubrics.

    Raises:
        UserError: as `Workspace.open`.
    """
    _refuse_lost_database(path.expanduser())
    ws = Workspace.open(path, create=create)
    try:
        if _lacks_rubrics(ws):  # new, or killed while it was being made
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


def _lacks_rubrics(ws: Workspace) -> bool:
    with ws.db.read() as uow:
        return not uow.rubrics.all()


def add_shipped(ws: Workspace) -> int:
    """Store the shipped rubrics that the workspace lacks; versions are immutable.

    Returns:
        How many were new.
    """
    from app.services import rubrics

    return rubrics.load_rubrics(ws, asset("rubrics"))
