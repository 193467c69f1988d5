"""Makes the recording that the benches use: a long stereo call, 48 kHz, two voices in turn.

Voices come from espeak-ng, or from shaped noise where it is missing. Kept in bench/.scratch.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SCRATCH = Path(__file__).parent / ".scratch"
RATE_HZ = 48_000
LINES = (
    ("en-us+f3", "Good morning, Harbour Travel, this is Nora, what can I do for you?"),
    ("en-gb+m3", "Hi. I booked a ferry for Friday and I need to move it to the week after."),
    ("en-us+f3", "Of course. Can you read me the booking number, please?"),
    ("en-gb+m3", "It is seven, seven, one, four, B as in bravo."),
    ("en-us+f3", "Thank you. I have two places on the Thursday night boat, is that fine?"),
    ("en-gb+m3", "Thursday would be too late, I am afraid. Is there anything on Wednesday?"),
)


def make(minutes: int = 60, *, folder: Path = SCRATCH) -> tuple[Path, Path]:
    """(WAV, FLAC) of that length, made on first use."""
    folder.mkdir(parents=True, exist_ok=True)
    wav, flac = folder / f"call_{minutes}.wav", folder / f"call_{minutes}.flac"
    if not wav.exists():
        print(f"making {minutes} minutes of audio in {folder} ...", file=sys.stderr)
        _write(wav, minutes)
    if not flac.exists():
        _encode(wav, flac)
    return wav, flac


def _write(path: Path, minutes: int) -> None:
    import soundfile

    rng = np.random.default_rng(7)
    voices = _voices()
    noise = rng.normal(0, 0.0008, (RATE_HZ * 30, 2)).astype(np.float32)
    total, done, turn = minutes * 60 * RATE_HZ, 0, 0
    part = path.with_suffix(".part")
    with soundfile.SoundFile(str(part), "w", RATE_HZ, 2, "PCM_16", format="WAV") as file:
        while done < total:
            voice = voices[turn % len(voices)]
            length = len(voice) + int(rng.uniform(0.2, 1.5) * RATE_HZ)
            start = int(rng.integers(0, len(noise) - length))
            block = noise[start : start + length].copy()
            block[: len(voice), turn % 2] += voice
            block = block[: total - done]
            file.write(block)
            done, turn = done + len(block), turn + 1
    part.replace(path)


def _voices() -> list[NDArray[np.float32]]:
    from app.audio import io
    from app.audio.polyphase import resample

    if shutil.which("espeak-ng") is None:
        return [_noise_voice(i) for i in range(len(LINES))]
    voices = []
    with tempfile.TemporaryDirectory() as folder:
        for i, (voice, text) in enumerate(LINES):
            path = Path(folder) / f"{i}.wav"
            subprocess.run(["espeak-ng", "-v", voice, "-w", str(path), text], check=True)
            samples, probe = io.read_all(path)
            spoken = samples[:, 0].astype(np.float32) * np.float32(0.6 / 32768)
            voices.append(resample(spoken, probe.rate_hz, RATE_HZ))
    return voices


def _noise_voice(seed: int) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    seconds = rng.uniform(2, 5)
    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    syllables = np.clip(np.sin(2 * np.pi * 4 * t) + 0.3, 0, 1)
    tone = np.sin(2 * np.pi * (110 + 60 * (seed % 2)) * t) ** 9
    return (0.4 * syllables * (tone + 0.1 * rng.normal(size=len(t)))).astype(np.float32)


def _encode(wav: Path, flac: Path) -> None:
    import soundfile

    part = flac.with_suffix(".part")
    with (
        soundfile.SoundFile(str(wav)) as source,
        soundfile.SoundFile(str(part), "w", RATE_HZ, 2, "PCM_16", format="FLAC") as target,
    ):
        for block in source.blocks(1 << 18, dtype="int16"):
            target.write(block)
    part.replace(flac)
