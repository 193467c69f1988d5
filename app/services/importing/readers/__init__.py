"""Readers of other systems' files by name. Modules are imported when they are asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import cast

from app.domain.errors import NotFound
from app.services.importing.foreign import Reader

PLACES: dict[str, str] = {
    "eva": "app.services.importing.readers.eva:ReaderEva",
    "tau2": "app.services.importing.readers.tau2:ReaderTau2",
    "langwatch": "app.services.importing.readers.langwatch:ReaderLangwatch",
    "livekit": "app.services.importing.readers.livekit:ReaderLivekit",
    "fdb": "app.services.importing.readers.fdb:ReaderFdb",
    "pipecat": "app.services.importing.readers.pipecat:ReaderPipecat",
    "vapi": "app.services.importing.readers.vapi:ReaderVapi",
    "retell": "app.services.importing.readers.retell:ReaderRetell",
    "elevenlabs": "app.services.importing.readers.elevenlabs:ReaderElevenlabs",
    "twilio": "app.services.importing.readers.twilio:ReaderTwilio",
}
"""The order is that in which they are asked whether a path is theirs."""

SOURCES: tuple[str, ...] = tuple(PLACES)


@cache
def reader(source: str) -> Reader:
    """The reader of that source.

    Raises:
        NotFound: no such source.
    """
    place = PLACES.get(source)
    if place is None:
        raise NotFound(f"There is no source {source!r}.", f"One of: {', '.join(PLACES)}.")
    module, _, attribute = place.partition(":")
    return cast("Reader", getattr(import_module(module), attribute)())


def sniffed(path: Path) -> Reader | None:
    """The first reader that takes the path for its own."""
    for source in PLACES:
        found = reader(source)
        if found.sniff(path):
            return found
    return None
