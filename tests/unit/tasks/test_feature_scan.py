"""Modules imported after Qt are not read again as text; Qt's names stay as they are."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import linecache
from PySide6.QtCore import QObject
from app.ui.feature_scan import skip_feature_scan
skip_feature_scan()
import sqlalchemy
read = [name for name in linecache.cache if name.endswith("sqlalchemy/__init__.py")]
assert not read, "its sources were read"
thing = QObject()
thing.setObjectName("kept")
assert thing.objectName() == "kept"
"""


def test_sources_are_not_read_and_names_are_kept() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_without_it_they_would_be() -> None:
    """If this fails, PySide has changed and the module can go."""
    script = SCRIPT.replace("skip_feature_scan()\n", "", 1).replace(
        "assert not read", "assert read"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
