"""Where a person's own files are: the default workspace and the log."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from app import __version__

APP_NAME = "callbench"


def default_workspace() -> Path:
    """`$CALLBENCH_WORKSPACE`, else `workspace` in the user's data folder."""
    named = os.environ.get("CALLBENCH_WORKSPACE")
    if named:
        return Path(named).expanduser()
    return Path(platformdirs.user_data_dir(APP_NAME, appauthor=False)) / "workspace"


def log_path() -> Path:
    """The rotating log of this user."""
    return Path(platformdirs.user_log_dir(APP_NAME, appauthor=False)) / "callbench.log"


def version() -> str:
    """The program's version."""
    return __version__
