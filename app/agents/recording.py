"""A call on disk as it happens: one folder, of which a killed process loses less than a second.

`head.json` says what call it is and `end.json` how it ended; without the latter it was cut off.
Four tracks: the microphone, the caller as sent, the agent as received and as given to the device;
a fifth, the caller as said, where noise or a simulated line lies between the first two.
Three tables: the device's blocks, packets of the agent, packets of the caller. `notes.jsonl` is
what the engine did, `raw.jsonl` every message as it came.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from app.agents.link import RawMessage
from app.audio.duplex import BlockRow
from app.audio.track_file import TrackFile

Int16 = NDArray[np.int16]

HEAD, END, NOTES, RAW = "head.json", "end.json", "notes.jsonl", "raw.jsonl"
ROOM = "room"
"""A file of zeros, given up at the end: on a full disk there is room to say how the call ended."""
ROOM_BYTES = 65_536
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
        (folder / ROOM).write_bytes(bytes(ROOM_BYTES))
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
        (self.folder / ROOM).unlink(missing_ok=True)
        with ExitStack() as stack:  # whatever fails, all are closed and the end is told
            if end is not None:
                text = json.dumps(end, ensure_ascii=False)
                stack.callback((self.folder / END).write_text, text, "utf-8")
            for track in self._tracks.values():
                stack.callback(track.close)
            for lines in self._lines.values():
                stack.callback(lines.close)

    def _rows(self, table: str, rows: Iterable[Any]) -> None:
        text = "".join(",".join(map(str, astuple(row))) + "\n" for row in rows)
        if text:
            self._lines[f"{table}.csv"].write(text)

    def _line(self, name: str, body: Mapping[str, Any]) -> None:
        self._lines[name].write(json.dumps(body, ensure_ascii=False) + "\n")
