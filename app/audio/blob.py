"""One cache file: a 4 KiB header, then raw samples, mapped into memory when read.

A blob is written beside its place and renamed over it, so readers, of this process or another,
see a whole one or none. Opening checks the size and a sampled checksum; a blob that fails is
reported as absent and made again. Nothing here is precious: every blob may be deleted.
"""

from __future__ import annotations

import json
import os
import struct
import threading
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.audio.sniff import writing

HEADER_BYTES = 4096
_MAGIC = b"CBBLOB1\n"
_SAMPLE_BYTES = 4096
_SAMPLES = 32
_BINARY = getattr(os, "O_BINARY", 0)
_seek_lock = threading.Lock()
"""For systems without positioned reads and writes (Windows): one at a time."""


class BlobWriter:
    """Writes a blob's payload in any order, from any thread; nothing is visible until `commit`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.part = path.with_name(path.name + ".part")
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(self.part, os.O_RDWR | os.O_CREAT | os.O_TRUNC | _BINARY, 0o644)

    def write_at(self, offset: int, data: memoryview) -> None:
        """Put `data` at `offset` (bytes) of the payload. Raises EnvironmentFault on a full disk."""
        with writing(self._path):
            done = 0
            while done < len(data):
                done += _pwrite(self._fd, data[done:], HEADER_BYTES + offset + done)

    def commit(self, meta: dict[str, Any], payload_bytes: int) -> None:
        """Write the header and move the blob to its place."""
        with writing(self._path):
            os.ftruncate(self._fd, HEADER_BYTES + payload_bytes)
            crc = _checksum(self._fd, payload_bytes)
            body = json.dumps({**meta, "payload_bytes": payload_bytes, "crc32": crc}).encode()
            if len(body) > HEADER_BYTES - 12:
                raise ValueError("blob header is too long")
            head = (_MAGIC + struct.pack("<I", len(body)) + body).ljust(HEADER_BYTES, b"\0")
            _pwrite(self._fd, memoryview(head), 0)
            os.close(self._fd)
            self._fd = -1
            self.part.replace(self._path)

    def abort(self) -> None:
        """Drop what was written; does nothing after `commit`."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
            self.part.unlink(missing_ok=True)


def open_blob(path: Path) -> tuple[dict[str, Any], NDArray[np.uint8]] | None:
    """(meta, payload mapped read-only) of the blob at `path`; None if absent or damaged."""
    try:
        fd = os.open(path, os.O_RDONLY | _BINARY)
    except OSError:
        return None
    try:
        meta = _read_header(fd)
        if meta is None:
            return None
        size = meta["payload_bytes"]
        if os.fstat(fd).st_size != HEADER_BYTES + size or _checksum(fd, size) != meta["crc32"]:
            return None
    finally:
        os.close(fd)
    try:
        return meta, map_payload(path, size)
    except OSError:
        return None


def map_payload(path: Path, payload_bytes: int) -> NDArray[np.uint8]:
    """The first `payload_bytes` of a blob's payload, mapped read-only."""
    if not payload_bytes:
        return np.zeros(0, np.uint8)
    mapped = np.memmap(path, np.uint8, "r", HEADER_BYTES, (payload_bytes,))
    return mapped.view(np.ndarray)


def _read_header(fd: int) -> dict[str, Any] | None:
    head = os.read(fd, HEADER_BYTES)
    if len(head) < HEADER_BYTES or not head.startswith(_MAGIC):
        return None
    length = struct.unpack("<I", head[8:12])[0]
    try:
        meta = json.loads(head[12 : 12 + length])
    except ValueError:
        return None
    known = isinstance(meta, dict) and isinstance(meta.get("payload_bytes"), int)
    return meta if known and isinstance(meta.get("crc32"), int) else None


def _checksum(fd: int, payload_bytes: int) -> int:
    """CRC-32 over evenly spaced pages: finds cut-off and never-written blobs, in constant time."""
    last = max(0, payload_bytes - _SAMPLE_BYTES)
    crc = 0
    for i in range(_SAMPLES):
        at = last * i // (_SAMPLES - 1)
        crc = zlib.crc32(_pread(fd, min(_SAMPLE_BYTES, payload_bytes), HEADER_BYTES + at), crc)
        if not last:
            break
    return crc


def _pwrite(fd: int, data: memoryview, offset: int) -> int:
    if hasattr(os, "pwrite"):
        return os.pwrite(fd, data, offset)
    with _seek_lock:
        os.lseek(fd, offset, os.SEEK_SET)
        return os.write(fd, data)


def _pread(fd: int, length: int, offset: int) -> bytes:
    if hasattr(os, "pread"):
        return os.pread(fd, length, offset)
    with _seek_lock:
        os.lseek(fd, offset, os.SEEK_SET)
        return os.read(fd, length)
