"""How somebody speaks in a stretch of time: words a minute, pitch, intensity, cut-offs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.calls import Span
from app.eval.signal import cutoffs
from app.eval.turns.fdb_rules import TimedWord

LEAST_WORDS = 3
LEAST_SPEECH_S = 1.0
"""Less speech than this says nothing about how somebody speaks."""
FRAME_S = 0.010
_FLOOR = 1e-10

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How it was said; None where there is too little of it, or no sound."""

    words_per_minute: float | None = None
    pitch_hz: float | None = None
    intensity_db: float | None = None
    cutoffs_per_min: float | None = None


def words_per_minute(words: Sequence[TimedWord], start_s: float, end_s: float) -> float | None:
    """Words over the time from the first one's start to the last one's end, pauses included."""
    mine = [w for w in words if start_s <= w.start_s and _end(w) <= end_s]
    if len(mine) < LEAST_WORDS:
        return None
    span = max(_end(w) for w in mine) - mine[0].start_s
    return 60 * len(mine) / span if span > 0 else None


def manner(
    words: Sequence[TimedWord],
    sound: Samples | None,
    speech: Iterable[Span],
    within: Span,
    rate_hz: int,
) -> Manner:
    """How it was said inside `within`.

    Args:
        words: the speaker's, in order of time, seconds.
        sound: their track (frames,) at `rate_hz` from the call's start; None without one.
        speech: their stretches of speech; only these are listened to.
        within: frames.
        rate_hz: of frames and sound.
    """
    rate = words_per_minute(words, within.start / rate_hz, within.end / rate_hz)
    if sound is None:
        return Manner(words_per_minute=rate)
    parts = [part for s in speech if (part := s.overlap(within)) is not None]
    heard = [sound[p.start : p.end] for p in parts]
    clip = np.concatenate(heard) if heard else np.zeros(0, np.float32)
    if len(clip) < LEAST_SPEECH_S * rate_hz:
        return Manner(words_per_minute=rate)
    return Manner(
        words_per_minute=rate,
        pitch_hz=_pitch(clip, rate_hz),
        intensity_db=_intensity(clip, rate_hz),
        cutoffs_per_min=_cutoffs(sound, parts, within, rate_hz),
    )


def _pitch(clip: Samples, rate_hz: int) -> float | None:
    from app.audio.pitch import track

    voiced = track(clip, rate_hz).voiced
    return float(voiced.mean()) if len(voiced) else None


def _intensity(clip: Samples, rate_hz: int) -> float:
    """Mean level of 10 ms frames in dB re full scale."""
    hop = max(round(FRAME_S * rate_hz), 1)
    frames = clip[: len(clip) // hop * hop].reshape(-1, hop).astype(np.float64)
    return float(np.mean(10 * np.log10(np.mean(frames**2, axis=1) + _FLOOR)))


def _cutoffs(sound: Samples, parts: Sequence[Span], within: Span, rate_hz: int) -> float:
    """Sudden drops of the level in each minute of speech."""
    inside = [Span(p.start - within.start, p.end - within.start) for p in parts]
    count = cutoffs.drops(sound[within.start : within.end], rate_hz, inside)
    return 60 * rate_hz * count / sum(p.frames for p in parts)


def _end(word: TimedWord) -> float:
    return word.start_s if word.end_s is None else word.end_s
