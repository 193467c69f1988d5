"""Spoken sound as servers send it, in pieces of any length: bare samples or a WAV file."""

from __future__ import annotations

import struct

import numpy as np

from app.agents.link import Int16
from app.audio.polyphase import Resampler

RATE_HZ = 24_000
PCM, EXTENSIBLE = 1, 0xFFFE
HEAD_MOST = 1 << 16
_OTHERS = {
    b"ID3": "MP3",
    b"\xff\xfb": "MP3",
    b"\xff\xf3": "MP3",
    b"OggS": "Ogg",
    b"fLaC": "FLAC",
    b"{": "JSON",
    b"<": "a web page",
}


class BadSound(ValueError):
    """It cannot be played; the message says why, in words that follow "it sent"."""


class SoundReader:
    """Feed the bytes to `push`, end with `finish`: samples at 24 kHz come out.

    Where no format was agreed on, a WAV file is known by its first bytes, and everything else that
    looks like no other file is 24 kHz, 16 bits, one channel.
    """

    def __init__(self) -> None:
        self._held = b""
        self._left: int | None = None
        """Bytes of sound to come; None where nobody says."""
        self._channels, self._frames = 1, 0
        self._resampler: Resampler | None = None

    def push(self, data: bytes) -> Int16:
        """The samples (frames,) that `data` completes; raises BadSound."""
        self._held += data
        if self._resampler is None and not self._begin():
            return np.zeros(0, np.int16)
        return self._samples()

    def finish(self) -> Int16:
        """The rest; raises BadSound where there was no sound at all."""
        if self._resampler is None:
            if self._held.startswith(b"RIFF"):
                raise BadSound("a WAV file that ends before its sound")
            self._begin(at_end=True)
        if self._resampler is None:
            raise BadSound("no sound")
        last = _rounded(self._resampler.finish()) if self._frames else None
        if last is None:
            raise BadSound("no sound")
        return last

    def _begin(self, *, at_end: bool = False) -> bool:
        """Whether it is known by now what comes."""
        if len(self._held) < 4 and not at_end:
            return False
        if self._held.startswith(b"RIFF"):
            return self._read_head()
        for start, name in _OTHERS.items():
            if self._held.startswith(start) and (len(start) > 1 or _is_text(self._held)):
                raise BadSound(f"{name} in place of bare samples or WAV")
        self._resampler = Resampler(RATE_HZ, RATE_HZ)
        return True

    def _read_head(self) -> bool:
        """A WAV file's chunks up to its sound."""
        at, rate_hz = 12, 0
        while len(self._held) >= at + 8:
            name, size = struct.unpack_from("<4sI", self._held, at)
            if name == b"data":
                if not rate_hz:
                    raise BadSound("a WAV file that does not say what it holds")
                # Who streams does not know the length, and writes 0 or the greatest there is.
                self._left = size if 0 < size < 0x7FFF0000 else None
                self._held = self._held[at + 8 :]
                self._resampler = Resampler(rate_hz, RATE_HZ)
                return True
            if name == b"fmt " and len(self._held) >= at + 24:
                kind, self._channels, rate_hz, _, _, bits = struct.unpack_from(
                    "<HHIIHH", self._held, at + 8
                )
                if kind not in (PCM, EXTENSIBLE) or bits != 16 or not self._channels:
                    raise BadSound(f"a WAV file with samples of {bits} bits, kind {kind}, not 16")
                if not 4_000 <= rate_hz <= 192_000:
                    raise BadSound(f"a WAV file of {rate_hz} Hz")
            at += 8 + size + size % 2
        if len(self._held) > HEAD_MOST:
            raise BadSound("a WAV file without sound")
        return False

    def _samples(self) -> Int16:
        assert self._resampler is not None
        size = 2 * self._channels
        ready = len(self._held) if self._left is None else min(len(self._held), self._left)
        ready -= ready % size
        pcm = np.frombuffer(self._held[:ready], "<i2").reshape(-1, self._channels)
        self._held = self._held[ready:]
        if self._left is not None:
            self._left -= ready
            if self._left < size:
                self._left, self._held = 0, b""
        self._frames += len(pcm)
        mono = pcm[:, 0] if self._channels == 1 else pcm.mean(axis=1)
        return _rounded(self._resampler.push(mono.astype(np.float32)))


def _rounded(samples: np.ndarray[tuple[int], np.dtype[np.float32]]) -> Int16:
    return np.clip(np.rint(samples), -32768, 32767).astype(np.int16)


def _is_text(data: bytes) -> bool:
    """Whether the first bytes are all printable, which those of samples are not for long."""
    return all(32 <= b < 127 or b in b"\r\n\t" for b in data[:64])
