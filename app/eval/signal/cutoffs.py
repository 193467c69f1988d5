"""Sudden cut-offs: where a voice stops from one moment to the next, as when playing is broken off.

In frames of 30 ms a *drop* is a fall of 18 dB or more from one to the next, from one that is at
least 6 dB above its floor, the 10th percentile of the 30 frames around it (the rule of
Full-Duplex-Bench v1.5). Closures and the ends of words drop as far, so a *cut-off* is a drop from
full voice to silence: from within 12 dB of the speaker's loud frames to within 6 dB of the quiet
tenth of the channel, where it stays for 150 ms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from app.domain.calls import Span
from app.eval.signal.channels import Float32, covered

Float64 = NDArray[np.float64]

FRAME_S = 0.030
DROP_DB = 18.0
ABOVE_FLOOR_DB = 6.0
AROUND = 30
FLOOR_PERCENT = 10
DOWN = 5
"""Frames that the level stays down after a cut-off: 150 ms."""
FULL_VOICE_DB = 12.0
"""Below the 95th percentile of the frames of speech."""
SILENCE_DB = -96.0
BEFORE_S, AFTER_S = 0.5, 0.2
"""What is played of a cut-off: the end of what was said, and the silence."""


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """`found` has (span to play, fall in dB) of each cut-off; `drops` counts drops of any kind."""

    found: tuple[tuple[Span, float], ...]
    drops: int


def levels(samples: Float32, rate_hz: int) -> Float64:
    """Level of each 30 ms less its own mean, dB re full scale, not below that of 16 bits."""
    size = max(1, round(FRAME_S * rate_hz))
    whole = len(samples) // size
    rows = samples[: whole * size].reshape(whole, size).astype(np.float64)
    power = np.maximum((rows**2).mean(axis=1) - rows.mean(axis=1) ** 2, 0)
    return np.asarray(10 * np.log10(np.maximum(power, 10 ** (SILENCE_DB / 10))), np.float64)


def find(samples: Float32, rate_hz: int, speech: Sequence[Span]) -> Cutoffs:
    """The drops and cut-offs of a voice.

    A voice may stop just inside a frame, which is then not loud any more. So frames that begin
    half a frame later are looked at as well for cut-offs; drops are counted in the first alone.

    Args:
        samples: its channel (frames,).
        rate_hz: of samples and spans.
        speech: where it speaks; drops elsewhere are somebody else's.
    """
    size = max(2, round(FRAME_S * rate_hz))
    found: dict[int, float] = {}
    counted = 0
    for shift in (0, size // 2):
        moved = [Span(max(0, s.start - shift), max(0, s.end - shift)) for s in speech]
        count, cut = _of_frames(samples[shift:], rate_hz, moved)
        counted = counted if shift else count
        for at, fall in cut.items():
            place = shift + (at + 1) * size
            if all(abs(place - known) > 2 * size for known in found):
                found[place] = fall
    before, after = round(BEFORE_S * rate_hz), round(AFTER_S * rate_hz)
    spans = [
        (Span(max(0, end - before), min(len(samples), end + after)), found[end])
        for end in sorted(found)
    ]
    return Cutoffs(tuple(spans), counted)


def drops(samples: Float32, rate_hz: int, speech: Sequence[Span]) -> int:
    """How many drops of any kind a voice has; arguments as for `find`."""
    return _of_frames(samples, rate_hz, speech)[0]


def _of_frames(
    samples: Float32, rate_hz: int, speech: Sequence[Span]
) -> tuple[int, dict[int, float]]:
    """How many drops there are, and the fall at the frame before each cut-off."""
    db = levels(samples, rate_hz)
    inside = covered(speech, max(1, round(FRAME_S * rate_hz)), len(db))
    if len(db) < 2 or not inside.any():
        return 0, {}
    padded = np.pad(db, (AROUND // 2, AROUND - 1 - AROUND // 2), mode="edge")
    floor = np.percentile(sliding_window_view(padded, AROUND), FLOOR_PERCENT, axis=1)
    fall = db[:-1] - db[1:]
    dropped = np.flatnonzero(
        (fall >= DROP_DB) & (db[:-1] - floor[:-1] >= ABOVE_FLOOR_DB) & inside[:-1]
    )
    full = float(np.percentile(db[inside], 95)) - FULL_VOICE_DB
    silence = float(np.percentile(db, FLOOR_PERCENT)) + ABOVE_FLOOR_DB
    cut = {}
    for at in dropped:
        after = float(db[at + 1 : at + 1 + DOWN].max())
        if db[at] >= full and after <= silence:
            cut[int(at)] = float(fall[at])
    return len(dropped), cut
