"""Calls that ship with the program come into a workspace; what is there is not read again."""

from __future__ import annotations

import hashlib
from pathlib import Path

from app.domain.imports import Duplicate, ImportChoices, ImportOptions, ImportResult
from app.domain.work import Work
from app.services import importing
from app.services.workspace import Workspace

DONE = "samples."
"""Begins the settings that say which files came in: a folder's name, and the hash over it."""
SUFFIX = ".flac"


def bring(
    ctx: Work, ws: Workspace, folder: Path, options: ImportOptions
) -> tuple[ImportResult, dict[str, str]]:
    """Import a folder of ours unless all of it is here.

    Returns:
        What came of it, and each call's id by the name of its file.

    Raises:
        EnvironmentFault: the workspace cannot be written. Cancelled.
    """
    hashes = _hashes(folder)
    result = _here(ws, folder, hashes)
    if result is None:
        found = importing.scan(ctx, ws, [folder], options)
        result = importing.commit(ctx, ws, found, ImportChoices())
        if not result.failed:
            with ws.db.machine() as uow:
                uow.settings.put(_key(folder), _digest(hashes))
    ids = {Path(i.path).stem: i.id for i in result.imported}
    ids |= {Path(d.path).stem: d.id for d in result.duplicates}
    return result, ids


def _here(ws: Workspace, folder: Path, hashes: dict[str, str]) -> ImportResult | None:
    """All calls of the folder as duplicates; None where one, or its sound, has to be read again.

    A call of one recording is known by the hash of its file.
    """
    known = []
    with ws.db.read() as uow:
        if uow.settings.get(_key(folder)) != _digest(hashes):
            return None
        for name, sha256 in hashes.items():
            if not name.endswith(SUFFIX):
                continue
            call_id = uow.calls.find_content(sha256)
            if call_id is None or not ws.audio_path(sha256, SUFFIX).exists():
                return None
            known.append(Duplicate(path=str(folder / name), id=call_id))
    return ImportResult(duplicates=tuple(known))


def _hashes(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.is_file()
    }


def _digest(hashes: dict[str, str]) -> str:
    return hashlib.sha256("\n".join(f"{n} {h}" for n, h in hashes.items()).encode()).hexdigest()


def _key(folder: Path) -> str:
    return f"{DONE}{folder.parent.name}"
