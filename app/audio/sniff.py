"""What a file is, told by its first bytes. Its name is only compared, never believed."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.domain.errors import BadInput, EnvironmentFault, NotFound

HEAD_BYTES = 64

EXTENSIONS: dict[str, frozenset[str]] = {
    "wav": frozenset({".wav", ".wave", ".bwf", ".rf64"}),
    "flac": frozenset({".flac"}),
    "mp3": frozenset({".mp3", ".mp2", ".mpga"}),
    "ogg": frozenset({".ogg", ".oga", ".opus", ".spx"}),
    "mp4": frozenset({".m4a", ".mp4", ".m4b", ".mov", ".3gp", ".aac"}),
    "adts": frozenset({".aac"}),
    "matroska": frozenset({".webm", ".mkv", ".mka", ".weba"}),
    "aiff": frozenset({".aif", ".aiff", ".aifc"}),
    "caf": frozenset({".caf"}),
    "au": frozenset({".au", ".snd"}),
    "w64": frozenset({".w64"}),
    "amr": frozenset({".amr", ".awb"}),
    "asf": frozenset({".wma", ".asf"}),
}
"""Containers that are known by their bytes, and the name endings that belong to them."""

_NOT_AUDIO: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "an XML document"),
)

_FULL = (errno.ENOSPC, errno.EDQUOT)
EXPORT_REMEDY = "Export it again as WAV, FLAC, MP3, M4A or Ogg and import that file."


def human_bytes(count: int) -> str:
    """`count` bytes for people: 1.5 GB, 690 MB, 12 kB."""
    for size, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if count >= size:
            return f"{count / size:.1f} {unit}" if count < 10 * size else f"{count // size} {unit}"
    return f"{count} bytes"


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn the system's refusal to read `path` into words for people."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound(f"{path.name} is not there: {path}.", "Check the path.") from error
    except IsADirectoryError as error:
        raise BadInput(f"{path.name} is a folder, not a recording.") from error
    except PermissionError as error:
        raise EnvironmentFault(
            f"{path.name} may not be read: {path}.", "Give yourself the right to read it."
        ) from error
    except OSError as error:
        raise EnvironmentFault(
            f"{path.name} could not be read: {error.strerror or error}.",
            "Check the disk or the network folder that it is on, then try again.",
        ) from error


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn the system's refusal to write `path` into words for people."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise EnvironmentFault(
                f"The disk is full: {path.parent} has no room for decoded audio.",
                "Free some space or lower the size of the audio cache in the settings.",
            ) from error
        raise EnvironmentFault(
            f"{path.parent} cannot be written: {error.strerror or error}.",
            "Check the folder's permissions.",
        ) from error


def sniff(path: Path) -> str:
    """The container of the file at `path` by its bytes: a key of `EXTENSIONS`, or "".

    Raises:
        NotFound, EnvironmentFault: the file cannot be read.
        BadInput: it is empty or plainly something else than audio.
    """
    with reading(path):
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    if size == 0:
        raise BadInput(
            f"{path.name} is empty (0 bytes).", "Copy it again from where it was recorded."
        )
    for magic, what in _NOT_AUDIO:
        if head.startswith(magic):
            raise BadInput(f"{path.name} is not audio: it is {what}.", EXPORT_REMEDY)
    return container_of(head)


def container_of(head: bytes) -> str:
    """The container whose signature `head` (at least 16 bytes) carries, or ""."""
    if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE":
        return "wav"
    if head[4:8] == b"ftyp":
        return "mp4"
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return "aiff"
    for magic, name in (
        (b"fLaC", "flac"),
        (b"OggS", "ogg"),
        (b"\x1aE\xdf\xa3", "matroska"),
        (b"caff", "caf"),
        (b".snd", "au"),
        (b"riff\x2e\x91\xcf\x11", "w64"),
        (b"#!AMR", "amr"),
        (b"0&\xb2u\x8ef\xcf\x11", "asf"),
        (b"ID3", "mp3"),
    ):
        if head.startswith(magic):
            return name
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return "adts" if head[1] & 0x06 == 0 else "mp3"
    return ""


def is_mislabelled(path: Path, container: str) -> bool:
    """Whether the name's ending belongs to another container than the bytes."""
    ending = path.suffix.lower()
    known = any(ending in endings for endings in EXTENSIONS.values())
    return known and container in EXTENSIONS and ending not in EXTENSIONS[container]
