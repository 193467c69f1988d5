"""Everything that is neither WAV nor FLAC, through FFmpeg (PyAV).

FFmpeg takes off what an encoder added at the start and the end (MP3's LAME header, AAC's edit
list, Opus' pre-skip), so a file is always decoded once from its start; seeking is done in PCM.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.audio.recording import Blocks, Probe, Sink, truncated
from app.audio.sniff import EXPORT_REMEDY, reading
from app.domain.calls import Finding
from app.domain.errors import BadInput

_SHORT = 0.98
"""A promise is broken where less than this part of it is there; container times are rounded."""
_TAG_BYTES = 8192
_BATCH_FRAMES = 32_768
_NAMES = {"mov,mp4,m4a,3gp,3g2,mj2": "mp4", "matroska,webm": "matroska", "aac": "adts"}


def probe(path: Path, container: str) -> Probe:
    """What the file is. Raises BadInput where FFmpeg finds no audio in it."""
    import av

    with reading(path), path.open("rb"):
        pass
    try:
        with av.open(str(path), metadata_errors="replace") as file:
            if not file.streams.audio:
                raise BadInput(f"{path.name} has no audio in it.", EXPORT_REMEDY)
            stream = file.streams.audio[0]
            context = stream.codec_context
            if context is None:
                raise BadInput(
                    f"{path.name} is coded in a way that no decoder here knows.", EXPORT_REMEDY
                )
            seconds = _seconds(stream, file)
            return Probe(
                path=path,
                container=container or _NAMES.get(file.format.name, file.format.name),
                codec=context.name,
                engine="av",
                rate_hz=context.sample_rate or 0,
                channels=context.channels or 0,
                frame_count=None,
                duration_s=seconds,
                bits=None,
                is_float=context.name.startswith("pcm_f"),
            )
    except av.FFmpegError as error:
        raise _unreadable(path, error) from error


def _seconds(stream: Any, file: Any) -> float:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return float(file.duration or 0) / 1e6


def _unreadable(path: Path, error: Exception) -> BadInput:
    reason = getattr(error, "strerror", None) or str(error)
    return BadInput(
        f"{path.name} could not be read as audio ({reason}); it may be cut off or damaged.",
        EXPORT_REMEDY,
    )


def decode(source: Probe, sink: Sink) -> tuple[Finding, ...]:
    """Decode the whole file into `sink`; what cannot be decoded becomes silence of its length."""
    import av

    blocks = Blocks(sink, source.channels, source.dtype)
    batch = _Batch(blocks, source.is_float)
    damaged = 0
    try:
        with av.open(str(source.path), metadata_errors="replace") as file:
            stream = file.streams.audio[0]
            for packet in file.demux(stream):
                try:
                    for frame in packet.decode():
                        batch.add(_samples(frame, source))
                except av.InvalidDataError:
                    damaged += 1
                    batch.pass_on()
                    blocks.add(_gap(packet, source))
    except av.FFmpegError as error:
        batch.pass_on()
        if not blocks.frames:
            raise _unreadable(source.path, error) from error
        damaged += 1
    batch.pass_on()
    blocks.flush()
    findings: list[Finding] = []
    promised = round(source.duration_s * source.rate_hz)
    if promised and blocks.frames < _SHORT * promised and _promises(source):
        findings.append(truncated(source.path, blocks.frames, promised, source.rate_hz))
    if damaged:
        findings.append(
            Finding(
                code="damaged",
                message=f"{source.path.name} is damaged in {damaged} places; they are silent here.",
            )
        )
    return tuple(findings)


def _promises(source: Probe) -> bool:
    """Whether the container states its length, rather than FFmpeg guessing it by the bit rate."""
    if source.container == "adts":
        return False
    if source.container != "mp3":
        return True
    with source.path.open("rb") as file:
        head = file.read(10)
        if head[:3] == b"ID3":
            size = (head[6] << 21) | (head[7] << 14) | (head[8] << 7) | head[9]
            file.seek(10 + size)
        body = file.read(_TAG_BYTES)
    return b"Xing" in body or b"Info" in body or b"VBRI" in body


def _samples(frame: Any, source: Probe) -> NDArray[Any]:
    """One frame's samples (channels, frames) as the decoder gives them."""
    if frame.sample_rate != source.rate_hz:
        raise BadInput(
            f"{source.path.name} changes its sample rate from {source.rate_hz} to "
            f"{frame.sample_rate} Hz in the middle.",
            EXPORT_REMEDY,
        )
    data = frame.to_ndarray()
    channels = frame.layout.nb_channels
    if not frame.format.is_planar:
        data = data.reshape(-1, channels).T
    if channels != source.channels:
        data = data.mean(axis=0, keepdims=True, dtype=np.float64).astype(data.dtype)
        data = np.repeat(data, source.channels, axis=0)
    return np.asarray(data)


class _Batch:
    """Gathers a decoder's small frames, so that they are converted by many at once."""

    def __init__(self, blocks: Blocks, keep_float: bool) -> None:
        self._blocks, self._keep_float = blocks, keep_float
        self._held: list[NDArray[Any]] = []
        self._frames = 0

    def add(self, data: NDArray[Any]) -> None:
        self._held.append(data)
        self._frames += data.shape[1]
        if self._frames >= _BATCH_FRAMES:
            self.pass_on()

    def pass_on(self) -> None:
        if self._held:
            planes = _as_kept(np.concatenate(self._held, axis=1), self._keep_float)
            self._blocks.add(planes.T)
            self._held, self._frames = [], 0


def _as_kept(data: NDArray[Any], keep_float: bool) -> NDArray[Any]:
    if data.dtype.kind == "f":
        if keep_float:
            return data.astype(np.float32)
        scaled = data * data.dtype.type(32768)
        np.rint(scaled, out=scaled)
        np.clip(scaled, -32768, 32767, out=scaled)
        if np.isnan(scaled).any():
            np.nan_to_num(scaled, copy=False)
        return np.asarray(scaled, np.int16)
    if data.dtype == np.int32:
        return (data >> 16).astype(np.int16)
    if data.dtype == np.uint8:
        return ((data.astype(np.int16) - 128) << 8).astype(np.int16)
    return data.astype(np.int16, copy=False)


def _gap(packet: Any, source: Probe) -> NDArray[Any]:
    seconds = float((packet.duration or 0) * (packet.time_base or 0))
    frames = round(min(max(seconds, 0.0), 1.0) * source.rate_hz)
    return np.zeros((frames, source.channels), source.dtype)
