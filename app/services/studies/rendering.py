"""Stimuli: a stretch of a call as one mono clip, at its level, kept by the hash of its file.

Level: one static gain brings the active speech level (ITU-T P.56, method B) to the study's target.
Nothing is limited: where a clip would peak above −1 dBFS, the whole study's target goes down.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.audio import active_level
from app.audio.polyphase import convert
from app.domain.calls import Call, Span
from app.domain.errors import BadInput, NotFound
from app.domain.studies import Channels
from app.domain.work import Work
from app.eval.perturb import effects
from app.eval.perturb.recipe import parse
from app.services import outgoing
from app.services.assets import asset
from app.services.workspace import Workspace

PEAK_DBFS = -1.0
FADE_S = 0.01
TRAP_S = (5.0, 3.0)
"""How much of a clip comes before a trap's order; the second where it is shorter."""
TRAP_PAUSE_S = 0.2
ORDER_DBOV = active_level.TARGET_DBOV
"""Active level of the spoken orders' files."""
Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A cut clip before its level is set."""

    samples: Samples
    """Mono, (frames,)"""
    rate_hz: int
    level_dbov: float | None
    """Active speech level as recorded; None where there is no speech to measure."""
    peak_dbfs: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A clip as it is stored."""

    sha256: str
    length_ms: int
    gain_db: float
    level_dbov: float | None
    """Of the stored clip."""


def cut(
    ctx: Work, ws: Workspace, call: Call, span: Span, channels: Channels, edge_ms: int = 0
) -> Clip:
    """One stretch of a call, mono, with `edge_ms` of what lies before and after it.

    What is redacted by now is silent in it, and stays so in the stimuli of a study that is opened.

    Raises:
        BadInput: the call lacks the speaker that is asked for, or the stretch is empty.
    """
    sound = outgoing.open_sound(ctx, ws, call)
    edge = edge_ms * call.rate_hz // 1000
    start, end = max(0, span.start - edge), min(call.frame_count, span.end + edge)
    roles = [r for r in sound.roles if channels == "both" or r in (channels, "mix")]
    if not roles:
        raise BadInput(f"{call.code} has no track of the {channels}.", "Choose both channels.")
    if channels != "both" and roles == ["mix"]:
        raise BadInput(
            f"{call.code} is a mix of both speakers: the {channels} cannot be heard alone.",
            "Choose both channels, or leave the call out.",
        )
    parts = [_floats(sound.pcm(role, Span(start, end)), end - start) for role in roles]
    samples = np.asarray(np.sum(parts, axis=0, dtype=np.float32))
    if not len(samples):
        raise BadInput(f"A stretch of {call.code} is empty.")
    return _clip(samples, call.rate_hz)


def treated(clip: Clip, recipe: str, order: str, *, seed: int, source_key: str) -> Clip:
    """A clip after what a control asks for: perturbed, or cut short and ended by an order.

    Args:
        clip: from `cut`.
        recipe: a perturbation's text; empty or `clean` changes nothing.
        order: which answer is asked for by voice; empty for none.
        seed: of everything random.
        source_key: what tells this clip from others.
    """
    samples = clip.samples
    if recipe not in ("", "clean"):
        steps = parse(recipe, seed=seed)
        samples = effects.apply(samples, clip.rate_hz, steps, source_key=source_key)
    if order:
        samples = _ordered(samples, clip, order)
    return clip if samples is clip.samples else _clip(samples, clip.rate_hz)


def at_rate(clip: Clip, rate_hz: int) -> Clip:
    """The clip at another rate, which is no lower than its own."""
    if clip.rate_hz == rate_hz:
        return clip
    return _clip(convert(clip.samples, clip.rate_hz, rate_hz), rate_hz)


