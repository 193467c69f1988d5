"""A folder of many short recordings, some of them broken, as an import may meet it."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

RATE_HZ = 8_000
SECONDS = 3.0


def make_folder(folder: Path, good: int, broken: int = 0) -> Path:
    """`good` stereo WAV files, no two alike, and `broken` ones of five kinds; made once."""
    done = folder / f".made-{good}-{broken}"
    if done.exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(20261121)
    for number in range(good):
        _write(folder / f"call_{number:04d}.wav", _talk(rng))
    for number in range(broken):
        _break(folder / f"broken_{number:04d}.wav", number % 5, rng)
    done.touch()
    return folder


def _talk(rng: np.random.Generator) -> np.ndarray:
    """Two voices in turn: noise shaped like syllables, over a quiet floor."""
    frames = round(SECONDS * RATE_HZ)
    at = np.arange(frames) / RATE_HZ
    pair = rng.normal(0, 0.001, (frames, 2))
    for side, (start, end) in enumerate(((0.2, 1.2), (1.6, 2.7))):
        here = (at >= start) & (at < end)
        syllables = 0.5 + 0.5 * np.sin(2 * np.pi * 4 * at[here])
        voice = sum(np.sin(2 * np.pi * (110 + 70 * side) * k * at[here]) / k for k in range(1, 12))
        pair[here, side] += 0.15 * syllables * voice * rng.uniform(0.6, 1.0)
    return (np.clip(pair, -1, 1) * 32_000).astype("<i2")


def _write(path: Path, samples: np.ndarray) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.tobytes())


def _break(path: Path, kind: int, rng: np.random.Generator) -> None:
    if kind == 0:
        path.write_bytes(b"")
    elif kind == 1:
        path.write_bytes(b"RIFF\x00\x00\x00\x00WAVEfmt ")
    elif kind == 2:
        path.write_bytes(rng.bytes(4_000))
    elif kind == 3:
        path.write_text("<html>503 Service Unavailable</html>")
    else:  # no channels at all
        _write(path, _talk(rng))
        data = bytearray(path.read_bytes())
        data[22:24] = b"\x00\x00"
        path.write_bytes(data)
