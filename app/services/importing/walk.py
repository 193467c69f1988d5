"""Which files an import is about. Follows links once, never twice; reads nothing but folders."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.imports import FailedFile
from app.domain.work import Work
from app.services.formats import TRANSCRIPT_SUFFIXES

AUDIO_SUFFIXES = frozenset(
    ".wav .wave .bwf .rf64 .flac .mp3 .mp2 .mpga .ogg .oga .opus .spx .m4a .mp4 .m4b .mov .3gp "
    ".aac .webm .mka .weba .aif .aiff .aifc .caf .au .snd .w64 .amr .awb .wma".split()
)
_SYSTEM = frozenset({"thumbs.db", "desktop.ini", "__macosx", "$recycle.bin", "lost+found"})
MAX_FILES = 200_000
_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Control codes, line ends and marks that turn the direction of writing."""
WORKSPACE_FILE = "workbench.db"


@dataclass(slots=True)
class Found:
    """What lies below the given paths. `audio` keeps the order of the paths, then of names."""

    audio: list[Path] = field(default_factory=list)
    transcripts: dict[Path, list[Path]] = field(default_factory=dict)
    """Transcript-like files by their folder."""
    ignored: int = 0
    failed: list[FailedFile] = field(default_factory=list)


def shown(path: Path | str) -> str:
    """A path as it may be shown and stored: valid Unicode, no line breaks or control codes."""
    text = os.fsencode(path).decode("utf-8", "replace")
    return _UNSHOWN.sub(lambda m: f"\\x{ord(m[0]):02x}", text)


def walk(ctx: Work, paths: Sequence[Path], *, recursive: bool = True) -> Found:
    """All files below `paths`, sorted into audio, transcripts and the rest.

    A file that is named directly is always tried as audio, whatever its name.
    """
    found = Found()
    seen_dirs: set[tuple[int, int]] = set()
    seen_files: set[Path] = set()
    for path in paths:
        ctx.raise_if_cancelled()
        try:
            is_dir = path.is_dir()
            there = is_dir or path.exists()
        except OSError as error:
            found.failed.append(FailedFile(path=shown(path), reason=str(error.strerror or error)))
            continue
        if not there:
            found.failed.append(
                FailedFile(path=shown(path), reason="It is not there. Check the path.")
            )
        elif is_dir:
            _folder(ctx, path, recursive, found, seen_dirs, seen_files)
        else:
            _named(path, found, seen_files)
    return found


def _named(path: Path, found: Found, seen: set[Path]) -> None:
    """A file given by name: its folder is looked through for companions only."""
    real = _real(path)
    if real in seen:
        return
    seen.add(real)
    if not path.is_file():  # a pipe or a device may never end
        found.failed.append(
            FailedFile(path=shown(path), reason="It is no ordinary file. Name a recording.")
        )
        return
    if path.suffix.lower() in TRANSCRIPT_SUFFIXES:
        _note_transcript(found, path)
        return
    found.audio.append(path)
    if path.parent in found.transcripts:
        return
    for name in _names(path.parent, found):
        if Path(name).suffix.lower() in TRANSCRIPT_SUFFIXES and not _is_hidden(name):
            _note_transcript(found, path.parent / name)


def _folder(
    ctx: Work,
    top: Path,
    recursive: bool,
    found: Found,
    seen_dirs: set[tuple[int, int]],
    seen_files: set[Path],
) -> None:
    for folder, dirs, files in _os_walk(top, found):
        ctx.raise_if_cancelled()
        status = Path(folder).stat()
        if (status.st_dev, status.st_ino) in seen_dirs or WORKSPACE_FILE in files:
            dirs.clear()  # a workspace's own audio is no source of calls
            continue
        seen_dirs.add((status.st_dev, status.st_ino))
        found.ignored += sum(_is_hidden(d) for d in dirs)
        dirs[:] = sorted(d for d in dirs if not _is_hidden(d)) if recursive else []
        for name in sorted(files):
            _sort_in(Path(folder) / name, found, seen_files)
            if len(seen_files) > MAX_FILES:
                found.failed.append(
                    FailedFile(
                        path=shown(top),
                        reason=f"More than {MAX_FILES} files; import it folder by folder.",
                    )
                )
                return


def _os_walk(top: Path, found: Found) -> Iterator[tuple[str, list[str], list[str]]]:
    def note(error: OSError) -> None:
        reason = f"The folder cannot be read: {error.strerror or error}."
        found.failed.append(FailedFile(path=shown(error.filename or top), reason=reason))

    return os.walk(top, onerror=note, followlinks=True)


def _sort_in(path: Path, found: Found, seen: set[Path]) -> None:
    suffix = path.suffix.lower()
    if _is_hidden(path.name) or (
        suffix not in AUDIO_SUFFIXES and suffix not in TRANSCRIPT_SUFFIXES
    ):
        found.ignored += 1
        return
    real = _real(path)
    if real in seen:
        return
    if not path.exists():
        found.failed.append(
            FailedFile(path=shown(path), reason="It is a link that leads nowhere. Mend the link.")
        )
        return
    if not path.is_file():
        found.ignored += 1
        return
    seen.add(real)
    if suffix in AUDIO_SUFFIXES:
        found.audio.append(path)
    else:
        _note_transcript(found, path)


def _real(path: Path) -> Path:
    """Where a path leads; itself where its links go round in a circle."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # a circle: RuntimeError up to Python 3.12
        return path.absolute()


def _note_transcript(found: Found, path: Path) -> None:
    listed = found.transcripts.setdefault(path.parent, [])
    if path not in listed:
        listed.append(path)


def _names(folder: Path, found: Found) -> list[str]:
    try:
        return sorted(entry.name for entry in folder.iterdir())
    except OSError as error:
        reason = f"Its folder cannot be listed: {error.strerror or error}."
        found.failed.append(FailedFile(path=shown(folder), reason=reason))
        return []


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower() in _SYSTEM
