"""Speech recognition: what any recogniser hears, and what a recogniser is.

Recognisers see one channel at 16 kHz and say what they heard in seconds of it. Where speech lies
is told to them: they spend nothing on silence, and their words never move its boundaries.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.domain.errors import BadInput, Cancelled

Float32 = NDArray[np.float32]
SpanS = tuple[float, float]
"""A stretch of speech: onset and offset in seconds of the samples."""
Progress = Callable[[float], None]
"""Told the share that is done, 0..1, never falling."""
IsCancelled = Callable[[], bool]

RATE_HZ = 16_000


@dataclass(frozen=True, slots=True)
class HeardWord:
    """One word, in seconds of the samples; its confidence 0..1 where the recogniser says.

    `text` begins with a space where the script has one before the word: texts of words put
    together are the text.
    """

    text: str
    start_s: float
    end_s: float
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class HeardSegment:
    """A run of words. `words` is empty where the recogniser times only whole segments."""

    text: str
    start_s: float
    end_s: float
    confidence: float | None = None
    words: tuple[HeardWord, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """What a recogniser made of one channel, in order of time.

    `language` is as given or detected, `language_confidence` only where it was detected.
    """

    segments: tuple[HeardSegment, ...]
    language: str
    language_confidence: float | None = None


class Recogniser(Protocol):
    """A speech recogniser that is ready to be used.

    `producer` is its name, version and model: provenance of whatever it hears.
    """

    @property
    def producer(self) -> str:
        """See the class."""

    def transcribe(
        self,
        samples_16k: Float32,
        *,
        language: str | None,
        spans: Sequence[SpanS] | None,
        progress: Progress,
        cancelled: IsCancelled,
    ) -> Heard:
        """Hear one channel.

        Args:
            samples_16k: (n,) float32 at 16 kHz in -1..1, only read.
            language: tag such as `en` or `es-MX`; None to detect it, where it can be.
            spans: the stretches of speech to look at, in order; None for all of it.
            progress: told the share that is done.
            cancelled: asked now and then.

        Raises:
            UserError: it cannot hear this (language, model, network), in words.
            Cancelled.
        """


def nobody(_share: float) -> None:
    """A `Progress` that tells nobody."""


def never() -> bool:
    """An `IsCancelled` that never is."""
    return False


def raise_if(cancelled: IsCancelled) -> None:
    """Raise `Cancelled` if it is."""
    if cancelled():
        raise Cancelled


def usable(samples: NDArray[np.generic]) -> Float32:
    """Samples (n,) as contiguous float32 in -1..1; NaN and infinity become silence.

    Raises:
        BadInput: not one channel of float samples.
    """
    if samples.ndim != 1 or not np.issubdtype(samples.dtype, np.floating):
        raise BadInput(
            f"Speech recognition takes one channel of float samples, not {samples.dtype} of shape "
            f"{samples.shape}."
        )
    out = np.ascontiguousarray(samples, dtype=np.float32)
    if len(out) and not (np.isfinite(out).all() and np.abs(out).max() <= 1):
        out = np.clip(np.nan_to_num(out, nan=0.0, posinf=0.0, neginf=0.0), -1, 1)
    return out


def primary(language: str) -> str:
    """The first part of a language tag, in lower case: `en` of `en-GB`."""
    return language.strip().replace("_", "-").partition("-")[0].lower()


def joined(words: Sequence[HeardWord]) -> str:
    """The text that the words make."""
    return "".join(w.text for w in words).strip()


def mean_confidence(words: Sequence[HeardWord]) -> float | None:
    """Mean of the words' confidences; None where no word has one."""
    known = [w.confidence for w in words if w.confidence is not None]
    return sum(known) / len(known) if known else None


def segment_of(words: Sequence[HeardWord]) -> HeardSegment:
    """The segment that one or more words in order make."""
    return HeardSegment(
        text=joined(words),
        start_s=words[0].start_s,
        end_s=max(w.end_s for w in words),
        confidence=mean_confidence(words),
        words=tuple(words),
    )
