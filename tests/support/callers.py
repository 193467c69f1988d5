"""Recordings of callers to place calls with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from app.agents.practice import voice
from app.services.assets import asset


def caller_file(path: Path, *names: str, lead_s: float = 0.0, pause_s: float = 1.2) -> Path:
    """Clips of the practice caller, one utterance after the other."""
    parts = [np.zeros(round(lead_s * voice.RATE_HZ), np.int16)]
    for name in names:
        clip = voice.clip(asset("practice", "clips"), name)
        assert clip is not None
        parts += [clip, np.zeros(round(pause_s * voice.RATE_HZ), np.int16)]
    soundfile.write(path, np.concatenate(parts), voice.RATE_HZ)
    return path
