"""Workspaces with short real recordings, imported and not yet evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.domain.evaluation import EvaluatorSpec
from app.domain.imports import ImportOptions
from app.domain.ratings import Viewer
from app.domain.work import Quiet
from app.services import importing, raters
from app.services.workspace import Workspace
from tests.audio_files import dialogue

RATE = 8000
DETECT = EvaluatorSpec(name="speech.detect", args={"threshold": 0.3})
TURNS = EvaluatorSpec(name="turns.callbench")
LEVELS = EvaluatorSpec(name="signal.levels")
BOTH = (DETECT, TURNS)


def write_calls(folder: Path, count: int, first: int = 0) -> list[Path]:
    import soundfile

    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"call{n:04d}.wav" for n in range(first, first + count)]
    for n, path in enumerate(paths, first):
        soundfile.write(
            str(path), dialogue(3.6, RATE, turn_s=0.9, gap_s=0.3, seed=n), RATE, subtype="PCM_16"
        )
    return paths


def fill(ws: Workspace, folder: Path, count: int) -> list[str]:
    """Import `count` calls without detecting anything; their ids in order."""
    write_calls(folder, count)
    found = importing.scan(Quiet(), ws, [folder], ImportOptions(channels="caller,agent"))
    result = importing.commit(Quiet(), ws, found, detect=False)
    assert not result.failed
    return [c.id for c in sorted(result.imported, key=lambda c: c.path)]


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace.open(tmp_path / "ws")
    yield opened
    opened.close()


@pytest.fixture
def lead(ws: Workspace) -> Viewer:
    return raters.sign_in(ws, "Lee", "lead")


@pytest.fixture
def filled(ws: Workspace, tmp_path: Path) -> Callable[[int], list[str]]:
    return lambda count: fill(ws, tmp_path / "recordings", count)
