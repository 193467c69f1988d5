"""Mutes spans of sound: digital silence, with short fades that lie outside of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.calls import Span

FADE_MS = 5


def muted(
    samples: NDArray[Any], spans: Sequence[Span], rate_hz: int, first_frame: int = 0
) -> NDArray[Any]:
    """The samples with the spans silent; the same array where none of them is near.

    Args:
        samples: (frames,) or (frames, channels), integers or floats. Never changed.
        spans: in frames at `rate_hz`, apart from each other.
        rate_hz: frames per second.
        first_frame: where the samples begin.
    """
    fade = _fade(rate_hz)
    heard = Span(first_frame, first_frame + len(samples))
    near = [s for s in spans if reaches(s, heard, rate_hz) and not _is_silent(samples, s, heard)]
    if not near:
        return samples
    out = np.array(samples)
    falling = np.linspace(1.0, 0.0, fade + 2)[1:-1]
    for span in near:
        _scale(out, span.start - fade - first_frame, falling)
        _scale(out, span.end - first_frame, falling[::-1])
    for span in near:  # last, as the fade of one may reach into another
        out[max(0, span.start - first_frame) : max(0, span.end - first_frame)] = 0
    return out


def reaches(span: Span, heard: Span, rate_hz: int) -> bool:
    """Whether muting `span` changes anything of what is heard, by its fades too."""
    fade = _fade(rate_hz)
    return span.start - fade < heard.end and span.end + fade > heard.start


def _is_silent(samples: NDArray[Any], span: Span, heard: Span) -> bool:
    """Whether it is muted already, as in what was exported before: fading twice would change it."""
    part = span.overlap(heard)
    if part is None:
        return False
    return not samples[part.start - heard.start : part.end - heard.start].any()


def _fade(rate_hz: int) -> int:
    return max(1, rate_hz * FADE_MS // 1000)


def _scale(out: NDArray[Any], at: int, gains: NDArray[np.float64]) -> None:
    start, stop = max(at, 0), min(at + len(gains), len(out))
    if start >= stop:
        return
    part = gains[start - at : stop - at].reshape(-1, *[1] * (out.ndim - 1))
    out[start:stop] = (out[start:stop] * part).astype(out.dtype)
