"""Audio in the workspace, filed by its content: there whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.audio.sniff import reading
from app.domain.errors import BadInput, EnvironmentFault
from app.domain.imports import AudioFile
from app.domain.new import AudioBlob
from app.domain.work import Work
from app.services.workspace import Workspace

PART = ".import.part"
SETTLED_S = 600.0
"""A file that no call names is an orphan only when it has lain still this long: a recorder or a
demo may have filed it a moment before it adds its call."""
COPY_BYTES = 1 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT)


def file_audio(ctx: Work, ws: Workspace, audio: AudioFile, *, in_place: bool) -> AudioBlob:
    """Copy a recording into the workspace (unless it stays where it is) and describe it.

    The copy goes to a temporary name, is flushed to disk, checked against the hash of the dry
    run, and takes its final name in one step.

    Raises:
        BadInput: the file has changed since the dry run.
        EnvironmentFault: no room, or no right to write.
    """
    ext = audio.path.suffix.lower()[:8]
    if in_place:
        path = str(audio.path.resolve())
        return _blob(audio, ext, path)
    target = ws.audio_path(audio.sha256, ext)
    if not target.exists():
        with _writing(ws.audio_dir):
            target.parent.mkdir(parents=True, exist_ok=True)
        _copy(ctx, audio, target)
    return _blob(audio, ext, None)


def _blob(audio: AudioFile, ext: str, path: str | None) -> AudioBlob:
    return AudioBlob(
        sha256=audio.sha256, ext=ext, size_bytes=audio.size_bytes, path=path, codec=audio.codec
    )


def _copy(ctx: Work, audio: AudioFile, target: Path) -> None:
    part = target.with_name(f"{target.name}.{os.getpid()}{PART}")
    digest = hashlib.sha256()
    try:
        with reading(audio.path), audio.path.open("rb") as source, _writing(target.parent):
            with part.open("wb") as copy:
                while chunk := source.read(COPY_BYTES):
                    ctx.raise_if_cancelled()
                    digest.update(chunk)
                    copy.write(chunk)
                copy.flush()
                os.fsync(copy.fileno())
            if digest.hexdigest() != audio.sha256:
                raise BadInput(
                    f"{audio.path.name} has changed since it was looked at.",
                    "Import it again when nothing writes to it any more.",
                )
            part.replace(target)
            _sync_folder(target.parent)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable; systems that cannot do that are left alone."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise EnvironmentFault(
                f"The disk is full: there is no room for the recording in {folder}.",
                "Free some space, or import in place without copying.",
            ) from error
        raise EnvironmentFault(
            f"{folder} cannot be written: {error.strerror or error}.",
            "Check the rights of the workspace folder, or choose another workspace.",
        ) from error


@contextmanager
def importing(ws: Workspace) -> Iterator[None]:
    """Held while a file is copied and its call stored, so that no sweep takes it for an orphan.

    Raises:
        EnvironmentFault: the workspace cannot be written.
    """
    from filelock import FileLock

    with _writing(ws.audio_dir):
        ws.audio_dir.mkdir(parents=True, exist_ok=True)
        lock = FileLock(ws.audio_dir / ".import.lock")
        lock.acquire(timeout=60)
    try:
        yield
    finally:
        lock.release()


def sweep(ws: Workspace) -> int:
    """Delete audio that belongs to no call (an import was killed half way); how many files.

    Does nothing while another window imports.
    """
    from filelock import FileLock, Timeout

    if not ws.audio_dir.is_dir():
        return 0
    try:
        with FileLock(ws.audio_dir / ".import.lock", timeout=0):
            return sum(_sweep_folder(ws, folder) for folder in sorted(ws.audio_dir.iterdir()))
    except (Timeout, OSError):
        return 0


def _sweep_folder(ws: Workspace, folder: Path) -> int:
    if not folder.is_dir() or len(folder.name) != 2:
        return 0
    gone = 0
    with ws.db.read() as reader:
        for path in sorted(folder.iterdir()):
            if path.name.endswith(PART):
                orphan = True  # no other import runs: the lock is ours
            else:
                known = reader.calls.blob(path.name.partition(".")[0]) is not None
                orphan = not known and time.time() - path.stat().st_mtime > SETTLED_S
            if orphan:
                with contextlib.suppress(OSError):
                    path.unlink()
                    gone += 1
    return gone
