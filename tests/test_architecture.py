"""The import contracts of pyproject.toml, checked wherever the tests run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_import_contracts_hold() -> None:
    found = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    assert "0 broken" in found.stdout


def test_no_module_of_the_product_relies_on_the_folder_it_runs_in() -> None:
    offenders = [
        str(path.relative_to(ROOT))
        for folder in ("app", "db")
        for path in (ROOT / folder).rglob("*.py")
        if "Path.cwd()" in path.read_text(encoding="utf-8")
    ]
    assert offenders == []
