"""Long runs, collected only for `scripts/soak`: they take minutes."""

from __future__ import annotations

import os

if not os.environ.get("CALLBENCH_SOAK"):
    collect_ignore_glob = ["test_*.py"]
