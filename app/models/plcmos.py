"""PLCMOS v2: how much lost and concealed packets are heard, without a reference.

Runs the model of the speechmos package. The model takes a *rater* beside the sound, a random
vector; the score is the mean over 15 of them. speechmos draws them anew each time, so that its
score wavers by about 0.02; here they are drawn once. All but the last small layers is the same for
every rater and is computed once.

Diener, Purin, Sootla, Saabas, Aichner, Cutler: PLCMOS (Interspeech 2023).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from app.models import onnx_parts, speechmos_files

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]

RATE_HZ = 16_000
RATERS = 15
_POINTS, _HOP = 512, 256
_FLOOR_DB = -120.0
_SILENCE_DB = -80.0
_FORWARD, _BACKWARD = "onnx::Concat_335", "onnx::Concat_337"
_RATER, _ANSWER = "rater_embed", "plcmos"


def score(samples: NDArray[Any], raters: NDArray[Any] | None = None) -> float:
    """Rate a clip, (samples,) in -1..1 at 16 kHz, on 1..5. It was trained on clips of about 10 s.

    Args:
        samples: the clip, which is only read; values outside -1..1 are clipped.
        raters: (raters, 64) vectors in place of the usual ones.

    Raises:
        ValueError: the clip is empty.
        EnvironmentFault: the model is missing.
    """
    if not len(samples):
        raise ValueError("an empty clip has no quality")
    given = _raters() if raters is None else np.asarray(raters, np.float32)
    features = log_spectrum(np.clip(samples, -1, 1).astype(np.float32))
    front = speechmos_files.session(
        "plcmos.front",
        lambda: onnx_parts.part(
            _model(), {"degraded_audio": ("N", 1, "T", 257)}, [_FORWARD, _BACKWARD]
        ),
    )
    back = speechmos_files.session(
        "plcmos.back",
        lambda: onnx_parts.part(
            _model(), {_FORWARD: ("N", 32), _BACKWARD: ("N", 32), _RATER: ("N", 64)}, [_ANSWER]
        ),
    )
    heard = front.run([_FORWARD, _BACKWARD], {"degraded_audio": features[None, None]})
    states = {
        name: np.repeat(state, len(given), axis=0)
        for name, state in zip((_FORWARD, _BACKWARD), heard, strict=True)
    }
    return float(np.mean(back.run([_ANSWER], {**states, _RATER: given})[0], dtype=np.float64))


def log_spectrum(samples: Float32) -> Float32:
    """The model's input, (frames, 257): natural log of the power, over 20."""
    count = -(-(len(samples) + _HOP) // _HOP)
    padded = np.zeros((count - 1) * _HOP + _POINTS, np.float64)
    padded[_HOP : _HOP + len(samples)] = samples
    window = np.hamming(_POINTS + 1)[:-1]
    spectrum = np.fft.rfft(sliding_window_view(padded, _POINTS)[::_HOP] * window, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    some = power > 0
    log = np.full(power.shape, _SILENCE_DB * np.log(10) / 10)
    if some.any():
        log = np.log(np.where(some, power, 1.0))
        log[~some] = np.log(power[some].min()) + _FLOOR_DB * np.log(10) / 10
    return (log / 20).astype(np.float32)


@cache
def _raters() -> Float32:
    return np.random.default_rng(0).standard_normal((RATERS, 64)).astype(np.float32)


@cache
def _model() -> bytes:
    return speechmos_files.read("plcmos_models/plcmos_v2.onnx")
