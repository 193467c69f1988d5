"""Which files hold calls of a system as JSON, and which recordings lie beside them.

A file holds one call or several, a folder any number of such files. A recording is found by the
last part of its address, by the name of the JSON file or by the call's id, and only beside it:
no address is ever opened.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from app.audio.sniff import reading
from app.domain.errors import BadInput, NotFound, UserError
from app.domain.work import Work
from app.services.importing.foreign import ForeignCall, ForeignFailure
from app.services.importing.foreign_files import beside, parse_json, read_json, within
from app.services.importing.walk import AUDIO_SUFFIXES, shown

SNIFF_BYTES = 1 << 20
SNIFF_FILES = 40
MAX_FILES = 5_000
"""JSON files of one folder that are looked at."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{2,127}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a payload was found. `alone`: the file holds no other call."""

    path: Path
    alone: bool

    @property
    def folder(self) -> Path:
        """The folder that holds the file."""
        return self.path.parent

    @property
    def is_sole(self) -> bool:
        """Whether the folder holds nothing else that could be another call."""
        try:
            names = (p.name for p in self.folder.iterdir() if p.suffix.lower() == ".json")
            others = next((n for n in names if n != self.path.name), None)
        except OSError:
            return False
        return self.alone and others is None


class CallFiles(ABC):
    """A reader of files that hold one call or several as JSON, or of a folder of such files."""

    source: str
    title: str
    marks: tuple[tuple[str, ...], ...] = ()
    """Names of fields that, all of one row together, tell a file that is cut off or large."""

    @abstractmethod
    def calls(self, document: Any) -> list[dict[str, Any]]:
        """The calls of this system in a document; empty where it is something else."""

    @abstractmethod
    def call(self, ctx: Work, raw: dict[str, Any], place: Place) -> ForeignCall:
        """One call.

        Raises:
            UserError: it cannot be used. Cancelled.
        """

    def sniff(self, path: Path) -> bool:
        """Whether the file, or one of the folder's first files, looks like this system's."""
        try:
            if path.is_dir():
                return any(self._is_mine(file) for file in json_files(path)[:SNIFF_FILES])
            return path.is_file() and self._is_mine(path)
        except (OSError, ValueError):  # a path that the system does not take
            return False

    def _is_mine(self, path: Path) -> bool:
        if path.suffix.lower() != ".json":
            return False
        try:
            with path.open("rb") as file:
                head = file.read(SNIFF_BYTES + 1)
        except OSError:
            return False
        if len(head) <= SNIFF_BYTES:
            try:
                return bool(self.calls(parse_json(head)))
            except BadInput:
                pass  # cut off: told by its fields
        text = head.decode("utf-8", "replace")
        return any(all(f'"{name}"' in text for name in row) for row in self.marks)

    def read(self, ctx: Work, path: Path) -> Iterator[ForeignCall | ForeignFailure]:
        """The calls of a file, or of the JSON files of a folder.

        Raises:
            BadInput: nothing of this system there. NotFound. Cancelled.
        """
        with reading(path):
            is_folder, there = path.is_dir(), path.exists()
        if not there:
            raise NotFound(f"{shown(path.name)} is not there: {shown(path)}.", "Check the path.")
        if not is_folder:
            yield from self._file(ctx, path)
            return
        found = False
        for file in json_files(path):
            ctx.raise_if_cancelled()
            for item in self._of_folder(ctx, file):
                found = True
                yield item
        if not found:
            raise BadInput(
                f"{shown(path.name)} holds no call of {self.title}.",
                f"Name the JSON file that {self.title} gave.",
            )

    def _of_folder(self, ctx: Work, file: Path) -> Iterator[ForeignCall | ForeignFailure]:
        try:
            document = read_json(file)
        except UserError as error:
            if self._is_mine(file):
                yield ForeignFailure(path=file, reason=str(error))
            return
        yield from self._all(ctx, self.calls(document), file)

    def _file(self, ctx: Work, path: Path) -> Iterator[ForeignCall | ForeignFailure]:
        found = self.calls(read_json(path))
        if not found:
            raise BadInput(
                f"{shown(path.name)} holds no call of {self.title}.",
                f"Name the JSON file that {self.title} gave for a call.",
            )
        if len(found) == 1:
            yield self.call(ctx, found[0], Place(path, alone=True))
        else:
            yield from self._all(ctx, found, path)

    def _all(
        self, ctx: Work, found: list[dict[str, Any]], path: Path
    ) -> Iterator[ForeignCall | ForeignFailure]:
        for number_, raw in enumerate(found, start=1):
            ctx.raise_if_cancelled()
            try:
                yield self.call(ctx, raw, Place(path, alone=len(found) == 1))
            except UserError as error:
                which = "" if len(found) == 1 else f"Call {number_}: "
                yield ForeignFailure(path=path, reason=f"{which}{error}")


def json_files(folder: Path) -> list[Path]:
    """The JSON files directly in a folder, by name; at most `MAX_FILES`."""
    try:
        names = sorted(p.name for p in folder.iterdir() if p.suffix.lower() == ".json")
    except OSError:
        return []
    found = (within(folder, name) for name in names[:MAX_FILES] if not name.startswith("."))
    return [path for path in found if path is not None]


def local_audio(place: Place, *named: object) -> Path | None:
    """The first of the named recordings (URLs or paths) that lies beside the payload.

    Only the last part of a name counts, and only a file of the payload's own folder is taken. A
    name that any call could have (`recording.wav`) is taken only where there is just one call.
    """
    for name in named:
        if not isinstance(name, str):
            continue
        path = beside(place.folder, unquote(re.split(r"[?#]", name, maxsplit=1)[0]))
        if path is None or path.suffix.lower() not in AUDIO_SUFFIXES:
            continue
        if re.search(r"\d", path.stem) or place.is_sole:
            return path
    return None


def audio_of_stem(place: Place, *ids: object, endings: Collection[str] = ("",)) -> Path | None:
    """A recording beside the payload that is named as the payload's file, or by the call's id."""
    stems = [place.path.stem] if place.alone else []
    stems += [i for i in ids if isinstance(i, str) and _ID.fullmatch(i)]
    for stem in stems:
        for ending in endings:
            for suffix in sorted(AUDIO_SUFFIXES):
                for name in (f"{stem}{ending}{suffix}", f"{stem}{ending}{suffix.upper()}"):
                    path = within(place.folder, name)
                    if path is not None:
                        return path
    return None


def not_fetched(*fields: str) -> str:
    """The loss of recordings that are only named by address."""
    named = " and ".join(fields)
    are = "was" if len(fields) == 1 else "were"
    return (
        f"{named} {are} not downloaded: put the recording beside the JSON file, named as it is or "
        "by the call's id."
    )
