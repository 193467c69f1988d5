"""What quality models are given of a channel: its owner's speech, with nothing of the long waits.

The models were trained on clips of about ten seconds that are mostly speech. Half of a call's
channel is the other party's turn; windows of it would be rated as bad speech. So the owner's
stretches of speech are taken with a quarter second of what the line sounds like around them, short
pauses kept. Of a long call at most `most_s` are taken, in pieces spread evenly over it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.domain.calls import Span
from app.eval.signal.channels import Float32, cut, merged

RATE_HZ = 16_000
PAD_S = 0.25
FADE_S = 0.005
"""Where two pieces meet they fade into each other, so that no click is heard."""
PIECE_S = 10.0


def stretches(speech: Sequence[Span], rate_hz: int, frame_count: int) -> tuple[Span, ...]:
    """The owner's speech with a quarter second around it; pauses under half a second are kept."""
    return merged(speech, round(PAD_S * rate_hz), frame_count)


def spread(spans: Sequence[Span], rate_hz: int, most_s: float) -> tuple[Span, ...]:
    """At most `most_s` seconds of the spans, in pieces of about ten seconds spread evenly.

    0 means all.
    """
    total = sum(s.frames for s in spans)
    most = round(most_s * rate_hz)
    if not most or total <= most:
        return tuple(spans)
    count = max(1, round(most_s / PIECE_S))
    length = most // count
    starts = np.linspace(0, total - length, count).astype(np.int64)
    found: list[Span] = []
    for start in starts:
        at = 0
        for span in spans:
            first = max(int(start) - at, 0)
            after = min(int(start) + length - at, span.frames)
            if first < after:
                found.append(Span(span.start + first, span.start + after))
            at += span.frames
    return merged(found, 0, spans[-1].end)


@dataclass(frozen=True, slots=True)
class Clip:
    """Stretches of a channel end to end at 16 kHz; `spans` in frames of the call, in order."""

    samples: Float32
    spans: tuple[Span, ...]
    rate_hz: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / RATE_HZ

    def place(self, start: int, end: int) -> Span:
        """Where the samples `start` to `end` lie in the call, from the first to the last."""
        first, last = self._frame(start), self._frame(max(start, end - 1))
        return Span(first, max(first, last))

    def _frame(self, sample: int) -> int:
        at = sample % max(1, len(self.samples)) * self.rate_hz / RATE_HZ
        for span in self.spans:
            if at < span.frames:
                return span.start + int(at)
            at -= span.frames
        return self.spans[-1].end


def joined(samples: Float32, spans: Sequence[Span], rate_hz: int) -> Clip:
    """The spans of a channel, given whole at 16 kHz, end to end."""
    fade = round(FADE_S * RATE_HZ)
    ramp = np.linspace(0, 1, fade, dtype=np.float32)
    parts = []
    for i, span in enumerate(spans):
        part = cut(samples, span, rate_hz, RATE_HZ).copy()
        if len(part) > 2 * fade:
            if i:
                part[:fade] *= ramp
            if i + 1 < len(spans):
                part[-fade:] *= ramp[::-1]
        parts.append(part)
    whole = np.concatenate(parts) if parts else np.zeros(0, np.float32)
    return Clip(whole, tuple(spans), rate_hz)
