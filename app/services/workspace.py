"""A workspace: one folder with the database, the audio, and caches that may be deleted."""

from __future__ import annotations

from pathlib import Path

from app.domain.errors import EnvironmentFault, NotFound
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
