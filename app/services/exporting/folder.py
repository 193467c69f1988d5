"""An export's folder: made aside, then put in place in one step; a manifest tells what is in it."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.domain.errors import BadInput, EnvironmentFault
from app.domain.ids import new_id

MANIFEST = "manifest.json"
SCHEMA = "callbench.export/1"


def manifest_bytes(body: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """`manifest.json`: `body` with each file's size and hash. Keys are sorted."""
    listed = {}
    for name in sorted(files):  # one at a time: a mapping may make them when they are asked for
        data = files[name]
        listed[name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    full = {"schema": SCHEMA, **body, "files": listed}
    return (json.dumps(full, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode("utf-8")


def is_ours(folder: Path) -> bool:
    """Whether the folder holds an export of ours, which may be replaced by a newer one."""
    try:
        body = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(body, dict) and body.get("schema") == SCHEMA


def check_target(folder: Path) -> None:
    """Refuse a place that an export must not overwrite.

    Raises:
        BadInput: a file, or a folder with anything else in it than an export.
    """
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is a file.", "Name a folder.")
    with _writing(folder):
        full = folder.is_dir() and any(folder.iterdir())
    if full and not is_ours(folder):
        raise BadInput(
            f"{folder} is not empty and holds no export of Callbench.",
            "Name a new or empty folder.",
        )
    if full:
        strangers = _strangers(folder)
        if strangers:
            raise BadInput(
                f"{folder} holds {strangers[0]}, which is no part of the export there.",
                "Move it away, or name a new folder.",
            )


def _strangers(folder: Path) -> list[str]:
    """Files below an export's folder that its manifest does not name."""
    named = set(json.loads((folder / MANIFEST).read_bytes()).get("files", ())) | {MANIFEST}
    found = (p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir())
    return sorted(name for name in found if name not in named)


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put `files` into `folder` as a whole: on failure nothing of it is there.

    Raises:
        BadInput: the folder is somebody else's.
        EnvironmentFault: read-only, or full.
    """
    check_target(folder)
    with _writing(folder):
        folder = folder.resolve()  # what a link or `.` names is written, never replaced
        is_empty = folder.is_dir() and not any(folder.iterdir())
    inside = f".{folder.name}.{new_id()}.part"
    aside = folder / inside if is_empty else folder.with_name(inside)
    try:
        with _writing(folder):
            aside.mkdir(parents=True)
            for name, data in files.items():
                path = aside / name
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
            if is_empty:
                _fill(aside, folder)
            else:
                _put(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _fill(aside: Path, folder: Path) -> None:
    """Move everything into an empty folder (it may be a disk's own), the manifest last."""
    moved: list[Path] = []
    try:
        for path in sorted(aside.iterdir(), key=lambda p: p.name == MANIFEST):
            moved.append(path.rename(folder / path.name))
    except OSError:
        for path in moved:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise


def _put(aside: Path, folder: Path) -> None:
    """Rename into place; an export that was there steps aside first and comes back on failure."""
    if not folder.exists():
        aside.rename(folder)
        return
    old = folder.with_name(f".{folder.name}.{new_id()}.old")
    folder.rename(old)
    try:
        aside.rename(folder)
    except OSError:
        with contextlib.suppress(OSError):
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise EnvironmentFault(
                f"The disk is full: the export to {folder} was not made.",
                "Free some space, or export to another disk.",
            ) from error
        raise EnvironmentFault(
            f"{folder} cannot be written: {error.strerror or error}.",
            "Choose a folder that you may write to.",
        ) from error
