"""PySide6 6.12.0 on Python 3.11 loses one reference to None per call that returns nothing.

When the count runs out the interpreter aborts, so the check runs in a process of its own.
"""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
from PySide6.QtCore import QObject
thing = QObject()
before = sys.getrefcount(None)
for _ in range(1000):
    thing.setObjectName("x")
print(before - sys.getrefcount(None))
"""


def test_calls_that_return_nothing_keep_the_references_to_none() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 500
