"""A stereo WAV of the pieces of a conversation, each at its time: the caller left, the agent right.

Written straight to disk, silence first, so that a long conversation takes no memory and a full
disk is an error and no crash. Pieces of one speaker that overlap are added up.
"""

from __future__ import annotations

import atexit
import shutil
import struct
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from app.audio import io
from app.audio.polyphase import Resampler
from app.audio.sniff import writing
from app.domain.calls import SPEAKERS, Speaker
from app.domain.errors import BadInput
from app.domain.work import Work
from app.services.importing.walk import shown

HEADER = 44
BLOCK_FRAMES = 1 << 18
MAX_S = 6 * 3600.0
MAX_PIECE_S = 3600.0
RATES_HZ = frozenset({8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000})
"""Between any two of these the conversion is cheap; others are no rates of speech systems."""
BYTES_A_FRAME = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """A recording of one speaker alone that begins `start_s` into the conversation."""

    path: Path
    speaker: Speaker
    start_s: float
    length_s: float
    rate_hz: int

    @property
    def end_s(self) -> float:
        """Where it ends, by its own length."""
        return self.start_s + self.length_s


def probed(path: Path, speaker: Speaker, start_s: float) -> Piece:
    """A piece by its file.

    Raises:
        UserError: it is no usable recording, too long for one piece, or of an odd rate.
    """
    found = io.probe(path)
    if found.duration_s > MAX_PIECE_S or found.rate_hz not in RATES_HZ:
        raise BadInput(
            f"{shown(path.name)} is {found.duration_s:.0f} s at {found.rate_hz} Hz, which is no "
            "segment of a conversation."
        )
    return Piece(path, speaker, start_s, found.duration_s, found.rate_hz)


def render(ctx: Work, pieces: Iterable[Piece], target: Path) -> Path:
    """Write the pieces to `target` at the highest of their rates.

    Raises:
        BadInput: no pieces, longer than six hours, or a piece that cannot be decoded.
        EnvironmentFault: the disk is full. Cancelled: asked for through `ctx`.
    """
    found = list(pieces)
    end_s = max((p.end_s for p in found), default=0.0)
    if not 0 < end_s <= MAX_S:
        raise BadInput(f"The segments span {end_s:.0f} s, which is no conversation.")
    rate_hz = max(p.rate_hz for p in found)
    frames = max(round(p.start_s * rate_hz) + _frames(p, rate_hz) for p in found)
    with writing(target), target.open("w+b") as file:
        file.write(_header(frames, rate_hz))
        for first in range(0, frames, BLOCK_FRAMES):
            ctx.raise_if_cancelled()
            file.write(bytes(BYTES_A_FRAME * min(BLOCK_FRAMES, frames - first)))
        for number, piece in enumerate(found, start=1):
            ctx.raise_if_cancelled()
            ctx.progress(number, len(found), piece.path.name)
            _add(file, piece, rate_hz, frames)
    return target


def _frames(piece: Piece, rate_hz: int) -> int:
    return round(piece.length_s * rate_hz) + 1


def _header(frames: int, rate_hz: int) -> bytes:
    """Canonical 16-bit PCM header for two channels."""
    size = frames * BYTES_A_FRAME
    head = struct.pack("<4sI4s4sIHHII", b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 1, 2, rate_hz,
                       rate_hz * BYTES_A_FRAME)  # fmt: skip
    return head + struct.pack("<HH4sI", BYTES_A_FRAME, 16, b"data", size)


def _add(file: BinaryIO, piece: Piece, rate_hz: int, frames: int) -> None:
    samples = _mono(piece, rate_hz)
    first = round(piece.start_s * rate_hz)
    samples = samples[: max(0, frames - first)]
    column = SPEAKERS.index(piece.speaker)
    for at in range(0, len(samples), BLOCK_FRAMES):
        part = samples[at : at + BLOCK_FRAMES]
        file.seek(HEADER + (first + at) * BYTES_A_FRAME)
        there = np.frombuffer(file.read(len(part) * BYTES_A_FRAME), "<i2").reshape(-1, 2).copy()
        sums = there[:, column].astype(np.int32) + part[: len(there)]
        there[:, column] = np.clip(sums, -32768, 32767).astype(np.int16)
        file.seek(HEADER + (first + at) * BYTES_A_FRAME)
        file.write(there.tobytes())


def _mono(piece: Piece, rate_hz: int) -> NDArray[np.int32]:
    """The piece's samples at `rate_hz`, 16-bit scale, its channels averaged."""
    raw, probe = io.read_all(piece.path)
    scale = 1.0 if raw.dtype == np.int16 else 32768.0
    mono = (raw.astype(np.float32) * np.float32(scale)).mean(axis=1)
    if probe.rate_hz != rate_hz:
        resampler = Resampler(probe.rate_hz, rate_hz)
        mono = np.concatenate([resampler.push(mono), resampler.finish()])
    rounded: NDArray[np.int32] = np.rint(np.nan_to_num(mono)).astype(np.int32)
    return rounded


@cache
def scratch() -> Path:
    """This process's folder for rendered recordings; gone when the process ends.

    Raises:
        EnvironmentFault: it cannot be made.
    """
    with writing(Path(tempfile.gettempdir()) / "callbench"):
        made = Path(tempfile.mkdtemp(prefix="callbench-segments-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made
