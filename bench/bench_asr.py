"""Our way to a transcript against bare faster-whisper, and two workers against one.

Ours: the samples of a call as a run has them, resampled, speech detected, recognised, words laid
on utterances. Bare: faster-whisper on samples that are ready in memory at 16 kHz, once with its own
filter for speech and once given the very clips that ours hears. Same model, same settings, one
thread, both channels, alternating in one process. Workers: the same evaluator in processes.

The model is the tests' one of random weights; its accuracy is none, and its cost next to nothing,
so that what is ours weighs the most. `scripts/make_test_whisper --kind tiny --out FOLDER` makes one
of the true size.

    .venv/bin/python bench/bench_asr.py [--model FOLDER] [--seconds 120] [--rounds 5]
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
# The spectra's matrix product otherwise wakes BLAS threads, which then spin beside the model: as
# fast, at twice the processor time. It must be set before numpy is imported; workers inherit it.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from app.audio.align import Placement  # noqa: E402
from app.domain.calls import Call, Track  # noqa: E402
from app.eval.base import AudioInput, CallInput  # noqa: E402
from app.eval.work import Job, perform  # noqa: E402
from app.models.threads import use_threads  # noqa: E402
from bench.common import alternate, machine, ratio, verdict  # noqa: E402

RATE_HZ = 16_000
MICRO = ROOT / "tests/data/whisper-micro"
SHARE_GOAL = 0.95
WORKERS_GOAL = 1.8
JOBS = 8
SETTINGS: dict[str, Any] = {
    "language": "en",
    "beam_size": 1,
    "temperature": 0.0,
    "condition_on_previous_text": False,
    "word_timestamps": True,
}


def stereo(seconds: int, turn: int = 0) -> NDArray[np.float32]:
    """Demo calls one after another, (frames, 2) at 16 kHz, beginning with another for each turn."""
    import soundfile

    from app.audio.polyphase import convert

    paths = sorted((ROOT / "assets/demo/calls").glob("*.flac"))
    parts = []
    for path in paths[turn % len(paths) :] + paths[: turn % len(paths)]:
        x, rate = soundfile.read(path, dtype="float32", always_2d=True)
        mono = [convert(np.ascontiguousarray(x[:, c]), rate, RATE_HZ) for c in (0, 1)]
        parts.append(np.stack(mono, axis=1))
    whole = np.concatenate(parts)
    return np.resize(whole, (seconds * RATE_HZ, 2))


def call_of(folder: Path, number: int, seconds: int) -> CallInput:
    """A call as an evaluator of a run gets it, without a timing."""
    import soundfile

    path = folder / f"call{number}.wav"
    soundfile.write(str(path), stereo(seconds, number), RATE_HZ, subtype="PCM_16")
    sha = hashlib.sha256(path.read_bytes()).hexdigest()
    roles: Any = ("caller", "agent")
    frames = seconds * RATE_HZ
    tracks = tuple(
        Track(id=r, role=r, audio_sha256=sha, channel_index=i, rate_hz=RATE_HZ, frame_count=frames)
        for i, r in enumerate(roles)
    )
    call = Call(
        id=f"c{number}",
        code=f"CB-{number:05d}",
        title="",
        rate_hz=RATE_HZ,
        frame_count=frames,
        channel_map="caller,agent",
        tracks=tracks,
        source_path=str(path),
        content_sha256=sha,
        imported_at="",
        language="en",
    )
    audio = tuple(
        AudioInput(
            role=r,
            path=str(path),
            sha256=sha,
            channel_index=i,
            owned=True,
            placement=Placement(RATE_HZ, 0, 0.0),
        )
        for i, r in enumerate(roles)
    )
    return CallInput(call=call, audio=audio, cache_dir=str(folder / "cache"))


def ours(source: CallInput, model: Path) -> float:
    """Seconds from the stored samples to the transcript."""
    args = {"folder": str(model), "device": "cpu", "beam_size": SETTINGS["beam_size"]}
    start = time.perf_counter()
    done = perform(Job(evaluator="asr.whisper", args=args, source=source))
    took = time.perf_counter() - start
    if done.outcome is None or not done.outcome.layers[0].segments:
        raise SystemExit(f"nothing was recognised: {done.reason}")
    return took


def bare(channels: list[NDArray[np.float32]], model: Path, **more: Any) -> float:
    """Seconds that faster-whisper takes by itself."""
    from app.models import whisper, whisper_models

    session = whisper.session(whisper_models.local(model), "cpu", "default")
    start = time.perf_counter()
    for i, channel in enumerate(channels):
        given = {k: v[i] for k, v in more.items()}
        list(session.transcribe(channel, **SETTINGS, **given)[0])
    return time.perf_counter() - start


def our_clips(
    source: CallInput,
) -> tuple[list[NDArray[np.float32]], list[list[float]]]:
    """What ours hands to faster-whisper: the sound of each channel, and its clips."""
    from app.eval.asr import recognise, speech
    from app.eval.audio import CallAudio
    from app.eval.base import Watch
    from app.models import whisper

    audio = CallAudio(source, Watch())
    sounds, clips = [], []
    for role in audio.roles:
        lanes = speech.utterances(source, audio, role, Watch())
        spans = recognise._spans(lanes, RATE_HZ)
        cut = whisper._excerpt(audio.samples(role, RATE_HZ), spans)
        sounds.append(cut.samples)
        clips.append([t for clip in cut.clips for t in clip])
    return sounds, clips


def shares(source: CallInput, model: Path, seconds: int, rounds: int) -> bool:
    """Ours against bare, both ways; whether the goals are met."""
    channels = [np.ascontiguousarray(stereo(seconds)[:, c]) for c in (0, 1)]
    sounds, clips = our_clips(source)
    figures = alternate(
        {
            "bare": lambda: bare(channels, model, vad_filter=[True, True]),
            "bare, our clips": lambda: bare(sounds, model, clip_timestamps=clips),
            "ours": lambda: ours(source, model),
        },
        rounds,
    )
    for name, took in figures.items():
        print(f"{name}: {2 * seconds / median(took):.0f}x real time, one channel")
    met = verdict("ours / bare", ratio(figures["bare"], figures["ours"]), SHARE_GOAL, at_most=False)
    clipped = ratio(figures["bare, our clips"], figures["ours"])
    print(f"ours / bare given our clips, which leaves out detection: {clipped:.2f}")
    return met


def settle(source: CallInput, model: Path) -> None:
    """In a new worker: one thread, and the model read."""
    use_threads(1)
    ours(source, model)


def workers(sources: list[CallInput], model: Path, rounds: int) -> bool:
    """Two processes against one; whether the goal is met."""
    context = multiprocessing.get_context("spawn")

    def over(count: int) -> tuple[ProcessPoolExecutor, Callable[[], float]]:
        pool = ProcessPoolExecutor(
            count, mp_context=context, initializer=settle, initargs=(sources[0], model)
        )

        def run() -> float:
            start = time.perf_counter()
            list(pool.map(ours, sources, [model] * len(sources)))
            return time.perf_counter() - start

        return pool, run

    (one, run_one), (two, run_two) = over(1), over(2)
    with one, two:
        figures = alternate({"one": run_one, "two": run_two}, rounds)
    return verdict(
        "two workers / one", ratio(figures["one"], figures["two"]), WORKERS_GOAL, at_most=False
    )


def main() -> int:
    """Run it; 1 where a goal is missed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--model", type=Path, default=MICRO)
    arguments.add_argument("--seconds", type=int, default=120)
    arguments.add_argument("--rounds", type=int, default=5)
    chosen = arguments.parse_args()
    print(machine())
    use_threads(1)
    with tempfile.TemporaryDirectory() as name:
        sources = [call_of(Path(name), n, chosen.seconds) for n in range(JOBS)]
        met = shares(sources[0], chosen.model, chosen.seconds, chosen.rounds)
        met &= workers(sources, chosen.model, chosen.rounds)
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
