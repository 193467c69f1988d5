"""A real kill while importing: every call that is there has its audio, whole."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.work import Quiet
from app.services.calls import get_calls
from app.services.importing import commit, scan
from app.services.media import locate
from app.services.workspace import Workspace
from tests.unit.importing.conftest import TALK, voices

CHILD = """
import sys
from pathlib import Path
from app.domain.work import Quiet
from app.services.importing import commit, scan
from app.services.workspace import Workspace
ws = Workspace.open(Path(sys.argv[1]))
found = scan(Quiet(), ws, [Path(sys.argv[2])])
sys.stdout.write("ready\\n")
sys.stdout.flush()
commit(Quiet(), ws, found, detect=False)
"""
COUNT = 40


@pytest.mark.parametrize("delay_s", [0.02, 0.1, 0.25])
def test_killed_while_importing(
    tmp_path: Path, make_wav: Callable[..., Path], delay_s: float
) -> None:
    for number in range(COUNT):
        make_wav(f"calls/{number:02d}.wav", voices(*TALK, seed=number, seconds=1.0), 8000)
    where = tmp_path / "ws"
    Workspace.open(where).close()
    root = Path(__file__).resolve().parents[3]
    command = [sys.executable, "-c", CHILD, str(where), str(tmp_path / "calls")]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        time.sleep(delay_s)
        child.kill()
    ws = Workspace.open(where)
    try:
        _all_whole(ws)
        done = commit(Quiet(), ws, scan(Quiet(), ws, [tmp_path / "calls"]), detect=False)
        assert len(done.imported) + len(done.duplicates) == COUNT
        _all_whole(ws)
        assert not list(ws.audio_dir.rglob("*.part"))
    finally:
        ws.close()


def _all_whole(ws: Workspace) -> None:
    with ws.db.read() as uow:
        ids = uow.calls.ids_of(range(1, COUNT + 1))
    for call in get_calls(ws, ids):
        for track in call.tracks:
            data = locate(ws, call, track)[0].read_bytes()
            assert hashlib.sha256(data).hexdigest() == track.audio_sha256
        assert call.tracks
