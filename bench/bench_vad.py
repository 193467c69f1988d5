"""Speech detection end to end against the bare model: the product's rate as a share of it.

End to end: read the samples as the window has them (int16, one channel of a memory map), resample,
detect, find the edges on the energy envelope, write the segments. Bare: faster-whisper's own model
object on samples that are ready in memory at 16 kHz. Both in one process, alternating, one thread.

    .venv/bin/python bench/bench_vad.py [--seconds 300] [--rounds 5]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from bench.common import alternate, machine, ratio, verdict  # noqa: E402

RATES_HZ = (8_000, 16_000, 48_000)
GOAL = 0.8


def speech(seconds: int) -> NDArray[np.float32]:
    """The demo's callers and agents one after another, at 16 kHz."""
    import soundfile

    from app.audio.polyphase import resample

    parts = []
    for path in sorted((ROOT / "assets/demo/calls").glob("*.flac")):
        x, rate = soundfile.read(path, dtype="float32", always_2d=True)
        parts += [resample(np.ascontiguousarray(x[:, c]), rate, 16_000) for c in (0, 1)]
    whole = np.concatenate(parts)
    return np.resize(whole, seconds * 16_000)


def bare(x: NDArray[np.float32]) -> float:
    """Seconds that the model alone takes."""
    from faster_whisper.vad import get_vad_model

    padded = np.pad(x, (0, -len(x) % 512))
    model = get_vad_model()
    start = time.perf_counter()
    model(padded)
    return time.perf_counter() - start


def ours(path: Path, rate_hz: int, out: Path) -> float:
    """Seconds from the stored samples to the stored segments."""
    from app.audio import envelope, speech_edges
    from app.models import vad

    start = time.perf_counter()
    pcm = np.memmap(path, dtype=np.int16, mode="r").reshape(-1, 2)[:, 0]
    found = vad.detect(pcm, rate_hz)
    spans = speech_edges.snap(found.spans, envelope.compute(pcm, rate_hz), rate_hz)
    out.write_text(json.dumps([(s.start, s.end) for s in spans]))
    return time.perf_counter() - start


def main() -> int:
    """Run it; 1 where the goal is missed."""
    from app.audio.polyphase import resample

    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=int, default=300)
    arguments.add_argument("--rounds", type=int, default=5)
    chosen = arguments.parse_args()
    print(machine())
    x = speech(chosen.seconds)
    met = True
    with tempfile.TemporaryDirectory() as folder:
        for rate in RATES_HZ:
            samples = np.round(resample(x, 16_000, rate) * 32767).clip(-32768, 32767)
            path = Path(folder) / f"{rate}.pcm"
            np.repeat(samples.astype(np.int16)[:, None], 2, axis=1).tofile(path)
            figures = alternate(
                {
                    "bare": lambda: bare(x),
                    "ours": lambda p=path, r=rate: ours(p, r, Path(folder) / "out.json"),
                },
                chosen.rounds,
            )
            speed = {k: chosen.seconds / median(v) for k, v in figures.items()}
            print(
                f"{rate} Hz: bare {speed['bare']:.0f}x, end to end {speed['ours']:.0f}x real time"
            )
            share = ratio(figures["bare"], figures["ours"])
            met &= verdict(f"share at {rate} Hz", share, GOAL, at_most=False)
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
