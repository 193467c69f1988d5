"""The sounds of a call that no person makes: recordings to speak, canned utterances, noise."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from app.agents.caller_script import CallerScript
from app.agents.canned import Clip
from app.agents.link import Int16
from app.agents.noise import NoiseBed
from app.agents.practice import voice
from app.audio import io
from app.audio.polyphase import convert
from app.domain.errors import BadInput
from app.domain.yaml_text import load_yaml
from app.eval.perturb import noises
from app.models import vad
from app.services.assets import asset
from app.services.live_calls.request import CannedClip, LiveRequest, Noise
from app.services.workspace import Workspace

PRACTICE_BRIEF = "eye_clinic"
BETWEEN_S = 1.0
BED_S = 20.0
MAX_CLIP_S = 120.0


def script(ws: Workspace, request: LiveRequest) -> Callable[[int], CallerScript] | None:
    """Who speaks: a recording, the lines that ship, or (None) whoever is at the microphone.

    Raises:
        BadInput: the recording cannot be read. NotFound.
    """
    from app.services.live_calls import repeating

    if request.replay_of:
        pcm, rate_hz = repeating.caller_track(ws, request.replay_of)
    elif request.caller is not None:
        pcm, rate_hz = recorded(request.caller)
    elif request.sample_caller:
        pcm, rate_hz = _sample_caller()
    else:
        return None
    replayed = request.replay_of
    literal = not request.sample_caller and not request.by_turns

    def made(call_hz: int) -> CallerScript:
        sound = at_rate(pcm, rate_hz, call_hz)
        return CallerScript(
            sound,
            call_hz,
            vad.detect(sound, call_hz).spans,
            barge_in_ms=request.barge_in_ms,
            as_recorded=literal,
            keys=repeating.caller_keys(ws, replayed, call_hz) if replayed else (),
        )

    return made


def recorded(path: Path) -> tuple[Int16, int]:
    """The first channel of a recording, the caller's, and its rate."""
    decoded, source = io.read_all(path)
    pcm: Any = decoded[:, 0] if decoded.ndim == 2 else decoded
    if pcm.dtype != np.int16:
        pcm = _int16(vad.as_float(pcm) * 32767)
    return pcm, source.rate_hz


def at_rate(pcm: Int16, from_hz: int, to_hz: int) -> Int16:
    """(frames,) at another rate."""
    return pcm if from_hz == to_hz else _int16(convert(pcm.astype(np.float32), from_hz, to_hz))


def clip(wanted: CannedClip, rate_hz: int) -> Clip:
    """An utterance at the call's rate, as loud as it is.

    Raises:
        BadInput: it has neither words nor a file, or is too long. NotFound.
        EnvironmentFault: words, and espeak-ng is not there to speak them.
    """
    if wanted.path is not None:
        pcm, source_hz = recorded(wanted.path)
    elif wanted.text.strip():
        pcm, source_hz = voice.spoken(wanted.text), voice.RATE_HZ
    else:
        raise BadInput("There is nothing to say.", "Choose a recording, or type some words.")
    if len(pcm) > MAX_CLIP_S * source_hz:
        raise BadInput(f"{wanted.label} is longer than two minutes.", "Choose a shorter one.")
    return Clip(label=wanted.label, pcm=at_rate(pcm, source_hz, rate_hz))


@lru_cache(maxsize=4)
def bed(noise: Noise, rate_hz: int) -> NoiseBed:
    """A loop of noise at the call's rate: the same for the same seed."""
    frames = round(BED_S * rate_hz)
    voices = _voices(rate_hz) if noise.kind == "babble" else ()
    rng = np.random.default_rng(noise.seed)
    return NoiseBed(
        kind=noise.kind,
        snr_db=noise.snr_db,
        seed=noise.seed,
        level_dbov=noise.level_dbov,
        loop=noises.make(noise.kind, frames, rate_hz, rng, voices),
    )


def _voices(rate_hz: int) -> tuple[Any, ...]:
    folder = asset("practice", "clips")
    found = [voice.clip(folder, p.stem) for p in sorted(folder.glob("*.ogg"))]
    return tuple(
        convert((pcm / 32768).astype(np.float32), voice.RATE_HZ, rate_hz)
        for pcm in found
        if pcm is not None
    )


def _sample_caller() -> tuple[Int16, int]:
    """The caller's lines that ship, with pauses between them."""
    body = load_yaml(asset("practice", f"{PRACTICE_BRIEF}.yaml").read_text("utf-8"))
    pause = np.zeros(round(BETWEEN_S * voice.RATE_HZ), np.int16)
    parts = [pause]
    for line in body["caller"]["lines"]:
        pcm = voice.clip(asset("practice", "clips"), line["id"])
        parts += [pause if pcm is None else pcm, pause]
    return np.concatenate(parts), voice.RATE_HZ


def _int16(samples: Any) -> Int16:
    pcm: Int16 = np.clip(np.rint(samples), -32768, 32767).astype(np.int16)
    return pcm
