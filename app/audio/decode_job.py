"""One decoding into samples and peaks, and what there is of them while it runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from app.audio.ingest import Ready
from app.audio.pcm_cache import PcmWriter
from app.audio.peak_build import PeakBuilder
from app.audio.peaks import PeakPyramid
from app.audio.recording import Probe, Sink
from app.domain.calls import Finding

PARTIAL_INTERVAL_S = 0.25

Samples = NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAudio:
    """One recording. `samples` (frames, channels) int16 or float32, mapped read-only.

    While it is being decoded, `complete` is False and frames from `len(samples)` on are to come.
    """

    rate_hz: int
    samples: Samples
    peaks: PeakPyramid
    findings: tuple[Finding, ...] = ()
    complete: bool = True


OnPartial = Callable[[StoredAudio], None]


class DecodeJob:
    """The sinks of one decoding, and what they have so far."""

    def __init__(
        self,
        source: Probe,
        target: Path | None,
        on_partial: OnPartial | None,
        mapped: Samples | None = None,
    ) -> None:
        self._source, self._target, self._mapped = source, target, mapped
        self._on_partial = on_partial
        self._told = time.monotonic()
        self._telling = threading.Lock()
        self._writer: PcmWriter | None = None

    def sinks(self) -> list[Sink]:
        """Fresh sinks; what an attempt before wrote is dropped."""
        self.abort()
        source = self._source
        self.builder = PeakBuilder(
            rate_hz=source.rate_hz, channels=source.channels, frame_count=source.frame_count
        )
        self.ready = Ready(self._tell if self._on_partial else None)
        sinks: list[Sink] = [self.builder.add, self.ready]
        if self._target is not None:
            self._writer = PcmWriter(self._target, source.channels, source.dtype)
            sinks.insert(0, self._writer)
        return sinks

    @property
    def writer(self) -> PcmWriter:
        """The writer of the current attempt."""
        if self._writer is None:
            raise ValueError("this job writes no samples")
        return self._writer

    def abort(self) -> None:
        """Drop samples that were not committed."""
        if self._writer is not None:
            self._writer.abort()

    def _tell(self) -> None:
        if self._on_partial is None or not self._telling.acquire(blocking=False):
            return
        try:
            if time.monotonic() - self._told < PARTIAL_INTERVAL_S:
                return
            self._told = time.monotonic()
            self._on_partial(self._so_far())
        finally:
            self._telling.release()

    def _so_far(self) -> StoredAudio:
        frames = self.ready.frames
        samples = self._mapped[:frames] if self._mapped is not None else self.writer.view(frames)
        pyramid = replace(self.builder.pyramid(), samples=samples if len(samples) else None)
        return StoredAudio(
            rate_hz=self._source.rate_hz, samples=samples, peaks=pyramid, complete=False
        )
