"""A workspace: one folder with the database, the audio, and caches that may be deleted."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from app.domain.errors import EnvironmentFault, NotFound
from app.domain.ids import new_id
from app.domain.new import AudioBlob
from db.engine import Database

DB_NAME = "workbench.db"
_FOLDERS = ("audio", "cache", "backups", "exports")


class Workspace:
    """An open workspace. Call from any thread; close it when the program ends.

    Layout: `workbench.db`, `audio/<aa>/<sha256><ext>`, `cache/` (may be deleted at any time),
    `backups/`, `exports/`.
    """

    def __init__(self, path: Path, db: Database) -> None:
        self.path = path
        self.db = db

    @classmethod
    def open(cls, path: Path, *, create: bool = True) -> Workspace:
        """Open the workspace at `path`, making it if there is none.

        Raises:
            NotFound: there is none and `create` is false.
            EnvironmentFault: newer schema, not ours, corrupt, locked, read-only, full.
        """
        path = path.expanduser().resolve()
        if path.exists() and not path.is_dir():
            raise EnvironmentFault(f"{path} is a file, not a folder.", "Name a folder.")
        if not create and not (path / DB_NAME).exists():
            raise NotFound(f"There is no workspace at {path}.", "Check the folder's name.")
        try:
            for folder in _FOLDERS:
                (path / folder).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EnvironmentFault(
                f"The workspace {path} cannot be written: {error.strerror}.",
                "Make the folder writable, or choose another one.",
            ) from error
        return cls(path, Database(path / DB_NAME, path / "backups", create=create))

    def close(self) -> None:
        """Close the database."""
        self.db.close()

    @property
    def audio_dir(self) -> Path:
        """Originals by content."""
        return self.path / "audio"

    @property
    def cache_dir(self) -> Path:
        """Decoded samples and pictures; anything here can be made again."""
        return self.path / "cache"

    @property
    def backup_dir(self) -> Path:
        """Copies of the database made before upgrades."""
        return self.path / "backups"

    @property
    def export_dir(self) -> Path:
        """Where exports go unless another folder is named."""
        return self.path / "exports"

    def audio_path(self, sha256: str, ext: str) -> Path:
        """Where the content-addressed copy of a file lies, whether or not it is there."""
        return self.audio_dir / sha256[:2] / f"{sha256}{ext}"

    def audio_file(self, sha256: str) -> Path:
        """The file that holds that audio: our copy, or the original referenced in place.

        Raises:
            NotFound: the audio is unknown, or its file has gone.
        """
        with self.db.read() as uow:
            blob = uow.calls.blob(sha256)
        if blob is None:
            raise NotFound(f"No audio with the content {sha256[:12]} is known.")
        found = Path(blob.path) if blob.path else self.audio_path(sha256, blob.ext)
        if not found.is_file():
            raise NotFound(
                f"The audio file {found} is missing.", "Put it back, or import the call again."
            )
        return found

    def keep_audio(self, source: Path, sha256: str, *, in_place: bool = False) -> AudioBlob:
        """Copy a file into the workspace under its content's name; safe to call again.

        Args:
            source: the file.
            sha256: its content's hash, as the caller computed it.
            in_place: only refer to the file where it is.

        Raises:
            EnvironmentFault: the copy failed; nothing half-made stays.
        """
        ext, size = source.suffix.lower(), source.stat().st_size
        if in_place:
            return AudioBlob(sha256=sha256, ext=ext, size_bytes=size, path=str(source.resolve()))
        target = self.audio_path(sha256, ext)
        if not (target.is_file() and target.stat().st_size == size):
            _copy(source, target)
        return AudioBlob(sha256=sha256, ext=ext, size_bytes=size)


def _copy(source: Path, target: Path) -> None:
    partial = target.with_name(f".{new_id()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as read, partial.open("wb") as write:
            shutil.copyfileobj(read, write, 1 << 20)
            write.flush()
            os.fsync(write.fileno())
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise EnvironmentFault(
            f"{source} could not be copied into the workspace: {error.strerror}.",
            "Check the free space and the folder's permissions.",
        ) from error
