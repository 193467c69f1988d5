"""Cuts of a channel for a recogniser: speech with a little air around it, nothing too long.

Pure; times are seconds of the channel. `Excerpt` is the channel without its long silences, with
the way back from its times to those of the channel.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.models.asr import RATE_HZ, Float32, SpanS

_HOP = RATE_HZ // 100
_SMOOTH_HOPS = 5


def tidy(spans: Sequence[SpanS] | None, duration_s: float) -> list[SpanS]:
    """`spans` in order, within the channel, none empty, overlapping ones joined.

    None stands for the whole channel.
    """
    if spans is None:
        return [(0.0, duration_s)] if duration_s > 0 else []
    out: list[SpanS] = []
    for start, end in sorted(spans):
        start, end = max(start, 0.0), min(end, duration_s)
        if not start < end:
            continue
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


def closed(spans: Sequence[SpanS], pause_s: float) -> list[SpanS]:
    """`spans` (in order, apart) with pauses shorter than `pause_s` taken in."""
    out: list[SpanS] = []
    for start, end in spans:
        if out and start - out[-1][1] < pause_s:
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


def padded(spans: Sequence[SpanS], pad_s: float, duration_s: float) -> list[SpanS]:
    """`spans` (in order, apart) with up to `pad_s` on either side, never into a neighbour."""
    out: list[SpanS] = []
    for i, (start, end) in enumerate(spans):
        room_before = (start - spans[i - 1][1]) / 2 if i else start
        room_after = (spans[i + 1][0] - end) / 2 if i + 1 < len(spans) else duration_s - end
        out.append((start - min(pad_s, room_before), end + min(pad_s, room_after)))
    return out


def divided(
    samples: Float32, spans: Sequence[SpanS], *, shortest_s: float, longest_s: float
) -> list[SpanS]:
    """`spans` with those over `longest_s` cut where they are quietest.

    The first `shortest_s` of a piece hold no cut. Levels are means over 50 ms.
    """
    out: list[SpanS] = []
    for start, end in spans:
        while end - start > longest_s:
            last = min(start + longest_s, end - shortest_s / 2)
            cut = _quietest(samples, start + shortest_s, max(last, start + shortest_s))
            out.append((start, cut))
            start = cut
        out.append((start, end))
    return out


def _quietest(samples: Float32, start_s: float, end_s: float) -> float:
    """The middle of the quietest 50 ms between two times."""
    first = round(start_s * RATE_HZ)
    count = (round(end_s * RATE_HZ) - first) // _HOP
    if count <= _SMOOTH_HOPS:
        return end_s
    rows = samples[first : first + count * _HOP].reshape(count, _HOP)
    power = np.einsum("ij,ij->i", rows, rows, dtype=np.float64)
    smooth = np.convolve(power, np.ones(_SMOOTH_HOPS), mode="valid")
    return start_s + (int(smooth.argmin()) + _SMOOTH_HOPS / 2) * _HOP / RATE_HZ


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The speech of a channel, its long silences left out.

    Attributes:
        samples: (n,) float32 at 16 kHz.
        pieces: what was kept, in seconds of the channel, in order.
        starts: where each piece begins, in seconds of the excerpt.
        clips: runs of pieces that are to be heard in one go, in seconds of the excerpt.
    """

    samples: Float32
    pieces: tuple[SpanS, ...]
    starts: tuple[float, ...]
    clips: tuple[SpanS, ...]

    def in_channel(self, start_s: float, end_s: float) -> SpanS:
        """A time span of the excerpt as one of the channel, within the piece of its middle."""
        i = max(bisect_right(self.starts, (start_s + end_s) / 2) - 1, 0)
        shift = self.pieces[i][0] - self.starts[i]
        first = min(max(start_s + shift, self.pieces[i][0]), self.pieces[i][1])
        return first, min(max(end_s + shift, first), self.pieces[i][1])

    def stretch(self, start_s: float, end_s: float) -> SpanS:
        """The same for a span that may run over several pieces."""
        first = self.in_channel(start_s, start_s)[0]
        return first, max(self.in_channel(end_s, end_s)[1], first)


def excerpt(samples: Float32, pieces: Sequence[SpanS], longest_clip_s: float) -> Excerpt:
    """Put `pieces` (in order, apart) one after another, in clips of at most `longest_clip_s`.

    A clip never ends inside a piece; pieces must not be longer than a clip.
    """
    parts: list[Float32] = []
    starts: list[float] = []
    clips: list[SpanS] = []
    at = 0
    for start, end in pieces:
        part = samples[round(start * RATE_HZ) : round(end * RATE_HZ)]
        begin, after = at / RATE_HZ, (at + len(part)) / RATE_HZ
        starts.append(begin)
        if clips and after - clips[-1][0] <= longest_clip_s:
            clips[-1] = (clips[-1][0], after)
        else:
            clips.append((begin, after))
        parts.append(part)
        at += len(part)
    whole = np.concatenate(parts) if parts else np.zeros(0, dtype=np.float32)
    return Excerpt(whole, tuple(pieces), tuple(starts), tuple(clips))
