"""Decoded audio kept as raw samples, mapped into memory: what is drawn, measured and played.

One blob per recording (or per recording placed on a call's time line), interleaved, int16, or
float32 where the source has floats; named by content hash and algorithm version. Writers of one
key wait for each other, in one process or several; the least recently used blobs go first.
"""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.audio.blob import BlobWriter, map_payload, open_blob
from app.audio.sniff import writing
from app.domain.calls import Finding
from app.domain.work import Work

VERSION = 1
"""Part of the key; raise it when decoding changes a sample."""
DEFAULT_CAP_BYTES = 20 * 10**9
STALE_PART_S = 24 * 3600.0
_LOCK_POLL_S = 0.1
_LOCKS = 64
"""Keys share this many lock files, which are never removed: that could not be done safely."""


class LruFolder:
    """A folder of cache files with a cap; using a file marks it as fresh."""

    def __init__(self, folder: Path, suffix: str, cap_bytes: int) -> None:
        self.folder, self._suffix, self._cap = folder, suffix, cap_bytes

    def path(self, key: str) -> Path:
        """Where the file of `key` lies."""
        return self.folder / f"{key}{self._suffix}"

    def touch(self, key: str) -> None:
        """Mark as used now."""
        try:
            os.utime(self.path(key))
        except OSError:
            return  # gone or read-only: both are fine for a cache

    def trim(self, keep: str) -> None:
        """Remove the least recently used files beyond the cap, never that of `keep`."""
        files = []
        for path in self.folder.glob(f"*{self._suffix}*"):
            try:
                stat = path.stat()
            except OSError:
                continue
            if path.suffix == ".part" and time.time() - stat.st_mtime > STALE_PART_S:
                _remove(path)
            elif path.suffix == self._suffix:
                files.append((stat.st_mtime_ns, stat.st_size, path))
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if total <= self._cap:
                return
            if path != self.path(keep) and _remove(path):
                total -= size

    @contextmanager
    def locked(self, key: str, ctx: Work) -> Iterator[None]:
        """Hold the key against other writers, of any process; waiting can be cancelled."""
        from filelock import FileLock, Timeout

        with writing(self.path(key)):
            self.folder.mkdir(parents=True, exist_ok=True)
        bucket = zlib.crc32(key.encode()) % _LOCKS
        lock = FileLock(self.folder / f"{bucket:02d}.lock", timeout=_LOCK_POLL_S)
        while True:
            ctx.raise_if_cancelled()
            with writing(self.path(key)):
                try:
                    lock.acquire()
                    break
                except Timeout:
                    continue
        try:
            yield
        finally:
            lock.release()


def _remove(path: Path) -> bool:
    """Delete; False where the system holds it (mapped on Windows)."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


class PcmWriter:
    """A sink that fills one blob; `view` shows what is there while it grows."""

    def __init__(self, path: Path, channels: int, dtype: np.dtype[Any]) -> None:
        self._blob = BlobWriter(path)
        self._channels, self._dtype = channels, dtype
        self._frame_bytes = channels * dtype.itemsize

    def __call__(self, first: int, chunk: NDArray[Any]) -> None:
        """Put the chunk (frames, channels) at frame `first`. Call from any thread."""
        data = np.ascontiguousarray(chunk, self._dtype)
        self._blob.write_at(first * self._frame_bytes, data.data.cast("B"))

    def view(self, frames: int) -> NDArray[Any]:
        """The first `frames` frames, all of which must be written, mapped read-only.

        Empty on systems that cannot rename a mapped file.
        """
        count = frames if os.name == "posix" else 0
        return _shaped(
            map_payload(self._blob.part, count * self._frame_bytes), self._dtype, self._channels
        )

    def commit(self, *, rate_hz: int, frame_count: int, findings: tuple[Finding, ...]) -> None:
        """Make it visible under its name."""
        meta = {
            "kind": "pcm",
            "version": VERSION,
            "rate_hz": rate_hz,
            "channels": self._channels,
            "dtype": self._dtype.str,
            "frame_count": frame_count,
            "findings": [[f.code, f.message, list(f.voids)] for f in findings],
        }
        self._blob.commit(meta, frame_count * self._frame_bytes)

    def abort(self) -> None:
        """Drop it; does nothing after `commit`."""
        self._blob.abort()


def load(path: Path) -> tuple[NDArray[Any], int, tuple[Finding, ...]] | None:
    """(samples (frames, channels) mapped, rate, findings); None if absent or damaged."""
    blob = open_blob(path)
    if blob is None:
        return None
    meta, payload = blob
    if meta.get("kind") != "pcm" or meta.get("version") != VERSION:
        return None
    samples = _shaped(payload, np.dtype(meta["dtype"]), meta["channels"])
    if len(samples) != meta["frame_count"]:
        return None
    findings = tuple(
        Finding(code=code, message=message, voids=tuple(voids))
        for code, message, voids in meta["findings"]
    )
    return samples, int(meta["rate_hz"]), findings


def _shaped(payload: NDArray[np.uint8], dtype: np.dtype[Any], channels: int) -> NDArray[Any]:
    return payload.view(dtype).reshape(-1, channels)
