"""Where a recogniser is to listen: each track's utterances, by the call's timing or detected."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.calls import Speaker, TrackRole
from app.domain.ids import new_id
from app.domain.mono_split import UNKNOWN
from app.domain.segments import Segment
from app.domain.turn_profiles import CALLBENCH_1
from app.domain.utterances import Limits, Speech, build
from app.eval.audio import CallAudio
from app.eval.base import CallInput, Watch
from app.models import vad


def utterances(
    source: CallInput, audio: CallAudio, role: TrackRole, watch: Watch
) -> dict[Speaker, list[Speech]]:
    """The utterances on one track, by speaker: one speaker's on a track of their own.

    They are those of the turn profile: specks dropped, short pauses closed.

    Raises:
        NotFound, BadInput: the recording cannot be opened. Cancelled.
    """
    call = source.call
    if source.speech is not None:
        segments: Sequence[Segment] = source.speech.segments
    else:
        segments = _detected(audio, role, watch)
    lanes, _ = build(
        segments,
        Limits(call.rate_hz),
        min_speech_ms=CALLBENCH_1.params["min_speech_ms"],
        close_pause_ms=CALLBENCH_1.params["close_pause_ms"],
        frame_count=call.frame_count,
    )
    return lanes if role == "mix" else {role: lanes[role]}


def _detected(audio: CallAudio, role: TrackRole, watch: Watch) -> list[Segment]:
    """One track's speech by the detector, for a call without a timing of its own.

    Good enough to know where to listen; it is not snapped to the envelope.
    """
    pcm, rate_hz = audio.pcm(role), audio.call.rate_hz

    def progress(_done: int, _total: int) -> None:
        watch.raise_if_cancelled()

    found = vad.detect(pcm, rate_hz, progress=progress)
    speaker = UNKNOWN if role == "mix" else role
    return [Segment(id=new_id(), speaker=speaker, span=span) for span in found.spans]
