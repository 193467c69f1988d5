"""Settings and session state of one person on one machine, as small JSON files.

They are the person's, not the workspace's: two people may share a workspace. Main thread only.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.domain.settings import BY_KEY, SCHEMA_VERSION, Value, upgrade

log = logging.getLogger("callbench.settings")

CONFIG_DIR_VARIABLE = "CALLBENCH_CONFIG_DIR"


def config_dir() -> Path:
    """Where settings live; `CALLBENCH_CONFIG_DIR` overrides the platform's place."""
    override = os.environ.get(CONFIG_DIR_VARIABLE)
    if override:
        return Path(override)
    from platformdirs import user_config_path

    return user_config_path("callbench", appauthor=False)


class SettingsStore(QObject):
    """Values by key, checked against the table, written at once and atomically.

    Args:
        folder: where the files are; None keeps everything in memory (pictures, tests).
    """

    changed = Signal(str)
    """Key of the setting that changed."""

    def __init__(self, folder: Path | None) -> None:
        super().__init__()
        self._folder = folder
        self._values: dict[str, Value] = self._load()

    def get(self, key: str) -> Value:
        """The value in force. KeyError for a key that is not in the table."""
        return self._values.get(key, BY_KEY[key].default)

    def text(self, key: str) -> str:
        """A choice."""
        return str(self.get(key))

    def number(self, key: str) -> int:
        """An int."""
        value = self.get(key)
        assert isinstance(value, int)
        return value

    def flag(self, key: str) -> bool:
        """A bool."""
        return bool(self.get(key))

    def set(self, key: str, value: Value) -> None:
        """Store a value; ValueError where the table refuses it."""
        if not BY_KEY[key].accepts(value):
            raise ValueError(f"{key} cannot be {value!r}")
        if value == self.get(key):
            return
        self._values[key] = value
        own = {k: v for k, v in self._values.items() if not BY_KEY[k].shared}
        self._write("settings.json", {"version": SCHEMA_VERSION, "values": own})
        self.changed.emit(key)

    def adopt(self, values: Mapping[str, Value]) -> None:
        """Take over the workspace's own settings; they are not written to the person's file."""
        for key, value in values.items():
            if BY_KEY[key].accepts(value) and value != self.get(key):
                self._values[key] = value
                self.changed.emit(key)

    def session(self, workspace: Path) -> dict[str, Any]:
        """What was saved for that workspace; empty the first time."""
        return self._read(_session_name(workspace))

    def save_session(self, workspace: Path, state: dict[str, Any]) -> None:
        """Keep geometry, screen, call, widths, sort, selection for that workspace."""
        self._write(_session_name(workspace), {"workspace": str(workspace), **state})

    def _load(self) -> dict[str, Value]:
        stored = self._read("settings.json")
        values = stored.get("values")
        version = stored.get("version", SCHEMA_VERSION)
        if not isinstance(values, dict) or not isinstance(version, int):
            return {}
        return upgrade(values, version)

    def _read(self, name: str) -> dict[str, Any]:
        if self._folder is None:
            return {}
        try:
            value = json.loads((self._folder / name).read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            log.warning("settings file %s cannot be read and is ignored: %s", name, error)
            return {}
        return value if isinstance(value, dict) else {}

    def _write(self, name: str, value: dict[str, Any]) -> None:
        if self._folder is None:
            return
        path = self._folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(f".{os.getpid()}.tmp")
            draft.write_text(json.dumps(value, indent=1, ensure_ascii=False), "utf-8")
            draft.replace(path)
        except OSError as error:
            log.warning("settings could not be written to %s: %s", path, error)


def _session_name(workspace: Path) -> str:
    digest = hashlib.sha256(str(workspace.resolve()).encode()).hexdigest()[:16]
    return f"sessions/{digest}.json"
