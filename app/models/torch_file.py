"""Reads tensors from a PyTorch checkpoint without PyTorch, and without running what is in it.

A checkpoint (torch.save since 1.6) is a zip archive with a pickle and one file of raw numbers a
tensor. A pickle may name any function of Python to be called. Here only what tensors are made of is
known; everything else that a pickle names becomes an inert thing that does nothing.
"""

from __future__ import annotations

import math
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from app.domain.errors import BadInput, NotFound

MAX_BYTES = 2 * 10**9
MAX_PICKLE_BYTES = 64 * 10**6
MAX_DIMENSIONS = 8

_TYPES = {
    "FloatStorage": "<f4",
    "DoubleStorage": "<f8",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "i1",
    "ByteStorage": "u1",
    "BoolStorage": "?",
}


class Inert:
    """Stands for whatever a pickle names that is no tensor: takes anything, does nothing."""

    def __init__(self, *_: Any, **__: Any) -> None: ...

    def __call__(self, *_: Any, **__: Any) -> Inert:
        """Nothing."""
        return Inert()

    def __setstate__(self, _: Any) -> None:
        """Nothing."""

    def __setitem__(self, _: Any, __: Any) -> None:
        """Nothing."""

    def __hash__(self) -> int:
        return id(self)

    def append(self, _: Any) -> None:
        """Nothing."""

    def extend(self, _: Any) -> None:
        """Nothing."""

    def add(self, _: Any) -> None:
        """Nothing."""


def load(path: Path) -> dict[str, Any]:
    """The dictionary that a checkpoint holds; its tensors as arrays of their own.

    Raises:
        NotFound: there is no such file. BadInput: it is no checkpoint, or damaged.
    """
    if not path.is_file():
        raise NotFound(f"There are no weights at {path}.", "Give the path of the weights file.")
    try:
        with zipfile.ZipFile(path) as archive:
            found = _read(archive)
    except zipfile.BadZipFile:
        raise BadInput(
            f"{path.name} is no checkpoint of PyTorch 1.6 or later.",
            "Download it again; an older one can be saved anew by PyTorch.",
        ) from None
    except (
        OSError, EOFError, ValueError, KeyError, IndexError, TypeError, AttributeError,
        pickle.UnpicklingError, RecursionError, MemoryError, OverflowError, NotImplementedError,
    ) as error:  # fmt: skip
        raise BadInput(f"{path.name} is damaged: {error}.", "Download it again.") from None
    if not isinstance(found, dict):
        raise BadInput(f"{path.name} is no checkpoint of a model.", "Give a weights file.")
    return cast("dict[str, Any]", found)


def _read(archive: zipfile.ZipFile) -> Any:
    names = {n.split("/", 1)[1]: n for n in archive.namelist() if "/" in n}
    if "data.pkl" not in names:
        raise ValueError("no data.pkl in it")
    if "byteorder" in names and archive.read(names["byteorder"]) != b"little":
        raise ValueError("its numbers are big-endian")
    if sum(info.file_size for info in archive.infolist()) > MAX_BYTES:
        raise ValueError("it is too large")
    if archive.getinfo(names["data.pkl"]).file_size > MAX_PICKLE_BYTES:
        raise ValueError("its pickle is too large")
    with archive.open(names["data.pkl"]) as file:
        return _Reader(file, archive, names).load()


class _Reader(pickle.Unpickler):
    """Knows tensors, their storages and ordered dictionaries; nothing else."""

    def __init__(self, file: Any, archive: zipfile.ZipFile, names: dict[str, str]) -> None:
        super().__init__(file, encoding="utf-8")
        self._archive, self._names = archive, names
        self._storages: dict[str, NDArray[Any]] = {}

    def find_class(self, module: str, name: str) -> Any:
        """What a name in the pickle stands for."""
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if module == "torch._utils" and name in ("_rebuild_tensor_v2", "_rebuild_parameter"):
            return _tensor if name == "_rebuild_tensor_v2" else _parameter
        if module == "torch" and name in _TYPES:
            return _TYPES[name]
        return Inert

    def persistent_load(self, pid: Any) -> Any:
        """The numbers of a storage."""
        kind, dtype, key, _, count = pid
        if kind != "storage" or not isinstance(dtype, str):
            return None
        if key not in self._storages:
            data = self._archive.read(self._names[f"data/{key}"])
            self._storages[key] = np.frombuffer(data, np.dtype(dtype))
        if len(self._storages[key]) < count:
            raise ValueError("a tensor is cut short")
        return self._storages[key]


def _parameter(data: Any, *_: Any) -> Any:
    return data


def _tensor(storage: Any, offset: Any, size: Any, stride: Any, *_: Any) -> Any:
    """An array of the storage's numbers; None for a storage of a kind that is not known."""
    if not isinstance(storage, np.ndarray):
        return None
    shape, steps = tuple(map(int, size)), tuple(map(int, stride))
    if len(shape) != len(steps) or len(shape) > MAX_DIMENSIONS:
        raise ValueError("a tensor has no proper shape")
    if min((*shape, *steps, int(offset)), default=0) < 0:
        raise ValueError("a tensor has no proper shape")
    last = int(offset) + sum((n - 1) * s for n, s in zip(shape, steps, strict=True))
    if math.prod(shape) and last >= len(storage):
        raise ValueError("a tensor reaches beyond its numbers")
    if math.prod(shape) > max(len(storage), 1):
        raise ValueError("a tensor is larger than its numbers")
    if not math.prod(shape):
        return np.zeros(shape, storage.dtype)
    strides = tuple(s * storage.itemsize for s in steps)
    view = np.lib.stride_tricks.as_strided(storage[int(offset) :], shape, strides, writeable=False)
    return view.copy()
