"""Recordings made for tests: clicks, tones, speech-like noise; written in any format.

Samples are float32 in -1..1, shape (frames,) or (frames, channels), unless said otherwise.
"""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def clicks(
    seconds: float, rate_hz: int, *, every_s: float = 1.0, first_s: float = 0.5, level: float = 0.9
) -> Floats:
    """Silence with a click of one sample every `every_s`."""
    out = np.zeros(round(seconds * rate_hz), np.float32)
    at = np.rint(np.arange(first_s, seconds, every_s) * rate_hz).astype(int)
    out[at[at < len(out)]] = level
    return out


def tone(seconds: float, rate_hz: int, hz: float = 440.0, level: float = 0.5) -> Floats:
    """A sine."""
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    return (level * np.sin(2 * np.pi * hz * t)).astype(np.float32)


def noise(seconds: float, rate_hz: int, *, level: float = 0.001, seed: int = 0) -> Floats:
    """White noise with an rms of `level`."""
    rng = np.random.default_rng(seed)
    return rng.normal(0, level, round(seconds * rate_hz)).astype(np.float32)


def speechlike(seconds: float, rate_hz: int, *, level: float = 0.2, seed: int = 0) -> Floats:
    """Voiced syllables of wandering pitch with a broad spectrum; no two seeds are alike."""
    rng = np.random.default_rng(seed)
    frames = round(seconds * rate_hz)
    t = np.arange(frames) / rate_hz
    knots = max(4, int(seconds * 5) + 2)
    pitch = np.interp(t, np.linspace(0, seconds, knots), rng.uniform(90, 220, knots))
    phase = 2 * np.pi * np.cumsum(pitch) / rate_hz
    voice = np.zeros(frames)
    for harmonic in range(1, 14):
        strength = np.interp(t, np.linspace(0, seconds, knots), rng.uniform(0, 1, knots))
        voice += strength / harmonic * np.sin(harmonic * phase + rng.uniform(0, 6))
    loud = np.interp(t, np.linspace(0, seconds, 2 * knots), rng.uniform(0, 1, 2 * knots)) ** 2
    voice = voice * loud + 0.05 * loud * rng.normal(size=frames)
    return (voice * level / max(1e-9, float(np.abs(voice).max()))).astype(np.float32)


def dialogue(
    seconds: float, rate_hz: int, *, turn_s: float = 3.0, gap_s: float = 0.4, seed: int = 0
) -> Floats:
    """Two channels, caller and agent in turn, over a little noise."""
    out = np.stack([noise(seconds, rate_hz, level=0.0005, seed=seed + c) for c in range(2)], axis=1)
    at, turn = 0.2, 0
    while at < seconds:
        length = min(turn_s, seconds - at)
        voice = speechlike(length, rate_hz, level=0.4, seed=seed + 10 + turn)
        start = round(at * rate_hz)
        voice = voice[: len(out) - start]
        out[start : start + len(voice), turn % 2] += voice
        at, turn = at + turn_s + gap_s, turn + 1
    return out


def int16(samples: Floats) -> NDArray[np.int16]:
    """The samples as 16-bit integers."""
    return np.clip(np.rint(samples * 32768), -32768, 32767).astype(np.int16)


def write_wav(path: Path, samples: Any, rate_hz: int, subtype: str = "PCM_16", **kw: Any) -> Path:
    """A WAV file; floats are converted with one rounding, int16 kept as it is."""
    import soundfile

    data = int16(samples) if subtype == "PCM_16" and samples.dtype != np.int16 else samples
    soundfile.write(str(path), data, rate_hz, subtype=subtype, format=kw.pop("format", "WAV"), **kw)
    return path


def write_flac(path: Path, samples: Any, rate_hz: int) -> Path:
    """A FLAC file of 16 bits."""
    return write_wav(path, samples, rate_hz, format="FLAC")


def write_av(
    path: Path,
    samples: Floats,
    rate_hz: int,
    codec: str,
    *,
    options: dict[str, str] | None = None,
    container: str | None = None,
) -> Path:
    """Any format that FFmpeg writes, e.g. codec libmp3lame, aac, libopus; vorbis by libsndfile."""
    if codec == "vorbis":
        return write_wav(path, samples, rate_hz, "VORBIS", format="OGG")
    import av

    data = samples.reshape(len(samples), -1)
    layout = "mono" if data.shape[1] == 1 else "stereo"
    with av.open(str(path), "w", format=container) as file:
        stream = file.add_stream(codec, rate=rate_hz, layout=layout)
        stream.codec_context.options = options or {}
        resampler = av.AudioResampler(format=stream.codec_context.format.name, layout=layout)
        planes = np.ascontiguousarray(data.T.astype(np.float32))
        frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout=layout)
        frame.sample_rate, frame.pts = rate_hz, 0
        frame.time_base = Fraction(1, rate_hz)
        fifo = av.AudioFifo()
        for converted in (*resampler.resample(frame), *resampler.resample(None)):
            fifo.write(converted)
        size = stream.codec_context.frame_size or 1152
        while (piece := fifo.read(size)) or (piece := fifo.read(size, partial=True)):
            file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    return path


def write_mp3(path: Path, samples: Floats, rate_hz: int, *, vbr: bool = True) -> Path:
    """An MP3 with a LAME header, VBR (quality 4) unless told otherwise."""
    options = {"q:a": "4", "qscale": "4", "compression_level": "5"} if vbr else {}
    if not vbr:
        options = {"b": "96000"}
    return write_av(path, samples, rate_hz, "libmp3lame", options=options)


def wav_header(
    *,
    channels: int,
    rate_hz: int,
    bits: int = 16,
    tag: int = 1,
    data_bytes: int = 0,
    riff_bytes: int | None = None,
) -> bytes:
    """The 44 bytes before the samples, with whatever they should claim."""
    align = channels * bits // 8
    riff = (36 + data_bytes) & 0xFFFFFFFF if riff_bytes is None else riff_bytes
    return (
        struct.pack("<4sI4s4sI", b"RIFF", riff, b"WAVE", b"fmt ", 16)
        + struct.pack("<HHIIHH", tag, channels, rate_hz, rate_hz * align, align, bits)
        + struct.pack("<4sI", b"data", data_bytes & 0xFFFFFFFF)
    )
