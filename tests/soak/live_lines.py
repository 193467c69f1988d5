"""The caller's lines that ship, as recordings."""

from __future__ import annotations

from pathlib import Path

import soundfile

from app.agents.practice import voice
from app.services.assets import asset


def line_of(folder: Path, name: str) -> Path:
    """One of them, in the folder."""
    pcm = voice.clip(asset("practice", "clips"), name)
    assert pcm is not None
    path = folder / f"{name}.wav"
    soundfile.write(path, pcm, voice.RATE_HZ)
    return path
