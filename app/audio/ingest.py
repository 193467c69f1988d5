"""Decode a recording once into several sinks, by two threads where the format can be entered.

Each thread takes half the file; libsndfile, the operating system and numpy all release the
interpreter's lock, so two cores are used. Anything irregular in a half (a cut, damage) makes it
start again in one piece, where "what comes first is kept" is well defined.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from numpy.typing import NDArray

from app.audio.io import decode_to
from app.audio.recording import CHUNK_FRAMES, Decoded, Probe, Sink, nan_samples
from app.domain.errors import Cancelled, UserError
from app.domain.work import Work

THREADS = 2
MIN_FRAMES_A_THREAD = 16 * CHUNK_FRAMES


class Ready:
    """How many frames from the start are there, while threads bring chunks in any order."""

    def __init__(self, on_chunk: Callable[[], None] | None = None) -> None:
        self._done: dict[int, int] = {}
        self._lock = threading.Lock()
        self._on_chunk = on_chunk
        self.frames = 0
        self.total = 0

    def __call__(self, first: int, chunk: NDArray[Any]) -> None:
        """A sink: note the chunk."""
        with self._lock:
            self._done[first] = len(chunk)
            self.total += len(chunk)
            while self.frames in self._done:
                self.frames += self._done.pop(self.frames)
        if self._on_chunk is not None:
            self._on_chunk()


class _Shared:
    """The work's context as several threads may use it: sums progress, stops all on one fault."""

    def __init__(self, ctx: Work, source: Probe) -> None:
        self._ctx, self._source = ctx, source
        self._done: dict[int, int] = {}
        self._lock = threading.Lock()
        self.stopped = threading.Event()
        self.base = threading.local()

    def progress(self, done: int, total: int, note: str = "") -> None:
        with self._lock:
            self._done[threading.get_ident()] = done - getattr(self.base, "first", 0)
            self._ctx.progress(min(sum(self._done.values()), total or done), total, note)

    def partial(self, value: object) -> None:
        self._ctx.partial(value)

    def raise_if_cancelled(self) -> None:
        if self.stopped.is_set():
            raise Cancelled
        self._ctx.raise_if_cancelled()


def ingest(
    source: Probe,
    make_sinks: Callable[[], Sequence[Sink]],
    ctx: Work,
    *,
    threads: int = THREADS,
) -> Decoded:
    """Decode all of `source` into fresh sinks.

    Args:
        source: from `io.probe`.
        make_sinks: called for each attempt; sinks must take chunks from any thread.
        ctx: progress and cancellation.
        threads: how many at most.

    Raises:
        UserError: it cannot be decoded, or the sinks cannot be written. Cancelled.
    """
    total = source.frame_count or 0
    parts = min(threads, total // MIN_FRAMES_A_THREAD) if source.can_seek else 1
    if parts > 1:
        whole = _in_parts(source, _fan_out(make_sinks()), ctx, parts)
        if whole is not None:
            return whole
    return decode_to(source, _fan_out(make_sinks()), ctx)


def _fan_out(sinks: Sequence[Sink]) -> Sink:
    def sink(first: int, chunk: NDArray[Any]) -> None:
        for each in sinks:
            each(first, chunk)

    return sink


def _in_parts(source: Probe, sink: Sink, ctx: Work, parts: int) -> Decoded | None:
    """Decode in `parts` threads; None where the file turned out irregular."""
    total = source.frame_count or 0
    step = total // parts // CHUNK_FRAMES * CHUNK_FRAMES
    edges = [i * step for i in range(parts)] + [total]
    shared = _Shared(ctx, source)

    def run(i: int) -> Decoded | None:
        shared.base.first = edges[i]
        try:
            return decode_to(source, sink, shared, start=edges[i], stop=edges[i + 1])
        except Cancelled:
            return None
        except UserError:
            shared.stopped.set()
            raise
        except BaseException:
            shared.stopped.set()
            raise

    with ThreadPoolExecutor(parts, thread_name_prefix="decode") as pool:
        futures = [pool.submit(run, i) for i in range(parts)]
        faults = [future.exception() for future in futures]
    ctx.raise_if_cancelled()
    for fault in faults:
        if fault is not None and not isinstance(fault, UserError):
            raise fault
    if any(faults):
        return None  # decoding in one piece tells what is wrong
    results = [future.result() for future in futures]
    return _joined(source, results, edges)


def _joined(source: Probe, results: Sequence[Decoded | None], edges: list[int]) -> Decoded | None:
    findings = []
    bad = 0
    for result, end in zip(results, edges[1:], strict=True):
        if result is None or result.frame_count != end:
            return None
        findings += [f for f in result.findings if f.code != "nan_samples"]
        bad += result.bad_samples
    if bad:
        findings.append(nan_samples(source.path, bad))
    return Decoded(frame_count=edges[-1], findings=tuple(findings), bad_samples=bad)
