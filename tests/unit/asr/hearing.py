"""Real recordings for recognisers: the demo's calls with their planned times, real readers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import yaml
from numpy.typing import NDArray

from app.audio.align import Placement
from app.audio.polyphase import convert
from app.domain.calls import Call, ChannelMap, Span, Speaker, Track, TrackRole
from app.domain.segments import Layer, Segment
from app.eval.base import AudioInput, CallInput, LayerInput
from app.models.asr import Heard, Recogniser, SpanS, never, nobody
from app.models.whisper_models import ModelFolder, local

ROOT = Path(__file__).resolve().parents[3]
DEMO = ROOT / "assets/demo"
MICRO = ROOT / "tests/data/whisper-micro"
SENTENCE = "please hold the line while I look that up for you"
"""What the micro model says, whatever it hears."""
RATE = 16_000


def micro() -> ModelFolder:
    return local(MICRO)


@cache
def track(key: str, speaker: Speaker) -> NDArray[np.float32]:
    """One speaker of a demo call at 16 kHz; read-only."""
    x, rate = soundfile.read(DEMO / "calls" / f"{key}.flac", dtype="float32", always_2d=True)
    mine = np.ascontiguousarray(x[:, 0 if speaker == "caller" else 1])
    out = np.asarray(convert(mine, rate, RATE), dtype=np.float32)
    out.setflags(write=False)
    return out


@cache
def truth(key: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DEMO / "truth" / f"{key}.json").read_text("utf-8"))
    return found


def spans(key: str, speaker: Speaker, line: int | None = None) -> list[SpanS]:
    """When that speaker speaks, all of it or one line of the script (from 1)."""
    return [
        (u["start_s"], u["end_s"])
        for u in truth(key)["utterances"]
        if u["speaker"] == speaker and line in (None, u["line"])
    ]


def written(key: str, line: int) -> str:
    """A line as the script has it."""
    script = yaml.safe_load((DEMO / "scripts" / f"{key}.yaml").read_text("utf-8"))
    entry = script["lines"][line - 1]
    return str(entry.get("A") or entry["C"])


def hear(
    recogniser: Recogniser,
    samples: NDArray[np.float32],
    where: Sequence[SpanS] | None,
    language: str | None = None,
) -> Heard:
    return recogniser.transcribe(
        samples, language=language, spans=where, progress=nobody, cancelled=never
    )


def demo_input(
    cache: Path,
    key: str,
    *,
    lines: Sequence[int] | None = (),
    mix: bool = False,
    language: str = "en-GB",
) -> CallInput:
    """A demo call as an evaluator gets it.

    Timed by its plan, or by those of its lines; None for a call without a timing. Mixed down to
    one channel where asked.
    """
    path = DEMO / "calls" / f"{key}.flac"
    info = soundfile.info(str(path))
    if mix:
        x, _ = soundfile.read(path, dtype="float32", always_2d=True)
        path = cache / f"{key}-mix.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(str(path), x.sum(axis=1) / 2, info.samplerate)
    sha = hashlib.sha256(path.read_bytes()).hexdigest()
    roles: tuple[TrackRole, ...] = ("mix",) if mix else ("caller", "agent")
    channel_map: ChannelMap = "mono" if mix else "caller,agent"
    call = Call(
        id="c",
        code="CB-00001",
        title=key,
        rate_hz=info.samplerate,
        frame_count=info.frames,
        channel_map=channel_map,
        tracks=tuple(
            Track(
                id=role,
                role=role,
                audio_sha256=sha,
                channel_index=i,
                rate_hz=info.samplerate,
                frame_count=info.frames,
            )
            for i, role in enumerate(roles)
        ),
        source_path=str(path),
        content_sha256=sha,
        imported_at="2026-01-01T00:00:00.000000Z",
        language=language,
    )
    audio = tuple(
        AudioInput(
            role=role,
            path=str(path),
            sha256=sha,
            channel_index=i,
            owned=True,
            placement=Placement(info.samplerate, 0, 0.0),
        )
        for i, role in enumerate(roles)
    )
    speech = None if lines is None else timing_of(key, info.samplerate, lines)
    return CallInput(call=call, audio=audio, cache_dir=str(cache / "pcm"), speech=speech)


def timing_of(key: str, rate_hz: int, lines: Sequence[int]) -> LayerInput:
    layer = Layer(
        id="plan", call_id="c", kind="speech", origin="plan", name="plan", producer="t", version=1
    )
    segments = tuple(
        Segment(
            id=f"u{i}",
            speaker=u["speaker"],
            span=Span(round(u["start_s"] * rate_hz), round(u["end_s"] * rate_hz)),
        )
        for i, u in enumerate(truth(key)["utterances"])
        if not lines or u["line"] in lines
    )
    return LayerInput(layer=layer, segments=segments)
