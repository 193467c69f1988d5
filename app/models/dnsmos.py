"""DNSMOS P.835 and P.808: quality of speech as listeners would rate it, without a reference.

Runs the models of the speechmos package by a runner of our own. With a hop of 1 s it takes the
windows that `speechmos.dnsmos.run` takes and gives its numbers. Why it is faster: nearly all of the
arithmetic is in the first four convolutions, which see no more than 4 frames to either side; what
overlapping windows share of them is computed once, and only the frames at a window's own edges,
where it sees padding, again.

Reddy, Gopal, Cutler: DNSMOS P.835 (ICASSP 2022); DNSMOS (ICASSP 2021) for P.808.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, cast

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from app.models import onnx_parts, speechmos_files
from app.models.dnsmos_mel import mel_power

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Progress = Callable[[int, int], None]

RATE_HZ = 16_000
WINDOW = 144_160
"""Samples of one window: 9.01 s."""
FRAME, HOP = 320, 160
FRAMES = 900
"""Frames of a window in either model."""
EXACT_HOP_S = 1.0
STEP_S = 2 * HOP / RATE_HZ
"""Windows start at multiples of this: two frames, which the first pooling takes together."""

_REACH = 4
"""Frames that the shared layers see to either side: one for each of four 3 × 3 convolutions."""
_CHUNK = 300
"""Frames run through the shared layers at once, even; more do not stay in the cache."""
_BATCH = 8
_REAL, _IMAGINARY = "adjusted_input7", "adjusted_input8"
_SHARED = "mos_estimator_logpow/conv2d_3/Relu:0_pooling0"
_ANSWER = "Identity:0"
_TOP_DB = 80.0
_POLYNOMIALS = (
    (-0.08397278, 1.22083953, 0.0052439),
    (-0.13166888, 1.60915514, -0.39604546),
    (-0.06766283, 1.11546468, 0.04602535),
)
"""From the raw SIG, BAK and OVRL to the scale of P.835, highest power first."""


@dataclass(frozen=True, slots=True)
class WindowScores:
    """What the models say of each window.

    `scores` is (windows, 4): SIG, BAK, OVRL of P.835 and the P.808 score, on 1..5; `starts` holds
    each window's first sample in the clip after it was lengthened (see `lengthened`).
    """

    starts: tuple[int, ...]
    scores: Float64


def score(
    samples: NDArray[Any], *, hop_s: float = EXACT_HOP_S, progress: Progress | None = None
) -> WindowScores:
    """Rate a clip, (samples,) in -1..1 at 16 kHz; not empty.

    Args:
        samples: the clip, which is only read; values outside -1..1 are clipped.
        hop_s: seconds between windows, a multiple of `STEP_S`; `EXACT_HOP_S` gives the
            windows and numbers of speechmos.
        progress: `progress(done, total)` in windows of both models; what it raises stops the work.

    Raises:
        ValueError: the clip is empty, or no such hop.
        EnvironmentFault: the models are missing.
    """
    audio = lengthened(np.clip(samples, -1, 1).astype(np.float32))
    starts = window_starts(len(audio), hop_s)
    scores = np.empty((len(starts), 4), np.float64)
    for run in _runs(starts):
        if progress is not None:
            progress(run[0], 2 * len(starts))
        scores[run[0] : run[1], :3] = _p835(audio, starts[run[0] : run[1]])
    for first in range(0, len(starts), _BATCH):
        if progress is not None:
            progress(len(starts) + first, 2 * len(starts))
        scores[first : first + _BATCH, 3] = _p808(audio, starts[first : first + _BATCH])
    for column, polynomial in enumerate(_POLYNOMIALS):
        scores[:, column] = np.polyval(polynomial, scores[:, column])
    return WindowScores(tuple(starts), scores)


def lengthened(samples: Float32) -> Float32:
    """The clip, doubled as often as it takes to fill a window, as speechmos does.

    Raises:
        ValueError: it is empty.
    """
    if not len(samples):
        raise ValueError("an empty clip has no quality")
    times = 1
    while times * len(samples) < WINDOW:
        times *= 2
    return np.tile(samples, times) if times > 1 else samples


def window_starts(frames: int, hop_s: float) -> list[int]:
    """First sample of each window in a clip of `frames` >= `WINDOW` samples.

    At a hop of 1 s these are the windows of speechmos: it means to take one each second, but works
    out the ends in floating point and drops the windows that come out one sample short, so that 7
    of 21 remain on 30 s. Other hops take every window that fits, and one more at the end where
    more than half a window would not be heard.

    Raises:
        ValueError: `hop_s` is no positive multiple of `STEP_S`.
    """
    if hop_s == EXACT_HOP_S:
        count = int(np.floor(frames / RATE_HZ) - 9.01) + 1
        ends = [(int(i * RATE_HZ), int((i + 9.01) * RATE_HZ)) for i in range(count)]
        return [start for start, end in ends if end - start == WINDOW and end <= frames]
    step = 2 * HOP
    hop = round(hop_s * RATE_HZ)
    if hop <= 0 or hop % step or abs(hop - hop_s * RATE_HZ) > 1e-6:
        raise ValueError(f"a hop of {hop_s} s is no multiple of {STEP_S} s")
    starts = list(range(0, frames - WINDOW + 1, hop))
    if frames - (starts[-1] + WINDOW) > WINDOW // 2:
        starts.append((frames - WINDOW) // step * step)
    return starts


def _runs(starts: Sequence[int]) -> list[tuple[int, int]]:
    """(first, after) of windows that overlap, each with the one before it."""
    after = [i for i in range(1, len(starts)) if starts[i] >= starts[i - 1] + FRAMES * HOP]
    edges = [0, *after, len(starts)]
    return list(pairwise(edges))


def _p835(audio: Float32, starts: Sequence[int]) -> Float64:
    """Raw scores (windows, 3) of a run of windows."""
    frames = sliding_window_view(audio, FRAME)[::HOP]
    first, after = starts[0] // HOP, starts[-1] // HOP + FRAMES
    shared = _shared(frames[first:after])
    # Strips of twice the reach: in their outer halves a window's own padding is felt.
    strips = [s // HOP + at for s in starts for at in (0, FRAMES - 2 * _REACH)]
    edges = np.concatenate(
        [
            _front(np.stack([frames[at : at + 2 * _REACH] for at in strips[i : i + 2 * _BATCH]]))
            for i in range(0, len(strips), 2 * _BATCH)
        ]
    )
    half = _REACH // 2
    back = speechmos_files.session(
        "dnsmos.back",
        lambda: onnx_parts.part(_model(), {_SHARED: ("N", 32, FRAMES // 2, 80)}, [_ANSWER]),
    )
    out = np.empty((len(starts), 3), np.float64)
    for i, start in enumerate(starts):
        at = (start // HOP - first) // 2
        rows = shared[:, at : at + FRAMES // 2].copy()
        rows[:, :half], rows[:, -half:] = edges[2 * i][:, :half], edges[2 * i + 1][:, -half:]
        out[i] = back.run([_ANSWER], {_SHARED: rows[None]})[0][0]
    return out


def _shared(frames: Float32) -> Float32:
    """The shared layers (32, frames / 2, 80) over `frames` (n, 320), n even, in chunks."""
    parts = []
    for begin in range(0, len(frames), _CHUNK):
        end = min(begin + _CHUNK, len(frames))
        low, high = max(begin - _REACH, 0), min(end + _REACH, len(frames))
        found = _front(frames[None, low:high])[0]
        parts.append(found[:, (begin - low) // 2 : (begin - low) // 2 + (end - begin) // 2])
    return np.concatenate(parts, axis=1)


def _front(frames: Float32) -> Float32:
    """Shared layers (n, 32, t / 2, 80) of frames (n, t, 320)."""
    front = speechmos_files.session(
        "dnsmos.front",
        lambda: onnx_parts.part(
            _model(), {_REAL: ("N", FRAME, "T"), _IMAGINARY: ("N", FRAME, "T")}, [_SHARED]
        ),
    )
    given = np.ascontiguousarray(frames.transpose(0, 2, 1))
    return cast("Float32", front.run([_SHARED], {_REAL: given, _IMAGINARY: given})[0])


@cache
def _model() -> bytes:
    return speechmos_files.read("dnsmos_models/sig_bak_ovr.onnx")


def _p808(audio: Float32, starts: Sequence[int]) -> Float64:
    """P.808 scores (windows,); its windows end 10 ms before those of P.835."""
    model = speechmos_files.session(
        "dnsmos.p808", lambda: speechmos_files.read("dnsmos_models/model_v8.onnx")
    )
    mel = np.stack([mel_power(audio[s : s + WINDOW - HOP]) for s in starts])
    db = 10 * np.log10(np.maximum(mel, 1e-10))
    top = db.max(axis=(1, 2), keepdims=True)
    given = (np.maximum(db - top, -_TOP_DB) + 40) / 40
    answer = model.run(None, {"input_1": given.astype(np.float32)})[0]
    return np.asarray(answer, np.float64).reshape(-1)
