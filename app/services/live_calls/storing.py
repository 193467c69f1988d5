"""From a live call's folder to a call of the library: sound, tracks, texts, events, measures."""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from app.agents import measures as measuring
from app.agents import recorded
from app.agents.clock import CallClock
from app.agents.link import Int16
from app.agents.measures import CallMeasures
from app.agents.recorded import Recorded
from app.agents.recording import NOTES, RAW, SAID, TABLES
from app.audio.mapped import let_go
from app.domain.clock import utc_now
from app.domain.errors import BadInput, EnvironmentFault
from app.domain.ids import new_id
from app.domain.imports import AudioFile
from app.domain.segments import Layer, Segment
from app.domain.work import Work
from app.services import calls, layers, timing
from app.services.documents import media_type
from app.services.importing import store
from app.services.importing.readers import redact
from app.services.live_calls import texts
from app.services.live_calls.library_call import SOURCE, echo_words, ending_of, new_call
from app.services.workspace import Workspace
from db.unit_of_work import UnitOfWork

log = logging.getLogger("callbench.calls")

PIECE_FRAMES = 1 << 20
DOCUMENTS = (RAW, NOTES, *(f"{t}.csv" for t in TABLES))


Piece = Callable[[int, int], Int16]
"""Frames [low, high) of a track."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCall:
    """A live call in the library."""

    call_id: str
    code: str
    dropped: bool
    words: str
    duration_s: float
    measures: CallMeasures
    reason: str = ""
    """How it ended, as `Ending.reason` has it."""


class NotStored(EnvironmentFault):
    """A call is recorded and could not be brought into the library; its folder is kept.

    Args:
        folder: where it is.
        ending: how it ended, in words.
        fault: what was in the way.
    """

    def __init__(self, folder: Path, ending: str, fault: EnvironmentFault) -> None:
        super().__init__(
            f"The call is recorded, but not in the library yet. {fault.what}",
            "Free some space, then store it; else it is stored at the next start.",
        )
        self.folder, self.ending = folder, ending


def store_call(ctx: Work, ws: Workspace, folder: Path) -> StoredCall:
    """Measure and store the call in a folder, and remove the folder.

    Raises:
        BadInput: nothing was recorded in it. NotStored: no room. Cancelled.
    """
    call = recorded.load(folder)
    if not len(call.heard):
        raise BadInput("The call ended before anything was recorded.")
    try:
        return _store(ctx, ws, call)
    except EnvironmentFault as fault:
        raise NotStored(folder, str(ending_of(call)["words"]), fault) from fault


def _store(ctx: Work, ws: Workspace, call: Recorded) -> StoredCall:
    folder = call.folder
    ctx.progress(0, 0, "measuring the call")
    found = measuring.measure(call)
    lines = texts.segments(call, found)
    with store.importing(ws):
        made = _audio(call, folder)
        blobs = {
            name: store.file_audio(ctx, ws, audio, in_place=False) for name, audio in made.items()
        }
        with ws.db.machine() as uow:
            call_id = calls.add_call(uow, new_call(call, found, blobs))
            _add_layers(uow, call_id, call, lines)
            for name, data in _documents(folder, found).items():
                uow.documents.add(call_id, name, data, media_type(name))
    stored = calls.get_call(ws, call_id)
    try:
        timing.detect(ctx, ws, stored)
    except EnvironmentFault as fault:  # it is in the library, and can be detected later
        log.warning("%s: %s", stored.code, fault)
    shutil.rmtree(folder, ignore_errors=True)
    ending = ending_of(call)
    return StoredCall(
        call_id=call_id,
        code=stored.code,
        dropped=bool(ending["dropped"]),
        words=f"{ending['words']} {echo_words(call, found)}".strip(),
        duration_s=len(call.heard) / call.rate_hz,
        measures=found,
        reason=str(ending["reason"]),
    )


def _audio(call: Recorded, folder: Path) -> dict[str, AudioFile]:
    """The stereo call as heard, and the tracks that it does not hold, as FLAC files."""
    clock = CallClock(call)

    def stereo(low: int, high: int) -> Int16:
        let_go(call.sent, call.heard)
        return np.stack([call.sent[low:high], clock.laid(call.heard, low, high)], axis=1)

    def mono(pcm: Int16) -> Piece:
        def piece(low: int, high: int) -> Int16:
            let_go(pcm)
            return pcm[low:high]

        return piece

    tracks = {name: recorded.samples(folder / f"{name}.wav") for name in _kept(call, folder)}
    whole = _flac(folder / "call.flac", stereo, len(call.heard), call.rate_hz, 2)
    return {"call": whole} | {
        name: _flac(folder / f"{name}.flac", mono(tracks[name]), len(tracks[name]), rate_hz, 1)
        for name, rate_hz in _kept(call, folder).items()
    }


def _kept(call: Recorded, folder: Path) -> dict[str, int]:
    """Tracks beside the stereo call that cannot be had from it, and their rates."""
    kept = {"mic": call.rate_hz}
    if not call.is_captured:
        kept["received"] = int(call.head["received_hz"])
    if (folder / f"{SAID}.wav").exists():
        kept[SAID] = call.rate_hz
    return kept


def _flac(path: Path, piece: Piece, frames: int, rate_hz: int, channels: int) -> AudioFile:
    """Write a FLAC file a piece at a time: an hour of sound never lies in memory.

    Raises:
        EnvironmentFault: there is no room for it.
    """
    import soundfile

    made = str(path), "w", rate_hz, channels, "PCM_16"
    try:
        with soundfile.SoundFile(*made, format="FLAC") as file:
            for low in range(0, frames, PIECE_FRAMES):
                file.write(piece(low, min(frames, low + PIECE_FRAMES)))
            if not frames:
                file.write(np.zeros(1, np.int16))
        _check_end(path, max(1, frames))
    except (OSError, soundfile.LibsndfileError) as error:
        path.unlink(missing_ok=True)
        raise EnvironmentFault(
            f"There is no room to store it in {path.parent.parent}.", "Free some space."
        ) from error
    with path.open("rb") as written:
        sha256 = hashlib.file_digest(written, "sha256").hexdigest()
    return AudioFile(
        path=path,
        sha256=sha256,
        codec="flac",
        rate_hz=rate_hz,
        channels=channels,
        frame_count=max(1, frames),
        size_bytes=path.stat().st_size,
    )


def _check_end(path: Path, frames: int) -> None:
    """Whether the last frame is there: the encoder does not tell when it cannot write its last.

    Raises:
        OSError: it is not.
    """
    import soundfile

    with soundfile.SoundFile(str(path)) as file:
        file.seek(frames - 1)
        if len(file.read(1, "int16")) != 1:
            raise OSError(errno.ENOSPC, "the end is missing")


def _add_layers(uow: UnitOfWork, call_id: str, call: Recorded, lines: tuple[Segment, ...]) -> None:
    """The agent's own words, then the conversation as the platform tells it (the newest wins)."""
    platform = f"live/{call.head['profile']['adapter']}"
    for name, role, segments in (
        ("Agent's words", "intended", texts.intended(lines)),
        ("Live captions", "heard", lines),
    ):
        if segments:
            layer = Layer(
                id=new_id(),
                call_id=call_id,
                kind="transcript",
                origin="platform",
                name=name,
                producer=platform,
                version=1,
                params={"text_role": role},
                created_at=utc_now(),
            )
            layers.add_layer(uow, layer, segments)


def _documents(folder: Path, found: CallMeasures) -> dict[str, bytes]:
    """The logs of the call, without secrets, and its measures."""
    out = {}
    for name in DOCUMENTS:
        path = folder / name
        if path.exists() and path.stat().st_size:
            out[f"{SOURCE}/{name}"], _ = redact.document(name, path.read_bytes())
    out[f"{SOURCE}/measures.json"] = json.dumps(asdict(found), indent=1).encode()
    return out
