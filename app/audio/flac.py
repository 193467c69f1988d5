"""FLAC through libsndfile: exact, seekable, and decoded without the interpreter's lock."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.audio.recording import CHUNK_FRAMES, Probe, Sink, truncated
from app.audio.sniff import EXPORT_REMEDY
from app.domain.calls import Finding
from app.domain.errors import BadInput

_BITS = {"PCM_S8": 8, "PCM_16": 16, "PCM_24": 24}
_ABSURD_FRAMES = 1 << 35
"""36-bit counts near the limit are a broken header, not ten days of sound."""
_SMALL_READ = 256


def probe(path: Path) -> Probe | None:
    """What the FLAC file is; None where libsndfile cannot tell and another decoder may try."""
    import soundfile

    try:
        info = soundfile.info(str(path))
    except soundfile.LibsndfileError:
        return None
    if not 0 < info.frames < _ABSURD_FRAMES:
        return None  # a stream without a length
    return Probe(
        path=path,
        container="flac",
        codec="flac",
        engine="soundfile",
        rate_hz=info.samplerate,
        channels=info.channels,
        frame_count=info.frames,
        duration_s=info.frames / max(1, info.samplerate),
        bits=_BITS.get(info.subtype),
        is_float=False,
    )


def decode(source: Probe, sink: Sink, start: int, stop: int | None) -> tuple[Finding, ...]:
    """Decode frames `[start, stop)` into `sink`; a damaged tail gives the finding `truncated`."""
    import soundfile

    total = source.frame_count or 0
    end = total if stop is None else min(stop, total)
    buffer = np.empty((CHUNK_FRAMES, source.channels), np.int16)
    first = start
    try:
        with soundfile.SoundFile(str(source.path)) as file:
            if start:
                file.seek(start)
            while first < end:
                want = min(CHUNK_FRAMES, end - first)
                block = file.read(want, dtype="int16", out=buffer[:want], always_2d=True)
                if len(block):
                    sink(first, block)
                first += len(block)
                if len(block) < want:
                    break
    except soundfile.LibsndfileError as error:
        rest = _before_the_fault(source, first, buffer[: min(CHUNK_FRAMES, end - first)])
        if not rest and first == start:
            raise BadInput(
                f"{source.path.name} cannot be decoded: {error.error_string}.", EXPORT_REMEDY
            ) from error
        if rest:
            sink(first, buffer[:rest])
        first += rest
    if first < end:
        return (truncated(source.path, first, end, source.rate_hz),)
    return ()


def _before_the_fault(source: Probe, first: int, buffer: NDArray[np.int16]) -> int:
    """Frames from `first` on that can be decoded, into `buffer`.

    libsndfile does not say how far a read came that failed, so the last ones are small.
    """
    import soundfile

    done = 0
    try:
        with soundfile.SoundFile(str(source.path)) as file:
            if first:
                file.seek(first)
            while done < len(buffer):
                part = buffer[done : done + _SMALL_READ]
                got = len(file.read(len(part), dtype="int16", out=part, always_2d=True))
                done += got
                if got < len(part):
                    break
    except soundfile.LibsndfileError:
        pass  # what came before it is what we want
    return done
