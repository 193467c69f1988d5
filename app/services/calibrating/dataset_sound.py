"""The sound of a dataset's calls, laid together from the clips that came with it."""

from __future__ import annotations

import hashlib
import wave
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app.domain.calls import SPEAKERS, Track, TrackRole
from app.domain.errors import BadInput
from app.domain.ids import new_id
from app.domain.imports import AudioFile
from app.domain.work import Work
from app.services.calibrating import audio_folder
from app.services.calibrating.dataset_files import Dataset

if TYPE_CHECKING:
    from app.services.calibrating.dataset_shapes import CallRow, ItemRow

MOST_BYTES = 1 << 30
"""Of one call: two hours of two channels at 48 kHz are below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A call's sound as one file, silent where no clip is."""

    audio: AudioFile
    tracks: tuple[Track, ...]


def lay(ctx: Work, found: Dataset, wanted: frozenset[str], aside: Path) -> dict[str, Laid]:
    """Call → its sound, of those that are wanted and have clips.

    Raises:
        BadInput: a clip is missing, does not fit its item, or is no plain WAV. Cancelled.
    """
    calls = {c.call_id: c for c in found.calls}
    clips: dict[str, list[ItemRow]] = defaultdict(list)
    for item in found.items:
        if item.audio is not None and item.call_id in wanted:
            if found.files.get(item.audio) != item.audio_sha256:
                raise BadInput(f"The clip {item.audio} is not in the dataset.", "Export it again.")
            clips[item.call_id].append(item)
    made = {}
    for done, (call_id, items) in enumerate(clips.items()):
        ctx.raise_if_cancelled()
        ctx.progress(done, len(clips), "sound")
        made[call_id] = _laid(found.folder, calls[call_id], items, aside)
    return made


def _laid(folder: Path, call: CallRow, items: Sequence[ItemRow], aside: Path) -> Laid:
    channels = 1 if call.channel_map == "mono" else len(SPEAKERS)
    if call.frame_count * channels * 2 > MOST_BYTES:
        raise BadInput(f"{call.call_code} is too long to be laid together.", "Import its audio.")
    sound = np.zeros((call.frame_count, channels), np.int16)
    for item in items:
        clip = _clip(folder, item, call.rate_hz)
        if clip.shape != (item.end_frame - item.start_frame, channels):
            raise BadInput(f"The clip {item.audio} does not fit its item.", "Export it again.")
        sound[item.start_frame : item.end_frame] = clip
    data = audio_folder.wav(sound, call.rate_hz)
    path = aside / f"{call.content_sha256}.wav"
    path.write_bytes(data)
    sha256 = hashlib.sha256(data).hexdigest()
    roles: tuple[TrackRole, ...] = ("mix",) if channels == 1 else SPEAKERS
    return Laid(
        audio=AudioFile(
            path=path, sha256=sha256, codec="pcm_s16le", rate_hz=call.rate_hz, channels=channels,
            frame_count=call.frame_count, size_bytes=len(data),
        ),
        tracks=tuple(
            Track(
                id=new_id(), role=role, audio_sha256=sha256, channel_index=at,
                rate_hz=call.rate_hz, frame_count=call.frame_count,
            )
            for at, role in enumerate(roles)
        ),
    )  # fmt: skip


def _clip(folder: Path, item: ItemRow, rate_hz: int) -> NDArray[np.int16]:
    try:
        with wave.open(str(folder / str(item.audio)), "rb") as file:
            if file.getsampwidth() != 2 or file.getframerate() != rate_hz:
                raise BadInput(f"The clip {item.audio} is of another kind.", "Export it again.")
            data = file.readframes(item.end_frame - item.start_frame)
            return np.frombuffer(data, "<i2").reshape(-1, file.getnchannels()).astype(np.int16)
    except (wave.Error, EOFError, ValueError) as error:
        raise BadInput(f"The clip {item.audio} is no WAV file.", "Export it again.") from error
