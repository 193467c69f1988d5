"""G.711 µ-law (ITU-T G.711, 11/1988): 16-bit samples to bytes and back, by tables."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Int16 = NDArray[np.int16]
UInt8 = NDArray[np.uint8]

RATE_HZ = 8_000
BIAS, CLIP = 132, 32_635


def encode(pcm: Int16) -> UInt8:
    """Samples as µ-law bytes, (frames,) each."""
    return np.asarray(_encoder()[pcm.astype(np.int32) + 32768], np.uint8)


def decode(data: UInt8) -> Int16:
    """µ-law bytes as samples, (frames,) each."""
    return np.asarray(_decoder()[data], np.int16)


@cache
def _decoder() -> Int16:
    code = ~np.arange(256) & 0xFF
    exponent, mantissa = (code >> 4) & 7, code & 15
    value = (((mantissa << 3) + BIAS) << exponent) - BIAS
    return np.where(code & 0x80, -value, value).astype(np.int16)


@cache
def _encoder() -> Any:
    pcm = np.arange(-32768, 32768)
    biased = np.minimum(np.abs(pcm), CLIP) + BIAS
    exponent = np.floor(np.log2(biased)).astype(np.int64) - 7
    mantissa = (biased >> (exponent + 3)) & 0x0F
    code = np.where(pcm < 0, 0x80, 0) | (exponent << 4) | mantissa
    return (~code & 0xFF).astype(np.uint8)
