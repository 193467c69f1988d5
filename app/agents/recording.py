"""A call on disk as it happens: one folder, of which a killed process loses less than a second.

`head.json` says what call it is and `end.json` how it ended; without the latter it was cut off.
Four tracks: the microphone, the caller as sent, the agent as received and as given to the device;
a fifth, the caller as said, where noise or a simulated line lies between the first two.
Three tables: the device's blocks, packets of the agent, packets of the caller. `notes.jsonl` is
what the engine did, `raw.jsonl` every message as it came.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from app.agents.link import RawMessage
from app.audio.duplex import BlockRow
from app.audio.track_file import HEADER_BYTES, TrackFile
from app.domain.errors import BadInput

Int16 = NDArray[np.int16]

HEAD, END, NOTES, RAW = "head.json", "end.json", "notes.jsonl", "raw.jsonl"
TRACKS = ("mic", "sent", "heard", "received")
SAID = "said"
"""A fifth track, of calls with noise or a worse line: the caller before both."""
TABLES = ("blocks", "packets", "sends")


@dataclass(frozen=True, slots=True)
class Packet:
    """Sound that came from the agent.

    Attributes:
        at_ns: when its bytes arrived.
        position: in the play queue, of its first frame; -1 where it came after a flush and was
            never queued.
        frames: at the call's rate.
        item_id: of the utterance it belongs to.
    """

    at_ns: int
    position: int
    frames: int
    item_id: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The caller's sound up to index `until` was handed to the network."""

    until: int
    at_ns: int


class CallRecorder:
    """Writes a call's folder. One thread.

    Args:
        folder: made here.
        head: what call it is; kept as JSON.
        rate_hz: of the call.
        received_hz: of the agent's sound as it comes.

    Raises:
        OSError: the disk is full or gone; also from every method.
    """

    def __init__(
        self, folder: Path, head: Mapping[str, Any], rate_hz: int, received_hz: int
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        body = {**head, "format": 1, "rate_hz": rate_hz, "received_hz": received_hz}
        (folder / HEAD).write_text(json.dumps(body, ensure_ascii=False, indent=1), "utf-8")
        rates = dict.fromkeys(TRACKS, rate_hz) | {"received": received_hz}
        self._tracks = {t: TrackFile(folder / f"{t}.wav", rates[t]) for t in TRACKS}
        names = (*(f"{t}.csv" for t in TABLES), NOTES, RAW)
        self._lines: dict[str, IO[str]] = {
            n: (folder / n).open("w", encoding="utf-8", buffering=1) for n in names
        }

    def blocks(self, rows: Iterable[BlockRow], mic: Int16, sent: Int16, heard: Int16) -> None:
        """Blocks of the device, and the three tracks on its clock."""
        for track, pcm in (("mic", mic), ("sent", sent), ("heard", heard)):
            self._tracks[track].write(pcm)
        self._rows("blocks", rows)

    def said(self, pcm: Int16, *, is_sent: bool) -> None:
        """What the caller said in the blocks just written, before noise and line.

        Args:
            pcm: (frames,) as long as those.
            is_sent: it is what was sent; a track of its own begins with the first that is not.
        """
        track = self._tracks.get(SAID)
        if track is None:
            if is_sent:
                return
            sent = self._tracks["sent"]
            track = TrackFile(self.folder / f"{SAID}.wav", sent.rate_hz)
            track.copy(sent.path, sent.frames - len(pcm))
            self._tracks[SAID] = track
        track.write(pcm)

    def received(self, pcm: Int16) -> None:
        """Sound of the agent, as it came."""
        self._tracks["received"].write(pcm)

    @property
    def bytes_written(self) -> int:
        """Of sound, in all tracks."""
        return sum(2 * track.frames for track in self._tracks.values())

    def packet(self, packet: Packet) -> None:
        """A row of the agent's packets."""
        self._rows("packets", (packet,))

    def sent(self, sent: Sent) -> None:
        """A row of the caller's packets."""
        self._rows("sends", (sent,))

    def note(self, what: str, at_ns: int, facts: Mapping[str, Any]) -> None:
        """Something that the engine did or was told."""
        self._line(NOTES, {"what": what, "at_ns": at_ns, **facts})

    def raw(self, message: RawMessage) -> None:
        """A message as it went over the line."""
        self._lines[RAW].write(
            f'{{"at_ns": {message.at_ns}, "way": "{message.way}", "message": {message.text}}}\n'
        )

    def close(self, end: Mapping[str, Any] | None) -> None:
        """Close all files; with `end` the call is marked as ended."""
        for track in self._tracks.values():
            track.close()
        for lines in self._lines.values():
            lines.close()
        if end is not None:
            (self.folder / END).write_text(json.dumps(end, ensure_ascii=False), "utf-8")

    def _rows(self, table: str, rows: Iterable[Any]) -> None:
        text = "".join(",".join(map(str, astuple(row))) + "\n" for row in rows)
        if text:
            self._lines[f"{table}.csv"].write(text)

    def _line(self, name: str, body: Mapping[str, Any]) -> None:
        self._lines[name].write(json.dumps(body, ensure_ascii=False) + "\n")


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
