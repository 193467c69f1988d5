"""A call's folder, read back as `recording` wrote it, also one that was cut off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.agents.recording import END, HEAD, NOTES, SAID, Packet, Sent
from app.audio.duplex import BlockRow
from app.audio.track_file import HEADER_BYTES
from app.domain.errors import BadInput

Int16 = NDArray[np.int16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A call's folder, read back. All indexes are on the caller's sample clock."""

    folder: Path
    head: dict[str, Any]
    end: dict[str, Any] | None
    """How it ended; None where it was cut off."""
    rate_hz: int
    mic: Int16
    sent: Int16
    said: Int16 | None = None
    """The caller before noise and line; None where it is what was sent."""
    heard: Int16
    """As given to the device at the same callback, not yet at the time it was heard."""
    blocks: tuple[BlockRow, ...]
    packets: tuple[Packet, ...]
    sends: tuple[Sent, ...]
    notes: tuple[dict[str, Any], ...] = field(default=())

    @property
    def is_captured(self) -> bool:
        """Whether the call was placed elsewhere: the agent's side is captured, at its own time."""
        return bool(self.head.get("captured"))

    def noted(self, *what: str) -> Iterator[dict[str, Any]]:
        """The notes of these kinds, in order."""
        return (n for n in self.notes if n["what"] in what)


def load(folder: Path) -> Recorded:
    """Read a call's folder, also one that was cut off in the middle of a line.

    Raises:
        BadInput: there is no call in it.
    """
    try:
        head = json.loads((folder / HEAD).read_text("utf-8"))
        rate_hz = int(head["rate_hz"])
        end = json.loads((folder / END).read_text("utf-8")) if (folder / END).exists() else None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{folder.name} holds no recording of a call.") from error
    tracks = [samples(folder / f"{t}.wav") for t in ("mic", "sent", "heard", SAID)]
    frames = min(map(len, tracks[:3]))
    mic, sent, heard, said = (t[:frames] for t in tracks)
    blocks = [
        BlockRow(int(i), int(ns), float(adc), float(dac), int(flags), int(at), int(n))
        for i, ns, adc, dac, flags, at, n in _table(folder / "blocks.csv", 7)
    ]
    return Recorded(
        folder=folder,
        head=head,
        end=end,
        rate_hz=rate_hz,
        mic=mic,
        sent=sent,
        said=said if len(said) == frames and frames else None,
        heard=heard,
        blocks=tuple(b for b in blocks if b.index < frames),
        packets=tuple(
            Packet(int(ns), int(at), int(n), item)
            for ns, at, n, item in _table(folder / "packets.csv", 4)
        ),
        sends=tuple(Sent(int(i), int(ns)) for i, ns in _table(folder / "sends.csv", 2)),
        notes=tuple(_notes(folder / NOTES)),
    )


def samples(path: Path) -> Int16:
    """The samples of a track, read from the disk as they are used.

    Also of one whose header was not brought up to date: that of a call that was cut off may be a
    moment behind.
    """
    if not path.exists() or path.stat().st_size < 2 + HEADER_BYTES:
        return np.zeros(0, np.int16)
    frames = (path.stat().st_size - HEADER_BYTES) // 2
    return np.memmap(path, "<i2", "r", HEADER_BYTES, (frames,))


def _table(path: Path, columns: int) -> Iterator[list[str]]:
    if not path.exists():
        return
    for line in path.read_text("utf-8", "replace").split("\n")[:-1]:  # the last may be cut off
        cells = line.split(",", columns - 1)
        if len(cells) == columns:
            yield cells


def _notes(path: Path) -> Iterator[dict[str, Any]]:
    if not path.exists():
        return
    for line in path.read_text("utf-8", "replace").split("\n")[:-1]:
        try:
            note = json.loads(line)
        except ValueError:
            continue
        if isinstance(note, dict) and "what" in note and "at_ns" in note:
            yield note
