"""One pass over a recording's samples: its exact length, and what is odd about it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.audio import io
from app.audio.sniff import reading
from app.domain.calls import Finding, TrackRole
from app.domain.work import Work

HOP_S = 0.010
SILENT_DB = -65.0
"""A channel whose loudest 10 ms stay below this holds nobody's speech."""
IDENTICAL_DB = -45.0
"""Level of the difference of two channels, against their own, below which they are one."""
CLIPPED_SHARE = 1e-4
FULL_SCALE = 0.9995
ALL_FIGURES = ("latency", "overlap", "interruption")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What one pass found. `levels_db` is (10 ms frames, channels), dB of full scale."""

    probe: io.Probe
    frame_count: int
    levels_db: NDArray[np.float32]
    findings: tuple[Finding, ...]


def sha256_of(path: Path, ctx: Work) -> str:
    """Hash of the file's bytes.

    Raises:
        UserError: it cannot be read.
    """
    digest = hashlib.sha256()
    with reading(path), path.open("rb") as file:
        while chunk := file.read(1 << 20):
            ctx.raise_if_cancelled()
            digest.update(chunk)
    return digest.hexdigest()


def listen(path: Path, ctx: Work) -> Heard:
    """Decode the whole recording once.

    Raises:
        UserError: it is no recording that can be used; the message names file and remedy.
    """
    probe = io.probe(path)
    meter = _Meter(probe.channels, probe.rate_hz, probe.is_float)
    decoded = io.decode_to(probe, meter, ctx)
    levels = meter.levels_db()
    return Heard(
        probe=probe,
        frame_count=decoded.frame_count,
        levels_db=levels,
        findings=(*probe.findings, *decoded.findings, *_oddities(path, meter, levels)),
    )


class _Meter:
    """A sink that keeps the energy of each 10 ms, clipped samples and the channels' difference."""

    def __init__(self, channels: int, rate_hz: int, is_float: bool) -> None:
        self.channels = channels
        self.hop = max(1, round(rate_hz * HOP_S))
        self._scale = np.float32(1.0 if is_float else 1 / 32768)
        self._rest = np.zeros((0, channels), np.float32)
        self._energy: list[NDArray[np.float32]] = []
        self.clipped = np.zeros(channels, np.int64)
        self.total = np.zeros(channels, np.float64)
        self.difference = 0.0
        self.frames = 0

    def __call__(self, _first: int, block: NDArray[Any]) -> None:
        samples = block.astype(np.float32).reshape(len(block), self.channels) * self._scale
        self.frames += len(samples)
        self.clipped += np.count_nonzero(np.abs(samples) >= FULL_SCALE, axis=0)
        square = samples * samples
        self.total += square.sum(axis=0, dtype=np.float64)
        if self.channels == 2:
            apart = samples[:, 0] - samples[:, 1]
            self.difference += float(np.dot(apart, apart))
        joined = np.concatenate([self._rest, square]) if len(self._rest) else square
        whole = len(joined) // self.hop * self.hop
        if whole:
            self._energy.append(
                joined[:whole].reshape(-1, self.hop, self.channels).mean(axis=1, dtype=np.float32)
            )
        self._rest = joined[whole:]

    def levels_db(self) -> NDArray[np.float32]:
        """Level of each 10 ms and channel, dB of full scale, not below -120."""
        blocks = list(self._energy)
        if len(self._rest):
            blocks.append(self._rest.mean(axis=0, keepdims=True))
        energy = np.concatenate(blocks) if blocks else np.zeros((0, self.channels), np.float32)
        return (10 * np.log10(np.maximum(energy, 1e-12))).astype(np.float32)


def _oddities(path: Path, meter: _Meter, levels: NDArray[np.float32]) -> list[Finding]:
    found: list[Finding] = []
    roles: tuple[str, ...] = ("left", "right") if meter.channels == 2 else ("",)
    loudest = levels.max(axis=0) if len(levels) else np.full(meter.channels, -120.0)
    for index, side in enumerate(roles):
        where = f"The {side} channel of {path.name}" if side else path.name
        if loudest[index] < SILENT_DB:
            found.append(
                Finding(
                    code="silent_channel",
                    message=f"{where} is silent (never above {loudest[index]:.0f} dB).",
                    voids=ALL_FIGURES,
                    track_role=_usual_role(meter.channels, index),
                )
            )
        share = meter.clipped[index] / max(1, meter.frames)
        if share > CLIPPED_SHARE and meter.clipped[index] > 10:
            found.append(
                Finding(
                    code="clipping",
                    message=f"{where} is clipped in {100 * share:.2f} % of its samples.",
                    voids=("level",),
                    track_role=_usual_role(meter.channels, index),
                )
            )
    if meter.channels == 1:
        found.append(mono_mix(path))
    elif is_identical(meter) and not all(level < SILENT_DB for level in loudest):
        found.append(
            Finding(
                code="identical_channels",
                message=f"Both channels of {path.name} hold the same sound: it is a mono mix, and "
                "who speaks when cannot be told from the channels.",
                voids=ALL_FIGURES,
            )
        )
    return found


def _usual_role(channels: int, index: int) -> TrackRole:
    if channels == 1:
        return "mix"
    return "caller" if index == 0 else "agent"


def is_identical(meter: _Meter) -> bool:
    """Whether the two channels hold the same samples but for rounding or coding noise."""
    total = float(meter.total.sum())
    return total > 0 and meter.difference <= total * 10 ** (IDENTICAL_DB / 10)


def mono_mix(path: Path) -> Finding:
    """The finding that a recording has both speakers on one channel."""
    return Finding(
        code="mono_mix",
        message=f"{path.name} has one channel with both speakers on it; latency, overlap and "
        "interruption figures are estimates at best.",
        voids=ALL_FIGURES,
    )
