"""Probe and decode recordings. What is decoded here is the one truth for drawing and playing.

WAV is read by `wav`, FLAC by libsndfile, everything else by FFmpeg through PyAV, which also takes
off an encoder's delay and padding, so that frame 0 is the first frame that was recorded.
Samples keep the file's own rate: int16, or float32 where the source has floats.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.audio import sniff, wav
from app.audio.recording import CHUNK_FRAMES, Decoded, Probe, Sink, nan_samples, truncated
from app.domain.calls import Finding
from app.domain.errors import BadInput
from app.domain.work import Quiet, Work

MIN_RATE_HZ, MAX_RATE_HZ = 4_000, 384_000
USUAL_RATES_HZ = (8_000, 48_000)
ABSURD = 1e6
"""A float sample of this many times full scale is damage; its square would spoil every sum."""

__all__ = ["CHUNK_FRAMES", "Decoded", "Probe", "Sink", "decode_to", "probe", "read_all"]


def probe(path: Path) -> Probe:
    """What the recording at `path` is, by its bytes.

    Raises:
        NotFound, EnvironmentFault: it cannot be read.
        BadInput: empty, no audio, no decoder, or neither mono nor stereo; names file and remedy.
    """
    container = sniff.sniff(path)
    found: Probe | None = None
    if container == "wav":
        found = _probe_wav(path)
    elif container == "flac":
        from app.audio import flac

        found = flac.probe(path)
    if found is None:
        from app.audio import av_decode

        found = av_decode.probe(path, container)
    return _checked(found)


def decode_to(
    source: Probe,
    sink: Sink,
    ctx: Work | None = None,
    *,
    start: int = 0,
    stop: int | None = None,
) -> Decoded:
    """Decode frames `[start, stop)` of `source` into `sink`, block by block.

    `start` (a multiple of CHUNK_FRAMES) and `stop` need `source.can_seek`. Findings name what was
    repaired: `truncated`, `damaged`, `nan_samples`.

    Raises:
        BadInput: nothing usable in it. Cancelled: asked for through `ctx`.
    """
    work = ctx or Quiet()
    guard = _Guard(source, sink, work)
    if source.engine == "wav":
        findings = _decode_wav(source, guard, start, stop)
    elif source.engine == "soundfile":
        from app.audio import flac

        findings = flac.decode(source, guard, start, stop)
    else:
        from app.audio import av_decode

        findings = av_decode.decode(source, guard)
    if guard.frames == 0 and start == 0:
        raise BadInput(f"{source.path.name} holds no audio.", sniff.EXPORT_REMEDY)
    if guard.bad_samples:
        findings = (*findings, nan_samples(source.path, guard.bad_samples))
    return Decoded(
        frame_count=start + guard.frames, findings=findings, bad_samples=guard.bad_samples
    )


def read_all(path: Path) -> tuple[NDArray[Any], Probe]:
    """All samples of a short recording, (frames, channels), and what it is. For small files."""
    source = probe(path)
    blocks: list[NDArray[Any]] = []
    decode_to(source, lambda _first, block: blocks.append(block.copy()))
    return np.concatenate(blocks), source


class _Guard:
    """The sink's doorway: cancellation, progress, counting, and silence for what is no sample."""

    def __init__(self, source: Probe, sink: Sink, work: Work) -> None:
        self._source, self._sink, self._work = source, sink, work
        self.frames = 0
        self.bad_samples = 0

    def __call__(self, first: int, block: NDArray[Any]) -> None:
        self._work.raise_if_cancelled()
        if block.dtype.kind == "f":
            good = np.abs(block) < ABSURD  # false for NaN as well
            if not good.all():
                self.bad_samples += int(good.size - np.count_nonzero(good))
                block = np.where(good, block, np.float32(0))
        self._sink(first, block)
        self.frames += len(block)
        total = self._source.frame_count or round(self._source.duration_s * self._source.rate_hz)
        self._work.progress(first + len(block), total, self._source.path.name)


def _probe_wav(path: Path) -> Probe | None:
    layout = wav.parse(path)
    if layout.channels and not layout.is_supported:
        return None  # ADPCM, GSM and the like: FFmpeg knows them
    findings: tuple[Finding, ...] = ()
    if layout.promised_frames > layout.frame_count:
        findings = (truncated(path, layout.frame_count, layout.promised_frames, layout.rate_hz),)
    return Probe(
        path=path,
        container="wav",
        codec=layout.codec,
        engine="wav",
        rate_hz=layout.rate_hz,
        channels=layout.channels,
        frame_count=layout.frame_count,
        duration_s=layout.frame_count / max(1, layout.rate_hz),
        bits=8 * layout.width,
        is_float=layout.is_float,
        findings=findings,
        layout=layout,
    )


def _decode_wav(source: Probe, sink: Sink, start: int, stop: int | None) -> tuple[Finding, ...]:
    layout = source.layout or wav.parse(source.path)
    end = layout.frame_count if stop is None else min(stop, layout.frame_count)
    buffer = bytearray(CHUNK_FRAMES * layout.block_align)
    view = memoryview(buffer)
    with sniff.reading(source.path), source.path.open("rb", buffering=0) as file:
        file.seek(layout.data_offset + start * layout.block_align)
        first = start
        while first < end:
            want = min(CHUNK_FRAMES, end - first) * layout.block_align
            got = _fill(file, view[:want])
            frames = got // layout.block_align
            if frames:
                sink(first, wav.convert(view[: frames * layout.block_align], layout))
            first += frames
            if got < want:  # shorter than when it was probed
                return (truncated(source.path, first, end, layout.rate_hz),)
    return ()


def _fill(file: Any, view: memoryview) -> int:
    got = 0
    while got < len(view):
        more = file.readinto(view[got:])
        if not more:
            break
        got += more
    return got


def _checked(source: Probe) -> Probe:
    """`source` with the findings that any container can have; refuses what we cannot show."""
    name = source.path.name
    if source.channels not in (1, 2):
        raise BadInput(
            f"{name} has {source.channels} channels; a call has one or two.",
            "Export the channels of the two speakers as one stereo file, or as two mono files, "
            "and import that.",
        )
    if not MIN_RATE_HZ <= source.rate_hz <= MAX_RATE_HZ:
        raise BadInput(
            f"{name} has a sample rate of {source.rate_hz} Hz, which is not usable.",
            f"Export it at 8000 to 48000 Hz ({MIN_RATE_HZ} to {MAX_RATE_HZ} Hz are taken).",
        )
    if source.frame_count == 0:
        raise BadInput(f"{name} holds no audio.", sniff.EXPORT_REMEDY)
    extra: list[Finding] = []
    if sniff.is_mislabelled(source.path, source.container):
        extra.append(
            Finding(
                code="mislabelled",
                message=f"{name} is named {source.path.suffix} but its content is "
                f"{source.container.upper()}; it was read as that.",
            )
        )
    if not USUAL_RATES_HZ[0] <= source.rate_hz <= USUAL_RATES_HZ[1]:
        extra.append(
            Finding(
                code="unusual_rate",
                message=f"{name} has a sample rate of {source.rate_hz} Hz; it is kept at that "
                "rate and converted only for the sound device.",
            )
        )
    return replace(source, findings=(*source.findings, *extra))
