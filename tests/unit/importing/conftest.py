"""Short synthetic recordings for import tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

RATE = 8000


def voices(*spans: tuple[int, float, float], seconds: float = 4.0, seed: int = 1) -> Any:
    """Two channels of faint noise with louder noise on (channel, start_s, end_s)."""
    rng = np.random.default_rng(seed)
    samples = rng.normal(0, 0.001, (round(seconds * RATE), 2))
    for channel, start, end in spans:
        a, b = (min(len(samples), round(t * RATE)) for t in (start, end))
        samples[a:b, channel] += rng.normal(0, 0.1, b - a)
    return samples


TALK = ((0, 0.2, 1.2), (1, 1.5, 2.6), (0, 2.8, 3.8))


@pytest.fixture
def stereo(make_wav: Callable[..., Path]) -> Callable[..., Path]:
    """`stereo(name, seed=…)`: a call of two voices, caller left: 0.2–1.2 and 2.8–3.8 s."""

    def write(name: str, seed: int = 1, **more: Any) -> Path:
        return make_wav(name, voices(*TALK, seed=seed, **more), RATE)

    return write


LINES = [
    {"start_s": 0.2, "end_s": 1.2, "speaker": "caller", "text": "Hello, is it you?"},
    {"start_s": 1.5, "end_s": 2.6, "speaker": "agent", "text": "=SUM(A1) yes"},
    {"start_s": 2.8, "end_s": 3.8, "speaker": "caller", "text": "<b>good</b> 你好"},
]


def put_json(path: Path, lines: list[dict[str, Any]] | None = None, **more: Any) -> Path:
    """A transcript of `TALK` as JSON."""
    path.write_text(json.dumps({"segments": lines or LINES, **more}), "utf-8")
    return path
