"""Placed lines made into the two channels of a telephone call."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from demo import mix
from demo.plan import Line
from numpy.typing import NDArray

TAIL_S = 0.8
FULL = 32760


def stereo(key: str, script: dict[str, Any], lines: list[Line]) -> NDArray[np.float32]:
    """Caller left, agent right; noise beds where the script names them."""
    rate = script["rate_hz"]
    frames = max(x.end for x in lines) + round(script.get("tail_s", TAIL_S) * rate)
    band = mix.telephone(rate, script["band"])
    channels = []
    for i, speaker in enumerate(("caller", "agent")):
        clean = np.zeros(frames, dtype=np.float32)
        mine = [s for x in lines if x.speaker == speaker for s in x.sentences]
        for s in mine:
            begin = s.start - s.lead
            room = clean[begin : begin + len(s.samples)]
            room += s.samples[: len(room)]
        clean = mix.level(clean, [(s.start, s.end) for s in mine])
        bed = script.get("noise", {}).get(speaker)
        if bed is not None:
            seed = zlib.crc32(key.encode()) + i
            clean = clean + mix.noise(bed["kind"], frames, band, bed["snr_db"], seed)
        channels.append(clean)
    return np.clip(np.stack(channels, axis=1), -1, 1).astype(np.float32)


def pcm(samples: NDArray[np.float32], step: int) -> NDArray[np.int16]:
    """16-bit samples in multiples of `step`: FLAC drops the bits that are always zero."""
    return (np.round(samples * FULL / step) * step).astype(np.int16)
