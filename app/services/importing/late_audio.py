"""A recording that turns up after its call was imported without it: laid where the log lies.

The call keeps its rate, its layers and everything that people marked in it; it may only grow at
its end. So the recording must not begin before the call does.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from app.audio.integrity import merged
from app.domain.calls import Call, Track, TrackRole
from app.domain.changes import Changes
from app.domain.clock import to_frames, utc_now
from app.domain.errors import BadInput, NotFound
from app.domain.new import AudioBlob
from app.services.importing import foreign_audio, foreign_layers
from app.services.importing.foreign import ForeignCall
from app.services.importing.foreign_audio import Placed
from app.services.importing.foreign_call import clock_facts, file_facts
from app.services.workspace import Workspace
from db.unit_of_work import Reader, UnitOfWork

ABSENCES = frozenset({"audio_missing", "track_missing", "audio_unusable"})
"""What an import says of recordings that were not there."""
EARLY_S = 0.001
"""An earlier beginning than the call's by no more than this is rounding."""
APART_S = 0.05
"""Lines that moved differently by more than this have no common clock."""


def lacking(stored: Call, call: ForeignCall) -> tuple[TrackRole, ...]:
    """The speakers of a known call whose recording was not there and is now; decodes nothing."""
    have = {t.role for t in stored.tracks}
    if "mix" in have:
        return ()
    found = (a for a in foreign_audio.chosen(call.audio) if a.path.is_file())
    return tuple(a.role for a in found if a.role not in have and not (have and a.role == "mix"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A known call's new tracks on its own time line, and what it is then.

    Attributes:
        call: as it was.
        tracks: the new ones.
        frame_count: of the call with them.
        placed: all that was found of the recording.
    """

    call: Call
    tracks: tuple[Track, ...]
    frame_count: int
    placed: Placed

    @property
    def can_detect(self) -> bool:
        """Whether both speakers can be heard now."""
        return replace(self.placed, tracks=(*self.call.tracks, *self.tracks)).can_detect


def fit(ws: Workspace, stored: Call, call: ForeignCall, placed: Placed) -> Late | None:
    """The recordings that a known call lacks, laid on its time line; None where none is usable.

    Raises:
        BadInput: they begin before the call, or do not belong to what is stored of it.
    """
    roles = lacking(stored, call)
    fresh = [t for t in placed.tracks if t.role in roles]
    if not fresh:
        return None
    _agree(stored, placed.tracks)
    with ws.db.read() as uow:
        moved_s = _moved_s(uow, stored, call)
    starts = {a.role: a.offset_s - moved_s for a in foreign_audio.chosen(call.audio)}
    early_s = -min(starts[t.role] for t in fresh)
    if early_s > EARLY_S:
        raise BadInput(
            f"The recording begins {early_s:.3f} s before {stored.code} does, which was imported "
            "without it. All times in the call would have to move, those that people marked too.",
            "Import it into another workspace, together with its recording.",
        )
    tracks = tuple(
        replace(t, offset_frames=to_frames(max(0.0, starts[t.role]), stored.rate_hz)) for t in fresh
    )
    ends = (_end_frame(t, stored.rate_hz) for t in tracks)
    return Late(
        call=stored,
        tracks=tracks,
        frame_count=max(stored.frame_count, *ends),
        placed=placed,
    )


def attach(
    uow: UnitOfWork, late: Late, call: ForeignCall, blobs: Sequence[AudioBlob]
) -> tuple[str, ...]:
    """Give a known call its recording; what is to be said of it.

    Raises:
        NotFound: the call is gone. BadInput: it has been changed meanwhile.
    """
    from app.services.turn_figures import refresh_summary

    stored = uow.calls.get(late.call.id)
    if stored is None:
        raise NotFound(f"The call {late.call.code} is not there any more.")
    if stored.tracks != late.call.tracks:
        raise BadInput(f"The recording of {stored.code} has just changed.", "Import it again.")
    for blob in blobs:
        uow.calls.add_blob(blob)
    uow.calls.add_tracks(stored.id, late.tracks, late.frame_count)
    uow.calls.patch(stored.id, {"channel_map": late.placed.channel_map})
    kept = [f for f in stored.warnings if f.code not in ABSENCES]
    uow.calls.set_findings(stored.id, merged(kept, (*late.placed.findings, *call.findings)))
    uow.calls.set_extra(stored.id, _extra(stored, late, call))
    uow.summaries.refresh_call(stored.id)
    refresh_summary(uow, stored.id)
    uow.touch(Changes(calls=frozenset({stored.id}), segments=frozenset({stored.id})))
    return (f"{stored.code} was here already; its recording was added to it.",)


def _agree(stored: Call, found: Sequence[Track]) -> None:
    """What is stored of the recording must be what the files hold for the same speaker."""
    now = {t.role: (t.audio_sha256, t.channel_index) for t in found}
    for track in stored.tracks:
        if now.get(track.role) != (track.audio_sha256, track.channel_index):
            raise BadInput(
                f"The {track.role}'s recording of {stored.code} is another one here, so that the "
                "rest cannot be laid beside it.",
                "If caller and agent were swapped, swap them back and import again.",
            )


def _moved_s(uow: Reader, stored: Call, call: ForeignCall) -> float:
    """By how much later the same lines are now than in the stored call.

    Some readers count from the recording where there is one, and from their log where not.
    """
    moved = list(_moves(uow, stored, call))
    if not moved:
        told = stored.extra.get("import")
        shift_s = told.get("shift_s") if isinstance(told, dict) else None
        return -float(shift_s) if isinstance(shift_s, int | float) else 0.0
    usual = median(moved)
    if max(abs(m - usual) for m in moved) > APART_S:
        raise BadInput(
            f"With its recording, the lines of {stored.code} lie differently to one another than "
            "they were imported, so that it cannot be laid beside them.",
            "Import it into another workspace, together with its recording.",
        )
    return usual


def _moves(uow: Reader, stored: Call, call: ForeignCall) -> Iterator[float]:
    """New start less stored start of each line, of the layers that have the same lines."""
    known = [x for x in uow.layers.of_call(stored.id) if x.origin == "platform"]
    for layer in call.layers:
        same = next((x for x in known if (x.kind, x.name) == (layer.kind, layer.name)), None)
        if same is None:
            continue
        starts = sorted(s.start_s for s in layer.lines if foreign_layers.sound(s.start_s))
        before = sorted(s.span.start / stored.rate_hz for s in uow.layers.stored_segments(same.id))
        if len(starts) == len(before):
            yield from (new - old for new, old in zip(starts, before, strict=True))


def _end_frame(track: Track, rate_hz: int) -> int:
    return track.offset_frames + math.ceil(track.frame_count * rate_hz / track.rate_hz)


def _extra(stored: Call, late: Late, call: ForeignCall) -> dict[str, Any]:
    """The call's facts with its files, and a line on when they came."""
    told = stored.extra.get("import")
    how = dict(told) if isinstance(told, dict) else {}
    how["files"] = file_facts(call, late.placed)
    how["missing_audio"] = list(late.placed.missing)
    added = {"at": utc_now(), "roles": [t.role for t in late.tracks]}
    how["added_audio"] = [*how.get("added_audio", ()), added]
    guess = call.extra.get("channel_guess")
    return {
        **clock_facts(call),
        **stored.extra,
        **({"channel_guess": guess} if guess else {}),
        "import": how,
    }
