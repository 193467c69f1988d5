"""What the signal evaluators share: whose channel it is, where its owner speaks, its samples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.audio.polyphase import resample
from app.domain.calls import Span, Speaker, TrackRole
from app.eval.audio import CallAudio
from app.eval.base import CallInput

Float32 = NDArray[np.float32]
Bools = NDArray[np.bool_]

ANALYSIS_HZ = 16_000


@dataclass(frozen=True, slots=True)
class Channel:
    """One track with the speech of its owner. Frames at the call's rate.

    `speaker` is None for a mix, whose speech is everybody's; `speech` is None where nothing says
    who speaks when.
    """

    role: TrackRole
    speaker: Speaker | None
    speech: tuple[Span, ...] | None
    others: tuple[Span, ...]
    """Where somebody else speaks, whose voice may leak into it."""

    @property
    def name(self) -> str:
        """As in a sentence."""
        return "The recording" if self.speaker is None else f"The {self.speaker}'s channel"


def channels(source: CallInput, audio: CallAudio) -> list[Channel]:
    """The call's channels in the order of its tracks."""
    found = []
    for role in audio.roles:
        if role == "mix":
            found.append(Channel(role, None, _speech(source, ("caller", "agent")), ()))
        else:
            speaker: Speaker = role
            rest: Speaker = "agent" if role == "caller" else "caller"
            others = _speech(source, (rest,)) or ()
            found.append(Channel(role, speaker, _speech(source, (speaker,)), others))
    return found


def channel_of(source: CallInput, audio: CallAudio, speaker: Speaker) -> Channel | None:
    """The channel on which that speaker is heard: its own, or the mix with its own speech."""
    for channel in channels(source, audio):
        if channel.speaker == speaker:
            return channel
        if channel.speaker is None:
            return Channel(channel.role, speaker, _speech(source, (speaker,)), ())
    return None


def _speech(source: CallInput, whose: Sequence[Speaker]) -> tuple[Span, ...] | None:
    if source.speech is None:
        return None
    spans = [s.span for s in source.speech.segments if s.speaker in whose]
    return merged(spans, 0, source.call.frame_count)


def merged(spans: Iterable[Span], reach: int, frame_count: int) -> tuple[Span, ...]:
    """Spans grown by `reach` frames on either side, those that touch as one, inside the call."""
    out: list[Span] = []
    for span in sorted(spans):
        start, end = max(0, span.start - reach), min(frame_count, span.end + reach)
        if end <= start:
            continue
        if out and start <= out[-1].end:
            out[-1] = Span(out[-1].start, max(end, out[-1].end))
        else:
            out.append(Span(start, end))
    return tuple(out)


def covered(spans: Iterable[Span], hop: float, hops: int) -> Bools:
    """Which of `hops` stretches of `hop` frames lie wholly or in part in one of the spans."""
    inside = np.zeros(hops, dtype=bool)
    for span in spans:
        if span.frames:
            inside[int(span.start // hop) : int(np.ceil(span.end / hop))] = True
    return inside


def seconds(spans: Iterable[Span], rate_hz: int) -> float:
    """How long the spans are in all."""
    return sum(s.frames for s in spans) / rate_hz


def at_16k(audio: CallAudio, role: TrackRole) -> Float32:
    """The whole track at 16 kHz, for measures of speech."""
    return resample(audio.samples(role), audio.call.rate_hz, ANALYSIS_HZ)


def cut(samples: Float32, span: Span, rate_hz: int, to_hz: int) -> Float32:
    """Samples at `to_hz` of a span that counts frames at `rate_hz`."""
    start, end = (round(f * to_hz / rate_hz) for f in (span.start, span.end))
    return samples[start:end]
