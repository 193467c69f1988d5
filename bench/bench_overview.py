"""Overview (min, max, rms) of one hour of stereo 48 kHz against ffmpeg's showwavespic.

Whole processes, in alternating pairs, files warm in the page cache; only ratios mean anything on a
shared machine. ffmpeg's picture has no rms. `open` is what the window does: samples cached and
peaks built in the same decoding. Re-opening is measured inside one process, as the window does it.

    .venv/bin/python bench/bench_overview.py [--minutes 60] [--pairs 5]
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

TARGETS = {"wav": 2.0, "flac": 1.3, "reopen": 20.0}


def overview(path: Path, out: Path) -> None:
    """What the child process does: build the pyramid and write it."""
    from app.audio import io, peaks
    from app.audio.ingest import ingest
    from app.audio.peak_build import PeakBuilder
    from app.domain.work import Quiet

    source = io.probe(path)
    builders: list[PeakBuilder] = []

    def sinks() -> list[io.Sink]:
        builders.append(
            PeakBuilder(
                rate_hz=source.rate_hz, channels=source.channels, frame_count=source.frame_count
            )
        )
        return [builders[-1].add]

    decoded = ingest(source, sinks, Quiet())
    peaks.save(builders[-1].pyramid(decoded.frame_count), out)


def open_call(path: Path, cache: Path) -> None:
    """What the child process does: open a recording as the window does."""
    from app.audio.store import AudioStore
    from app.domain.work import Quiet

    AudioStore(cache).open(Quiet(), path, path.name, immutable=True)


def run(*command: str | Path) -> float:
    start = time.perf_counter()
    subprocess.run([str(c) for c in command], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def pairs(path: Path, mode: str, count: int, scratch: Path) -> tuple[float, float, float]:
    """(median of theirs / ours over the pairs, median ours s, median theirs s)."""
    ratios, ours, theirs = [], [], []
    picture = scratch / "theirs.png"
    for i in range(count + 1):
        cache = scratch / f"cache{i}"
        mine = run(sys.executable, __file__, "--child", mode, path, cache)
        shutil.rmtree(cache, ignore_errors=True)
        other = run(
            *("ffmpeg", "-nostdin", "-v", "error", "-y", "-i", path),
            *("-filter_complex", "showwavespic=s=1600x200", "-frames:v", "1", picture),
        )
        if i:  # the first warms the page cache
            ratios.append(other / mine)
            ours.append(mine)
            theirs.append(other)
    return median(ratios), median(ours), median(theirs)


def reopen(path: Path, scratch: Path) -> tuple[float, float]:
    """Seconds of (cold open and picture, re-open and picture) in one process."""
    from app.audio.store import AudioStore
    from app.domain.work import Quiet

    def once(cache: Path) -> float:
        start = time.perf_counter()
        audio = AudioStore(cache).open(Quiet(), path, path.name, immutable=True)
        for channel in range(2):
            audio.peaks.read(channel, 0, len(audio.samples) / 1600, 1600)
        return time.perf_counter() - start

    once(scratch / "warm")
    cold = [once(scratch / f"cold{i}") for i in range(3)]
    warm = [once(scratch / "warm") for _ in range(9)]
    return median(cold), median(warm)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--child", nargs=3, metavar=("MODE", "FILE", "CACHE"))
    args = parser.parse_args()
    if args.child:
        mode, path, cache = args.child[0], Path(args.child[1]), Path(args.child[2])
        if mode == "open":
            open_call(path, cache)
        else:
            overview(path, cache / "one.peaks")
        return 0
    from bench.long_call import make

    if shutil.which("ffmpeg") is None:
        print("ffmpeg is not installed; nothing to compare with")
        return 1
    wav, flac = make(args.minutes)
    met = True
    with tempfile.TemporaryDirectory(dir=wav.parent) as name:
        scratch = Path(name)
        for label, path, mode in (
            ("wav", wav, "overview"),
            ("flac", flac, "overview"),
            ("wav open", wav, "open"),
            ("flac open (writes the samples too)", flac, "open"),
        ):
            ratio, ours, theirs = pairs(path, mode, args.pairs, scratch)
            goal = TARGETS.get(label)
            met &= goal is None or ratio >= goal
            print(
                f"{label}: ffmpeg / ours = {ratio:.2f}"
                f"{f' (goal {goal})' if goal else ''}   [{theirs:.2f} s / {ours:.2f} s]"
            )
        for label, path in (("wav", wav), ("flac", flac)):
            cold, warm = reopen(path, scratch)
            met &= cold / warm >= TARGETS["reopen"]
            print(
                f"{label} cold / re-open = {cold / warm:.0f} (goal {TARGETS['reopen']:.0f})   "
                f"[{cold:.3f} s / {warm * 1000:.2f} ms]"
            )
    print("all goals met" if met else "NOT all goals met")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
