"""RIFF/WAVE read by ourselves: damaged headers, streams without a size, every PCM layout.

The header is believed only as far as the file reaches; nothing is allocated by what it claims.
Sources: Microsoft RIFF (1991) and WAVEFORMATEXTENSIBLE; EBU Tech 3306 (RF64); ITU-T G.711.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from app.audio.sniff import reading
from app.domain.errors import BadInput

PCM, FLOAT, ALAW, MULAW, EXTENSIBLE = 0x0001, 0x0003, 0x0006, 0x0007, 0xFFFE
_UNKNOWN_SIZES = (0, 0xFFFFFFFF)
_MAX_CHUNKS = 4096
_WIDTHS = {PCM: (1, 2, 3, 4), FLOAT: (4, 8), ALAW: (1,), MULAW: (1,)}


@dataclass(frozen=True, slots=True, kw_only=True)
class WavLayout:
    """Where the samples of a WAV file lie and how they are coded. Offsets in bytes."""

    tag: int
    channels: int
    rate_hz: int
    block_align: int
    data_offset: int
    frame_count: int
    promised_frames: int

    @property
    def width(self) -> int:
        """Bytes of one sample."""
        return self.block_align // max(1, self.channels)

    @property
    def is_float(self) -> bool:
        """Whether samples are IEEE floats."""
        return self.tag == FLOAT

    @property
    def is_plain_int16(self) -> bool:
        """Whether the file's bytes are the samples as we keep them."""
        return self.tag == PCM and self.width == 2

    @property
    def codec(self) -> str:
        """A name in ffmpeg's manner: pcm_s16le, pcm_f32le, pcm_alaw..."""
        if self.tag in (ALAW, MULAW):
            return "pcm_alaw" if self.tag == ALAW else "pcm_mulaw"
        if self.tag == FLOAT:
            return f"pcm_f{8 * self.width}le"
        return "pcm_u8" if self.width == 1 else f"pcm_s{8 * self.width}le"

    @property
    def is_supported(self) -> bool:
        """Whether `convert` knows this coding (else another decoder must try)."""
        return (
            self.width in _WIDTHS.get(self.tag, ())
            and self.width * self.channels == self.block_align
        )


def parse(path: Path) -> WavLayout:
    """The layout of the WAV file at `path`.

    Raises:
        BadInput: no format or no samples in it.
        EnvironmentFault, NotFound: the file cannot be read.
    """
    with reading(path):
        size = path.stat().st_size
        with path.open("rb") as file:
            fmt, offset, promised = _chunks(file, size)
    if fmt is None or offset is None:
        raise BadInput(
            f"{path.name} is a WAV file without {'samples' if fmt else 'a format header'}.",
            "It was probably cut off while it was copied or recorded; copy it again.",
        )
    tag, channels, rate, align = fmt
    here = max(0, size - offset)
    usable = here if promised is None else min(here, promised)
    step = max(1, align)
    return WavLayout(
        tag=tag,
        channels=channels,
        rate_hz=rate,
        block_align=align,
        data_offset=offset,
        frame_count=usable // step,
        promised_frames=(usable if promised is None else promised) // step,
    )


def _chunks(
    file: BinaryIO, size: int
) -> tuple[tuple[int, int, int, int] | None, int | None, int | None]:
    """(tag, channels, rate, block align), offset of the samples, bytes promised or None."""
    file.seek(12)
    fmt: tuple[int, int, int, int] | None = None
    big: int | None = None
    for _ in range(_MAX_CHUNKS):
        head = file.read(8)
        if len(head) < 8:
            break
        name, length = struct.unpack("<4sI", head)
        here = file.tell()
        if name == b"ds64":
            body = file.read(16)
            big = struct.unpack("<8xQ", body)[0] if len(body) == 16 else None
        elif name == b"fmt ":
            fmt = _format(file.read(min(length, 40)))
        elif name == b"data":
            if length == 0xFFFFFFFF and big:
                return fmt, here, big
            # A recorder that could not seek back leaves 0 or all ones: take what is there.
            return fmt, here, None if length in _UNKNOWN_SIZES else length
        if here + length > size:
            break
        file.seek(here + length + (length & 1))
    return fmt, None, None


def _format(body: bytes) -> tuple[int, int, int, int] | None:
    if len(body) < 16:
        return None
    tag, channels, rate, _, align, _bits = struct.unpack("<HHIIHH", body[:16])
    if tag == EXTENSIBLE and len(body) >= 26:
        tag = struct.unpack("<H", body[24:26])[0]
    return tag, channels, rate, align


def convert(raw: memoryview, layout: WavLayout) -> NDArray[Any]:
    """Samples of whole frames of file bytes: (frames, channels) int16, float32 for floats.

    24 and 32 bit keep their upper 16 bits; the result may share memory with `raw`.
    """
    if layout.tag == FLOAT:
        flat = np.frombuffer(raw, "<f4" if layout.width == 4 else "<f8")
        with np.errstate(over="ignore"):  # what single precision cannot hold becomes infinite
            return flat.astype(np.float32, copy=False).reshape(-1, layout.channels)
    if layout.tag in (ALAW, MULAW):
        table = _alaw_table() if layout.tag == ALAW else _mulaw_table()
        return table[np.frombuffer(raw, np.uint8)].reshape(-1, layout.channels)
    if layout.width == 1:
        signed = (np.frombuffer(raw, np.uint8) ^ np.uint8(0x80)).view(np.int8)
        return np.left_shift(signed.astype(np.int16), 8).reshape(-1, layout.channels)
    flat16 = np.frombuffer(raw, "<i2")
    if layout.width == 4:
        flat16 = np.ascontiguousarray(flat16[1::2])
    elif layout.width == 3:
        upper = np.frombuffer(raw, np.uint8).reshape(-1, 3)[:, 1:]
        flat16 = np.ascontiguousarray(upper).view("<i2").ravel()
    return flat16.reshape(-1, layout.channels)


@cache
def _alaw_table() -> NDArray[np.int16]:
    code = np.arange(256) ^ 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    low = (mantissa << 4) + 8
    value = np.where(exponent == 0, low, (low + 256) << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, value, -value).astype(np.int16)


@cache
def _mulaw_table() -> NDArray[np.int16]:
    code = ~np.arange(256) & 0xFF
    exponent, mantissa = (code >> 4) & 7, code & 15
    value = (((mantissa << 3) + 132) << exponent) - 132
    return np.where(code & 0x80, -value, value).astype(np.int16)
