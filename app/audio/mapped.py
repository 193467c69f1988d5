"""Recordings that are mapped into memory: what was read of them need not stay there."""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np
from numpy.typing import NDArray


def let_go(*recordings: NDArray[Any]) -> None:
    """Give back the memory that reading these has filled; what is needed is read again.

    An hour that is read from end to end would else lie in memory as a whole. Arrays that are not
    mapped, or that may be written to, are left alone.
    """
    for recording in recordings:
        mapping = _mapping(recording)
        if mapping is not None and hasattr(mmap, "MADV_DONTNEED"):
            mapping.madvise(mmap.MADV_DONTNEED)


def _mapping(recording: NDArray[Any]) -> mmap.mmap | None:
    """What an array is a view of, however often it was cut and turned."""
    owner: Any = recording
    while isinstance(owner, np.ndarray):
        if owner.flags.writeable:
            return None
        owner = owner.base
    return owner if isinstance(owner, mmap.mmap) else None