def _ordered(samples: Samples, clip: Clip, order: str) -> Samples:
    """The first seconds of a clip, a short pause, and a voice that says what to choose."""
    import soundfile

    long, short = (round(s * clip.rate_hz) for s in TRAP_S)
    start = _faded(samples[: long if len(samples) >= long else short], clip.rate_hz)
    spoken, rate_hz = soundfile.read(
        str(asset("listening", "orders", f"{order}.flac")), dtype="float32"
    )
    spoken = convert(spoken, rate_hz, clip.rate_hz)
    if clip.level_dbov is not None:
        spoken = spoken * np.float32(10 ** ((clip.level_dbov - ORDER_DBOV) / 20))
    pause = np.zeros(round(TRAP_PAUSE_S * clip.rate_hz), np.float32)
    return np.concatenate([start, pause, spoken]).astype(np.float32)


def _clip(samples: Samples, rate_hz: int) -> Clip:
    level = active_level.measure(samples, rate_hz)
    peak = float(np.abs(samples).max())
    return Clip(
        samples=_faded(samples, rate_hz),
        rate_hz=rate_hz,
        level_dbov=None if level is None else level.level_dbov,
        peak_dbfs=20 * float(np.log10(peak)) if peak else -200.0,
    )


def common_target(clips: Sequence[Clip], wanted_dbov: float) -> float:
    """The level that all clips can have without a peak above −1 dBFS; at most `wanted_dbov`."""
    room = [c.level_dbov + PEAK_DBFS - c.peak_dbfs for c in clips if c.level_dbov is not None]
    return min([wanted_dbov, *room])


def levelled(clip: Clip, target_dbov: float | None) -> tuple[Clip, float]:
    """The clip at that level, and the gain in dB; as it is where there is no target or level."""
    if target_dbov is None or clip.level_dbov is None:
        return clip, 0.0
    gain_db = target_dbov - clip.level_dbov
    samples = (clip.samples * np.float32(10 ** (gain_db / 20))).astype(np.float32)
    peak_dbfs = clip.peak_dbfs + gain_db
    return replace(clip, samples=samples, level_dbov=target_dbov, peak_dbfs=peak_dbfs), gain_db


def keep(ws: Workspace, clip: Clip, gain_db: float) -> Kept:
    """Store a clip as 24-bit WAV under the hash of the file."""
    import soundfile

    buffer = io.BytesIO()
    soundfile.write(buffer, clip.samples, clip.rate_hz, format="WAV", subtype="PCM_24")
    body = buffer.getvalue()
    sha256 = hashlib.sha256(body).hexdigest()
    path = clip_path(ws, sha256)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        with part.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    length_ms = round(1000 * len(clip.samples) / clip.rate_hz)
    return Kept(sha256=sha256, length_ms=length_ms, gain_db=gain_db, level_dbov=clip.level_dbov)


def clip_path(ws: Workspace, sha256: str) -> Path:
    """Where a stored clip lies. Its name says nothing of where it comes from."""
    return ws.audio_dir / sha256[:2] / f"{sha256}.wav"


def load(ws: Workspace, sha256: str) -> tuple[Samples, int]:
    """A stored clip: samples (frames,) and rate, checked against its hash.

    Raises:
        NotFound: it is gone. BadInput: it is not what the study froze.
    """
    import soundfile

    path = clip_path(ws, sha256)
    try:
        body = path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound(
            "A clip of this study is missing from the workspace.",
            "Restore the workspace's audio folder from a backup.",
        ) from error
    if hashlib.sha256(body).hexdigest() != sha256:
        raise BadInput(
            "A clip of this study is not the one that was frozen.",
            "Restore the workspace's audio folder from a backup.",
        )
    samples, rate_hz = soundfile.read(io.BytesIO(body), dtype="float32")
    return samples, int(rate_hz)


def _floats(part: NDArray[Any], frames: int) -> Samples:
    """Samples of so many frames; silence where the track has ended."""
    out = np.zeros(frames, np.float32)
    scale = 1 / 32768 if part.dtype == np.int16 else 1.0
    out[: len(part)] = part.astype(np.float32) * np.float32(scale)
    return out


def _faded(samples: Samples, rate_hz: int) -> Samples:
    """A short fade at both ends, so that a cut does not click."""
    count = min(int(FADE_S * rate_hz), len(samples) // 2)
    if not count:
        return samples
    ramp = np.linspace(0, 1, count, dtype=np.float32)
    out = samples.copy()
    out[:count] *= ramp
    out[-count:] *= ramp[::-1]
    return out
