"""Files that came with a call: which there are, and what is in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from app.domain.documents import CallDocument
from app.domain.errors import NotFound
from app.services.workspace import Workspace
from db.unit_of_work import Reader

_TYPES = {
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".log": "text/plain",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".md": "text/markdown",
}


def media_type(name: str) -> str:
    """What a file of that name is."""
    return _TYPES.get(PurePosixPath(name).suffix.lower(), "application/octet-stream")


def documents(ws: Workspace, call_id: str, prefix: str = "") -> list[CallDocument]:
    """What came with a call, by name; only names that begin with `prefix`."""
    with ws.db.read() as uow:
        return uow.documents.of_call(call_id, (prefix,))


def read(ws: Workspace, call_id: str, name: str) -> bytes:
    """The bytes of one document.

    Raises:
        NotFound: the call has none of that name.
    """
    with ws.db.read() as uow:
        data = uow.documents.data(call_id, name)
    if data is None:
        raise NotFound(
            f"The call has no document {name}.", "List its documents to see their names."
        )
    return data


def load(uow: Reader, call_id: str, prefixes: Sequence[str]) -> dict[str, bytes]:
    """Names and bytes of the documents whose names begin with one of `prefixes`."""
    found: dict[str, bytes] = {}
    for document in uow.documents.of_call(call_id, prefixes):
        data = uow.documents.data(call_id, document.name)
        if data is not None:
            found[document.name] = data
    return found
