"""Whisper models that are on this machine: folders, and the Hugging Face cache.

A model in the cache is used as it is; nobody is asked for a newer one.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Set
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app.domain.errors import BadInput, NotFound

# The hub's library otherwise asks the hub which programs run it, and keeps the answer in the
# user's home; and fetches by a second protocol with a cache of its own elsewhere, which reports no
# progress that could stop it. Both are read when the library is imported.
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_DISABLE_XET"] = "1"

NEEDED = ("config.json", "model.bin", "tokenizer.json")
VOCABULARIES = ("vocabulary.json", "vocabulary.txt")
"""One of these is needed too."""
WANTED = (*NEEDED, "preprocessor_config.json", *VOCABULARIES)
REVISION = "main"
MOST_LETTERS = 96
_PART = r"[A-Za-z0-9_](?:(?!--|\.\.)[\w.-])*(?<![.-])"
_REPOSITORY = re.compile(f"{_PART}/{_PART}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model on this machine: its folder, and its name with a part of its hash."""

    path: Path
    name: str


def local(folder: Path) -> ModelFolder:
    """The model in a folder of one's own.

    Raises:
        BadInput: it does not hold a model for faster-whisper.
    """
    if not folder.is_dir():
        raise BadInput(f"There is no folder {folder}.", "Choose the folder that holds model.bin.")
    missing = lacking({path.name for path in folder.iterdir() if path.is_file()})
    if missing:
        raise BadInput(
            f"{folder} holds no model for faster-whisper: {missing} is missing.",
            "Convert one with ct2-transformers-converter, with --copy_files tokenizer.json.",
        )
    weights = folder / "model.bin"
    found = weights.stat()
    digest = _sha256(str(weights.resolve()), found.st_size, found.st_mtime_ns)
    return ModelFolder(folder, f"{folder.resolve().name}@sha256:{digest[:12]}")


def lacking(names: Set[str]) -> str:
    """The first file that a model needs and that is not among `names`; empty for none."""
    missing = [name for name in NEEDED if name not in names]
    if not missing and names.isdisjoint(VOCABULARIES):
        missing = [VOCABULARIES[0]]
    return missing[0] if missing else ""


@lru_cache(maxsize=8)
def _sha256(path: str, _size: int, _mtime_ns: int) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def repository(name: str) -> str:
    """The hub's repository of a model: a name such as `small`, or `owner/repository` itself.

    Raises:
        NotFound: no such name.
    """
    if "/" in name:
        if not _REPOSITORY.fullmatch(name) or len(name) > MOST_LETTERS:
            raise NotFound(f"{name!r} is no name of a model.", "It looks like owner/repository.")
        return name
    from faster_whisper import utils

    known: dict[str, str] = dict(utils._MODELS)  # names alone are public
    if name not in known:
        raise NotFound(
            f"There is no Whisper model {name!r}.",
            f"One of {', '.join(known)}; or owner/repository; or choose a local folder.",
        )
    return known[name]


def find(name: str, cache_dir: Path | None = None) -> ModelFolder | None:
    """The model as the cache has it; None where it is not all there. Asks nobody.

    Raises:
        NotFound: no such name.
    """
    from huggingface_hub import try_to_load_from_cache

    path = try_to_load_from_cache(
        repository(name),
        "config.json",
        cache_dir=None if cache_dir is None else str(cache_dir),
        revision=REVISION,
    )
    if not isinstance(path, str):
        return None
    folder = Path(path).parent
    if lacking({file.name for file in folder.iterdir() if file.exists()}):
        return None
    return ModelFolder(folder, f"{name}@{folder.name[:8]}")
