"""Fetches a Whisper model from the Hugging Face hub on first use.

What is fetched is checked against the hub's own hashes, and a file that does not match is removed.
HF_ENDPOINT names another hub, HF_HUB_OFFLINE forbids asking any. Nothing is written outside the
cache.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.domain.errors import BadInput, Cancelled, EnvironmentFault, NotFound, UserError
from app.models.asr import IsCancelled, raise_if
from app.models.whisper_models import REVISION, WANTED, ModelFolder, find, lacking, repository

BytesTold = Callable[[int, int], None]
"""Told how many bytes are there, of how many."""

HOST = "https://huggingface.co"
TIMEOUT_S = 10.0
_BLOCK = 1 << 20


def fetch(
    name: str, progress: BytesTold, cancelled: IsCancelled, cache_dir: Path | None = None
) -> ModelFolder:
    """The model, from the cache or else from the hub.

    Args:
        name: `small`, `large-v3`, ... or `owner/repository`.
        progress: told after each block that arrives.
        cancelled: asked after each block; what is complete by then stays in the cache.
        cache_dir: instead of the Hugging Face cache.

    Raises:
        NotFound: no such model. BadInput: it is none for faster-whisper.
        EnvironmentFault: no network, offline by choice, no right to it, no space, damaged on the
            way. Cancelled.
    """
    known = find(name, cache_dir)
    if known is not None:
        return known
    if _offline():
        raise EnvironmentFault(
            f"The Whisper model {name} is not on this machine, and HF_HUB_OFFLINE forbids to "
            "fetch it.",
            "Unset it, or choose a local folder that holds the model.",
        )
    raise_if(cancelled)
    try:
        return _Fetching(name, progress, cancelled, cache_dir).run()
    except (UserError, Cancelled):
        raise
    except Exception as error:  # three libraries' trees of errors; what is none of them goes on
        told = _in_words(error, name)
        if told is None:
            raise
        raise told from error


class _Fetching:
    """One model on its way."""

    def __init__(
        self, name: str, progress: BytesTold, cancelled: IsCancelled, cache_dir: Path | None
    ) -> None:
        self._name, self._repo = name, repository(name)
        self._progress, self._cancelled, self._cache_dir = progress, cancelled, cache_dir
        self._done = self._total = 0

    def run(self) -> ModelFolder:
        from huggingface_hub import HfApi

        info = HfApi(endpoint=endpoint()).model_info(
            self._repo, revision=REVISION, files_metadata=True, timeout=TIMEOUT_S
        )
        files = [s for s in info.siblings or () if s.rfilename in WANTED]
        missing = lacking({s.rfilename for s in files})
        if missing or not info.sha:
            raise BadInput(
                f"{self._repo} holds no model for faster-whisper: {missing or 'a commit'} is "
                "missing.",
                "Choose one that was converted for CTranslate2.",
            )
        self._total = sum(s.size or 0 for s in files)
        for sibling in files:
            before = self._done
            self._check(self._get(sibling.rfilename, info.sha), sibling)
            self._done = before + (sibling.size or 0)
            self._progress(self._done, self._total)
        noted = self._get("config.json", REVISION)  # the cache now knows the branch's commit
        return ModelFolder(noted.parent, f"{self._name}@{noted.parent.name[:8]}")

    def _get(self, file: str, revision: str) -> Path:
        raise_if(self._cancelled)
        from huggingface_hub import hf_hub_download

        bar: Any = self._bar()
        path = hf_hub_download(
            self._repo,
            file,
            revision=revision,
            cache_dir=self._cache_dir,
            endpoint=endpoint(),
            etag_timeout=TIMEOUT_S,
            tqdm_class=bar,
        )
        return Path(str(path))

    def _bar(self) -> type:
        """What the hub's library takes for a progress bar."""
        fetching = self

        class Bar:
            def __init__(self, *_args: object, **_named: object) -> None:
                pass

            def __enter__(self) -> Bar:
                return self

            def __exit__(self, *_error: object) -> None:
                pass

            def close(self) -> None:
                pass

            def update(self, count: float = 1) -> None:
                fetching._arrived(int(count))

        return Bar

    def _arrived(self, count: int) -> None:
        raise_if(self._cancelled)
        self._done += count
        self._progress(min(self._done, self._total), self._total)

    def _check(self, path: Path, sibling: Any) -> None:
        """Remove a file that is not what the hub says it is."""
        if sibling.lfs is not None:
            expected, hasher = sibling.lfs.sha256, hashlib.sha256()
        elif sibling.blob_id:
            expected, hasher = sibling.blob_id, hashlib.sha1(usedforsecurity=False)
            hasher.update(b"blob %d\0" % path.stat().st_size)
        else:
            return
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                raise_if(self._cancelled)
                hasher.update(block)
        if hasher.hexdigest() != expected:
            stored = path.resolve()
            path.unlink()
            stored.unlink(missing_ok=True)
            raise EnvironmentFault(
                f"{sibling.rfilename} of the model {self._name} was damaged on its way (its "
                "checksum is wrong) and was removed.",
                "Try again; if it happens again, choose a local folder.",
            )


def endpoint() -> str:
    """The hub that is asked."""
    return os.environ.get("HF_ENDPOINT", "").strip().rstrip("/") or HOST


def _offline() -> bool:
    from huggingface_hub import constants

    said = os.environ.get("HF_HUB_OFFLINE", "").strip().upper()
    return said in ("1", "ON", "YES", "TRUE") or constants.is_offline_mode()


def _in_words(error: Exception, name: str) -> UserError | None:
    """An error of the hub, the network or the disk as one of ours; None for any other."""
    from huggingface_hub import errors

    host = endpoint().partition("://")[2]
    elsewhere = "Or choose a local folder that holds the model."
    if isinstance(error, errors.GatedRepoError):
        return EnvironmentFault(
            f"{host} gives {name} only to those who accepted its terms.",
            f"Accept them on its page and set HF_TOKEN. {elsewhere}",
        )
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status in (401, 404):  # hubs say 401 of what is not there, too
        return NotFound(
            f"{host} has no model {name}, or does not show it to you.",
            f"Check the name; for a private one set HF_TOKEN. {elsewhere}",
        )
    if status is not None:
        return EnvironmentFault(
            f"{host} answered {status} when asked for {name}.", f"Try again later. {elsewhere}"
        )
    module = type(error).__module__.partition(".")[0]
    if module.startswith(("httpx", "httpcore")) or isinstance(
        error, errors.LocalEntryNotFoundError | errors.FileMetadataError
    ):
        return EnvironmentFault(
            f"The Whisper model {name} cannot be fetched: {host} cannot be reached.",
            f"Connect and try again, or set HF_ENDPOINT to a mirror. {elsewhere}",
        )
    if isinstance(error, OSError):
        said = error.strerror or " ".join(str(error).split())[:160]
        return EnvironmentFault(
            f"The Whisper model {name} could not be fetched ({said}).", elsewhere
        )
    return None
