"""Speech from espeak-ng with word times, through its C library."""

from __future__ import annotations

import ctypes
import multiprocessing
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]

SYNCHRONOUS = 2
RATE, PITCH, RANGE = 1, 3, 4
POS_CHARACTER, UTF8 = 1, 1
EVENT_END, EVENT_WORD = 0, 1
QUIET_RATIO = 0.01
"""-40 dB below the clip's peak is the end of its energy."""
LONGEST_INNER_PAUSE_MS = 200
"""Longer silences inside a sentence are shortened to this, so that no pause is left to chance."""


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


@dataclass(frozen=True, slots=True)
class Voice:
    """An espeak-ng voice with its settings."""

    name: str
    speed: int = 165
    pitch: int = 50
    pitch_range: int = 50


@dataclass(frozen=True, slots=True)
class Clip:
    """One spoken sentence, trimmed to its energy. Times in samples at `rate_hz`."""

    samples: Float32
    rate_hz: int
    words: tuple[tuple[str, int, int], ...]


def _library() -> tuple[ctypes.CDLL, int]:
    lib = ctypes.CDLL("libespeak-ng.so.1")
    rate = lib.espeak_Initialize(SYNCHRONOUS, 0, None, 0)
    if rate <= 0:
        raise SystemExit("espeak-ng could not start")
    return lib, rate


def say(text: str, voice: Voice) -> Clip:
    """`text` (one sentence) spoken, trimmed, its inner pauses shortened.

    Each sentence in a process of its own: espeak-ng remembers what it said before, and a call
    must come out the same whether it is made alone or after others.
    """
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(_say, (text, voice))


def _say(text: str, voice: Voice) -> Clip:
    lib, rate = _library()
    chunks: list[Float32] = []
    marks: list[tuple[int, int, int]] = []

    def receive(wav: object, count: int, events: object) -> int:
        if wav and count:
            data = np.ctypeslib.as_array(wav, shape=(count,))  # type: ignore[arg-type]
            chunks.append(data.astype(np.float32) / 32768)
        i = 0
        while events[i].type != EVENT_END:  # type: ignore[index]
            event = events[i]  # type: ignore[index]
            if event.type == EVENT_WORD:
                at = event.audio_position * rate // 1000
                marks.append((event.text_position - 1, event.length, at))
            i += 1
        return 0

    callback = _Callback(receive)
    lib.espeak_SetSynthCallback(callback)
    if lib.espeak_SetVoiceByName(voice.name.encode()) != 0:
        raise SystemExit(f"espeak-ng has no voice {voice.name}")
    for parameter, value in ((RATE, voice.speed), (PITCH, voice.pitch), (RANGE, voice.pitch_range)):
        lib.espeak_SetParameter(parameter, value, 0)
    data = text.encode() + b"\0"
    lib.espeak_Synth(data, len(data), 0, POS_CHARACTER, 0, UTF8, None, None)
    lib.espeak_Synchronize()
    return _trimmed(text, np.concatenate(chunks), rate, marks)


def _trimmed(text: str, samples: Float32, rate: int, marks: list[tuple[int, int, int]]) -> Clip:
    loud = np.flatnonzero(np.abs(samples) > QUIET_RATIO * np.abs(samples).max())
    keep = np.zeros(len(samples), dtype=bool)
    keep[loud[0] : loud[-1] + 1] = True
    longest = LONGEST_INNER_PAUSE_MS * rate // 1000
    for left, right in pairwise(loud):
        if right - left > longest:
            keep[left + longest : right] = False
    new_at = np.concatenate([[0], np.cumsum(keep)])
    placed = _words(text, marks, new_at)
    return Clip(samples[keep], rate, tuple(_tight(w, new_at[loud]) for w in placed))


def _tight(word: tuple[str, int, int], loud: NDArray[np.int64]) -> tuple[str, int, int]:
    """The word without the silence after it."""
    text, start, end = word
    inside = loud[(loud >= start) & (loud < end)]
    return text, start, int(inside[-1]) + 1 if len(inside) else end


def _words(
    text: str, marks: list[tuple[int, int, int]], new_at: NDArray[np.int64]
) -> list[tuple[str, int, int]]:
    """Words as written, each from its own mark to the next one's; marks lost are interpolated."""
    tokens: list[tuple[str, int]] = []
    for token in text.split():
        at = text.index(token, tokens[-1][1] + len(tokens[-1][0]) if tokens else 0)
        tokens.append((token, at))
    known: list[int] = []
    placed: list[int] = []
    for i, (token, at) in enumerate(tokens):
        mine = [m[2] for m in marks if at <= m[0] < at + len(token)]
        if mine:
            known.append(i)
            placed.append(int(new_at[min(mine[0], len(new_at) - 1)]))
    starts = [int(s) for s in np.interp(range(len(tokens)), known or [0], placed or [0])]
    starts[0] = 0
    ends = [*starts[1:], int(new_at[-1])]
    return [(t, s, max(e, s)) for (t, _), s, e in zip(tokens, starts, ends, strict=True)]
