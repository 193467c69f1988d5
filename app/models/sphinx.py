"""PocketSphinx: the embedded recogniser that works offline, everywhere, with low accuracy.

Its model is of read US English; it hears telephone speech roughly and synthetic voices poorly.
Only the stretches of speech are decoded. Where nothing lies above 4 kHz, as on a telephone, the
lower half of the spectrum is mirrored up faintly: the model's upper filters then see something
like the speech that they were trained on, instead of nothing.

Huggins-Daines et al.: PocketSphinx: A Free, Real-Time Continuous Speech Recognition System for
Hand-Held Devices (ICASSP 2006).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.domain.errors import BadInput
from app.models import sphinx_decoder
from app.models.asr import (
    RATE_HZ,
    Float32,
    Heard,
    HeardSegment,
    HeardWord,
    IsCancelled,
    Progress,
    SpanS,
    primary,
    raise_if,
    segment_of,
    usable,
)
from app.models.asr_spans import closed, divided, padded, tidy
from app.models.sphinx_child import decode_aside

LANGUAGE = "en"
PAUSE_S = 0.3
"""Shorter pauses are decoded with the speech around them."""
PAD_S = 0.3
"""The decoder learns the background from it."""
SHORTEST_S, LONGEST_S = 10.0, 20.0
"""Longer speech is cut at its quietest place between these: memory grows with length."""
LEAST_S = 0.05
SILENCE = 1.5 / 32768
"""Digital silence, of which the decoder makes a word that it is sure of."""
MIRROR = 0.1
"""Level of the mirrored half."""
NARROW = 1e-4
"""Share of the power above 4 kHz up to which a channel is one of telephone band."""
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class PocketSphinx:
    """The recogniser; holds nothing, its decoder belongs to the thread."""

    @property
    def producer(self) -> str:
        """Package and model."""
        return sphinx_decoder.producer()

    def transcribe(
        self,
        samples_16k: Float32,
        *,
        language: str | None,
        spans: Sequence[SpanS] | None,
        progress: Progress,
        cancelled: IsCancelled,
    ) -> Heard:
        """See `Recogniser`: one segment for each stretch of speech in which a word was heard.

        Raises:
            BadInput: a language other than English. EnvironmentFault. Cancelled.
        """
        require_english(language)
        samples = usable(samples_16k)
        duration_s = len(samples) / RATE_HZ
        speech = closed(tidy(spans, duration_s), PAUSE_S)
        pieces = divided(samples, speech, shortest_s=SHORTEST_S, longest_s=LONGEST_S)
        if is_narrow(samples, pieces):
            samples = mirrored(samples)
        pieces = [p for p in padded(pieces, PAD_S, duration_s) if p[1] - p[0] >= LEAST_S]
        total, done = sum(end - start for start, end in pieces), 0.0
        found: list[HeardSegment] = []
        for start, end in pieces:
            raise_if(cancelled)
            progress(done / total)
            segment = _hear(samples, start, end, cancelled)
            if segment is not None:
                found.append(segment)
            done += end - start
        progress(1.0)
        return Heard(tuple(found), LANGUAGE)


def require_english(language: str | None) -> None:
    """Raise `BadInput` for a language that the model does not know."""
    if language and primary(language) != LANGUAGE:
        raise BadInput(
            f"PocketSphinx hears English only, not {language!r}.",
            "Choose Whisper or an endpoint for this language.",
        )


def _hear(
    samples: Float32, start_s: float, end_s: float, cancelled: IsCancelled
) -> HeardSegment | None:
    clip = samples[round(start_s * RATE_HZ) : round(end_s * RATE_HZ)]
    if np.abs(clip).max() <= SILENCE:
        return None
    pcm = np.round(clip * 32767).astype("<i2").tobytes()
    if threading.current_thread() is threading.main_thread():
        raw = sphinx_decoder.decode(pcm)
    else:
        raw = decode_aside(pcm, cancelled)
    words = tuple(
        HeardWord(f" {text}", start_s + a, min(start_s + b, end_s), confidence)
        for text, a, b, confidence in raw
        if start_s + a < end_s
    )
    if not words:
        return None
    return segment_of(words)


def is_narrow(samples: Float32, pieces: Sequence[SpanS]) -> bool:
    """Whether speech at 16 kHz has next to nothing above 4 kHz."""
    window = np.hanning(_BLOCK).astype(np.float32)
    low = high = 0.0
    for start, end in pieces:
        part = samples[round(start * RATE_HZ) : round(end * RATE_HZ)]
        rows = part[: len(part) // _BLOCK * _BLOCK].reshape(-1, _BLOCK)
        power = np.square(np.abs(np.fft.rfft(rows * window, axis=1))).sum(axis=0)
        edge = round(4_200 / RATE_HZ * _BLOCK)
        low, high = low + float(power[:edge].sum()), high + float(power[edge:].sum())
    return high < NARROW * low


def mirrored(samples: Float32) -> Float32:
    """`samples` and, faintly, the image of their spectrum about 4 kHz."""
    out = samples.copy()
    out[::2] *= np.float32(1 + MIRROR)
    out[1::2] *= np.float32(1 - MIRROR)
    return np.clip(out, -1, 1, out=out)
