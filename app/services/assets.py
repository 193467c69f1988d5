"""Where the files that ship with the program are: in a checkout or in an installed wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from app.domain.errors import EnvironmentFault

APP_DIR = Path(__file__).resolve().parent.parent


@cache
def asset_dir() -> Path:
    """The folder of rubrics, scenarios, demo calls and styles.

    A checkout keeps it beside the package, a wheel inside it (`app/assets`).

    Raises:
        EnvironmentFault: neither is there: the installation is damaged.
    """
    for folder in (APP_DIR.parent / "assets", APP_DIR / "assets"):
        if (folder / "rubrics").is_dir():
            return folder
    raise EnvironmentFault(
        f"The program's own files are missing beside {APP_DIR}.", "Install callbench again."
    )


def asset(*parts: str) -> Path:
    """The path of one shipped file or folder, for example `asset("rubrics", "gic.yaml")`."""
    return asset_dir().joinpath(*parts)
