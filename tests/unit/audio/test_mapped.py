"""What is read of a mapped recording does not stay in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.audio import envelope
from app.audio.mapped import let_go
from app.models import vad

RATE_HZ = 48_000
FRAMES = 8 << 20
SMAPS = Path("/proc/self/smaps")


@pytest.fixture
def stereo(tmp_path: Path) -> np.ndarray:
    """Three minutes that lie in a file of 32 MB."""
    path = tmp_path / "stereo.pcm"
    with path.open("wb") as file:
        file.truncate(4 * FRAMES)
    flat = np.memmap(path, np.uint8, "r").view(np.ndarray)
    return flat.view(np.int16).reshape(-1, 2)


def resident_mb(path: Path) -> float:
    """How much of the file this process holds in memory."""
    found, mine = 0.0, False
    for line in SMAPS.read_text().splitlines():
        if "-" in line.split(" ")[0]:
            mine = line.endswith(str(path))
        elif mine and line.startswith("Rss:"):
            found += int(line.split()[1]) / 1024
    return found


@pytest.mark.skipif(not SMAPS.exists(), reason="asks Linux how much is resident")
def test_measuring_leaves_no_recording_in_memory(stereo: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "stereo.pcm"
    assert int(stereo.sum()) == 0
    assert resident_mb(path) > 30
    envelope.compute(stereo[:, 1], RATE_HZ)
    assert resident_mb(path) < 8
    assert int(stereo.sum()) == 0
    vad.detect(stereo[:, 0], RATE_HZ)
    assert resident_mb(path) < 8


def test_samples_are_the_same_afterwards_and_memory_of_ones_own_stays(tmp_path: Path) -> None:
    own = np.arange(8, dtype=np.int16)
    own.tofile(tmp_path / "x")
    mapped = np.memmap(tmp_path / "x", np.int16, "r")[2:]
    let_go(own, mapped)
    assert own.tolist() == list(range(8))
    assert mapped.tolist() == list(range(2, 8))
    changed = np.memmap(tmp_path / "x", np.int16, "c")
    changed[0] = 7
    let_go(changed)
    assert changed[0] == 7
