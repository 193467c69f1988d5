"""Recordings ready for use: samples mapped, peaks beside them, both made in one decoding.

A plain 16-bit WAV that nobody will change (the workspace's own copy) is mapped where it lies;
everything else is decoded once into the cache. While that runs, what is there can be used.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from app.audio import io, pcm_cache, peaks, sniff
from app.audio.align import Placement, placed_blocks
from app.audio.decode_job import DecodeJob, OnPartial, Samples, StoredAudio
from app.audio.ingest import ingest
from app.audio.pcm_cache import DEFAULT_CAP_BYTES, LruFolder, PcmWriter
from app.audio.peak_build import PeakBuilder
from app.audio.recording import Blocks, Decoded, Probe
from app.domain.calls import Finding
from app.domain.errors import EnvironmentFault
from app.domain.work import Work

__all__ = ["AudioStore", "StoredAudio", "map_original"]

PEAKS_SHARE = 4
"""Peaks may take a quarter of the samples' cap; they are about 5 % of their samples."""


class AudioStore:
    """The audio caches of one workspace. Call from any thread."""

    def __init__(self, cache_dir: Path, cap_bytes: int = DEFAULT_CAP_BYTES) -> None:
        self._pcm = LruFolder(cache_dir / "pcm", ".pcm", cap_bytes)
        self._peaks = LruFolder(cache_dir / "peaks", ".peaks", cap_bytes // PEAKS_SHARE)

    def open(
        self,
        ctx: Work,
        path: Path,
        sha256: str,
        *,
        immutable: bool = False,
        placement: Placement | None = None,
        on_partial: OnPartial | None = None,
    ) -> StoredAudio:
        """The recording at `path`, from the caches where they have it.

        Args:
            ctx: progress and cancellation.
            path: the original.
            sha256: its content hash.
            immutable: nobody will change or cut the file, so it may be mapped where it lies.
            placement: lay it on a call's time line; None as it is.
            on_partial: told a few times a second what there is, from the decoding thread.

        Raises:
            UserError: it cannot be read, decoded or cached. Cancelled.
        """
        plain = self._opened(ctx, path, sha256, immutable, placement, on_partial)
        if placement is None or placement.is_identity(plain.rate_hz):
            return plain
        key = f"{sha256}-{placement.key()}"
        found = self._cached(key)
        if found is not None:
            return found
        with self._pcm.locked(key, ctx):
            return self._cached(key) or self._place(ctx, key, plain, placement)

    def _opened(
        self,
        ctx: Work,
        path: Path,
        sha256: str,
        immutable: bool,
        placement: Placement | None,
        on_partial: OnPartial | None,
    ) -> StoredAudio:
        mapped = map_original(path) if immutable else None
        found = self._cached(sha256, mapped)
        if found is not None:
            return found
        if placement is not None and (placement.offset_frames or placement.drift_ppm):
            on_partial = None  # its frames are not the call's
        with self._pcm.locked(sha256, ctx):
            found = self._cached(sha256, mapped)
            if found is not None:
                return found
            if mapped is None:
                return self._decode(ctx, io.probe(path), sha256, on_partial)
            return self._measure(ctx, io.probe(path), sha256, mapped, on_partial)

    def _cached(
        self, key: str, mapped: tuple[Samples, int, tuple[Finding, ...]] | None = None
    ) -> StoredAudio | None:
        """From the caches alone; None if anything must be made."""
        found = mapped or pcm_cache.load(self._pcm.path(_pcm_key(key)))
        if found is None:
            return None
        samples, rate_hz, findings = found
        pyramid = peaks.load(self._peaks.path(_peaks_key(key)), samples)
        if pyramid is None or pyramid.frame_count != len(samples):
            return None
        self._pcm.touch(_pcm_key(key))
        self._peaks.touch(_peaks_key(key))
        return StoredAudio(rate_hz=rate_hz, samples=samples, peaks=pyramid, findings=findings)

    def _decode(
        self, ctx: Work, source: Probe, key: str, on_partial: OnPartial | None
    ) -> StoredAudio:
        """Decode into both caches."""
        job = DecodeJob(source, self._pcm.path(_pcm_key(key)), on_partial)
        try:
            decoded = ingest(source, job.sinks, ctx)
            findings = (*source.findings, *decoded.findings)
            job.writer.commit(
                rate_hz=source.rate_hz, frame_count=decoded.frame_count, findings=findings
            )
        finally:
            job.abort()
        return self._finish(key, job.builder, decoded)

    def _measure(
        self,
        ctx: Work,
        source: Probe,
        key: str,
        mapped: tuple[Samples, int, tuple[Finding, ...]],
        on_partial: OnPartial | None,
    ) -> StoredAudio:
        """Peaks of an original that is mapped where it lies."""
        samples, rate_hz, findings = mapped
        job = DecodeJob(source, None, on_partial, samples)
        ingest(source, job.sinks, ctx)
        pyramid = job.builder.pyramid(len(samples), samples)
        self._save_peaks(key, pyramid)
        return StoredAudio(rate_hz=rate_hz, samples=samples, peaks=pyramid, findings=findings)

    def _finish(self, key: str, builder: PeakBuilder, decoded: Decoded) -> StoredAudio:
        self._save_peaks(key, builder.pyramid(decoded.frame_count))
        self._pcm.trim(_pcm_key(key))
        found = self._cached(key)
        if found is None:
            raise EnvironmentFault(
                f"Decoded audio could not be read back from {self._pcm.folder}.",
                "Check that disk; the folder may be deleted.",
            )
        return found

    def _save_peaks(self, key: str, pyramid: peaks.PeakPyramid) -> None:
        peaks.save(pyramid, self._peaks.path(_peaks_key(key)))
        self._peaks.trim(_peaks_key(key))

    def _place(self, ctx: Work, key: str, plain: StoredAudio, placement: Placement) -> StoredAudio:
        """Write the recording as it lies on the call's time line."""
        channels, dtype = plain.samples.shape[1], plain.samples.dtype
        writer = PcmWriter(self._pcm.path(_pcm_key(key)), channels, dtype)
        builder = PeakBuilder(rate_hz=placement.rate_hz, channels=channels)

        def sink(first: int, chunk: Samples) -> None:
            writer(first, chunk)
            builder.add(first, chunk)

        blocks = Blocks(sink, channels, dtype)
        try:
            for piece in placed_blocks(plain.samples, plain.rate_hz, placement, ctx):
                blocks.add(piece)
            blocks.flush()
            writer.commit(
                rate_hz=placement.rate_hz, frame_count=blocks.frames, findings=plain.findings
            )
        finally:
            writer.abort()
        return self._finish(key, builder, Decoded(frame_count=blocks.frames, findings=()))


def map_original(path: Path) -> tuple[Samples, int, tuple[Finding, ...]] | None:
    """A plain 16-bit WAV mapped where it lies; None where it is something else.

    Only for files that nobody cuts: reading a mapped page that is gone kills the process.
    """
    if sniff.sniff(path) != "wav":
        return None
    source = io.probe(path)
    layout = source.layout
    plain = layout is not None and layout.is_plain_int16 and layout.data_offset % 2 == 0
    if layout is None or not plain or np.dtype("<i2") != np.dtype(np.int16):
        return None
    with sniff.reading(path):
        flat = np.memmap(
            path, np.int16, "r", layout.data_offset, (layout.frame_count, layout.channels)
        )
    return flat.view(np.ndarray), layout.rate_hz, source.findings


def _pcm_key(key: str) -> str:
    return f"{key}-v{pcm_cache.VERSION}"


def _peaks_key(key: str) -> str:
    return f"{key}-v{pcm_cache.VERSION}.{peaks.VERSION}"
