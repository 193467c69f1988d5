"""Looks at what the program needs: versions, sound, models, database, space, fonts, display.

Reads only; a workspace that is not there is not made.
"""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Any, Literal

from app.domain.errors import UserError
from app.services.assets import asset_dir
from app.services.places import log_path, version
from app.services.workspace import DB_NAME

Mark = Literal["ok", "note", "FAIL"]

PACKAGES = (
    "PySide6-Essentials", "numpy", "SQLAlchemy", "alembic", "sounddevice", "soundfile", "av",
    "faster-whisper", "onnxruntime", "pyarrow",
)  # fmt: skip
FONTS = ("Inter", "JetBrains Mono")
LOW_SPACE_BYTES = 2_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at. A `note` is worth knowing but stops nothing."""

    name: str
    mark: Mark
    detail: str
    remedy: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """All checks, in the order that they are shown."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return all(check.mark != "FAIL" for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """The shape that scripts rely on."""
        return {
            "ok": self.ok,
            "version": version(),
            "checks": [
                {
                    "name": c.name,
                    "status": {"ok": "ok", "note": "note", "FAIL": "failed"}[c.mark],
                    "detail": c.detail,
                    "remedy": c.remedy,
                    **c.data,
                }
                for c in self.checks
            ],
        }


def examine(workspace: Path) -> Report:
    """Look at everything; a check that itself goes wrong is reported as failed."""
    looks: tuple[tuple[str, Callable[[], Check]], ...] = (
        ("versions", _versions),
        ("assets", _assets),
        ("sound", _sound),
        ("speech detector", _detector),
        ("workspace", lambda: _workspace(workspace)),
        ("disk space", lambda: _space(workspace)),
        ("fonts", _fonts),
        ("display", _display),
        ("log", lambda: Check(name="log", mark="ok", detail=str(log_path()))),
    )
    return Report(tuple(_guarded(name, look) for name, look in looks))


def _guarded(name: str, look: Callable[[], Check]) -> Check:
    try:
        return look()
    except UserError as error:
        return Check(name=name, mark="FAIL", detail=error.what, remedy=error.remedy)
    except Exception as error:  # noqa: BLE001 - the doctor reports what it trips over
        return Check(name=name, mark="FAIL", detail=f"{type(error).__name__}: {error}")


def _versions() -> Check:
    found: dict[str, str | None] = {}
    for name in PACKAGES:
        try:
            found[name] = package_version(name)
        except PackageNotFoundError:
            found[name] = None
    missing = [name for name, number in found.items() if number is None]
    return Check(
        name="versions",
        mark="FAIL" if missing else "ok",
        detail=f"callbench {version()}, Python {platform.python_version()}, {platform.platform()}"
        + (f"; missing: {', '.join(missing)}" if missing else ""),
        remedy="Run scripts/setup again." if missing else "",
        data={"python": platform.python_version(), "packages": found},
    )


def _assets() -> Check:
    folder = asset_dir()
    return Check(name="assets", mark="ok", detail=str(folder))


def _sound() -> Check:
    from app.audio.devices import output_devices

    names = [device.name for device in output_devices()]
    if not names:
        return Check(
            name="sound",
            mark="note",
            detail="no output device; calls can be reviewed without sound",
            remedy="Connect a device, or start the sound server, and choose it in the settings.",
            data={"devices": []},
        )
    return Check(name="sound", mark="ok", detail=", ".join(names), data={"devices": names})


def _detector() -> Check:
    import numpy as np

    from app.models import vad
    from app.models.vad_spans import MODEL_RATE_HZ

    silence = np.zeros(MODEL_RATE_HZ, np.float32)
    vad.detect(silence + 0.01 * np.sin(np.arange(len(silence), dtype=np.float32)), len(silence))
    return Check(name="speech detector", mark="ok", detail=vad.version())


def _workspace(folder: Path) -> Check:
    path = folder / DB_NAME
    if not path.exists():
        return Check(
            name="workspace",
            mark="note",
            detail=f"none yet at {folder}",
            remedy="`callbench import` or `callbench demo` makes it.",
            data={"path": str(folder), "exists": False},
        )
    try:
        found = _check_database(path)
    except sqlite3.Error as error:
        found = {"problems": [str(error)]}
    problems: list[str] = found["problems"]
    return Check(
        name="workspace",
        mark="FAIL" if problems else "ok",
        detail="; ".join(problems[:3])
        if problems
        else f"{folder}, {found['calls']} calls, schema {found['schema']}, no damage found",
        remedy=f"Put the newest file of {folder / 'backups'} in place of {path}."
        if problems
        else "",
        data={"path": str(folder), "exists": True, **found},
    )


def _check_database(path: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        said = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)")]
        strays = len(connection.execute("PRAGMA foreign_key_check").fetchall())
        problems = [] if said == ["ok"] else said
        if strays:
            problems.append(f"{strays} rows refer to rows that are not there")
        return {
            "problems": problems,
            "schema": connection.execute("PRAGMA user_version").fetchone()[0],
            "calls": connection.execute("SELECT count(*) FROM call").fetchone()[0],
            "bytes": path.stat().st_size,
        }


def _space(folder: Path) -> Check:
    place = folder.absolute()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    low = free < LOW_SPACE_BYTES
    writable = os.access(place, os.W_OK)
    return Check(
        name="disk space",
        mark="ok" if writable and not low else "FAIL" if not writable else "note",
        detail=f"{free / 1e9:.1f} GB free at {place}" + ("" if writable else ", read-only"),
        remedy="" if writable and not low else "Free some space, or choose another folder.",
        data={"free_bytes": free, "writable": writable},
    )


def _fonts() -> Check:
    lister = shutil.which("fc-list")
    if lister is None:
        return Check(name="fonts", mark="note", detail="not known here (no fontconfig)")
    listed = subprocess.run(
        [lister, ":", "family"], capture_output=True, text=True, check=False, timeout=20
    ).stdout
    families = {word.strip() for row in listed.splitlines() for word in row.split(",")}
    missing = [name for name in FONTS if name not in families]
    return Check(
        name="fonts",
        mark="note" if missing else "ok",
        detail=f"missing: {', '.join(missing)}" if missing else ", ".join(FONTS),
        remedy="On Debian: apt-get install fonts-inter fonts-jetbrains-mono." if missing else "",
        data={"missing": missing},
    )


def _display() -> Check:
    if sys.platform != "linux":
        return Check(name="display", mark="ok", detail=sys.platform)
    for name in ("WAYLAND_DISPLAY", "DISPLAY"):
        if os.environ.get(name):
            return Check(name="display", mark="ok", detail=f"{name}={os.environ[name]}")
    return Check(
        name="display",
        mark="note",
        detail="none; commands and screenshots work without",
        remedy="Start it in a desktop session, or through Xvfb.",
    )
