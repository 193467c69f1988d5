"""Audio in the workspace, filed by its content: there whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
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
    """Delete half-made copies (an import was killed half way); how many files.

    A whole recording that no call names stays: after an older database was put back from
    `backups/` it may be the only copy, and importing it again takes it up. Does nothing while
    another window imports.
    """
    from filelock import FileLock, Timeout

    if not ws.audio_dir.is_dir():
        return 0
    try:
        with FileLock(ws.audio_dir / ".import.lock", timeout=0):
            return sum(_sweep_folder(folder) for folder in sorted(ws.audio_dir.iterdir()))
    except (Timeout, OSError):
        return 0


def _sweep_folder(folder: Path) -> int:
    if not folder.is_dir() or len(folder.name) != 2:
        return 0
    gone = 0
    for path in sorted(folder.glob(f"*{PART}")):  # no other import runs: the lock is ours
        with contextlib.suppress(OSError):
            path.unlink()
            gone += 1
    return gone
