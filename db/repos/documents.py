"""Files that came with calls, deflated. They are added and read, never changed."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence

from app.domain.clock import utc_now
from app.domain.documents import CallDocument
from app.domain.errors import BadInput, EnvironmentFault
from app.domain.ids import new_id
from db.repos.base import Repo
from db.schema import evaluation as t

_COLUMNS = "id, call_id, name, media_type, sha256, size_bytes, created_at"


class DocumentRepo(Repo):
    """Reads and writes documents."""

    def add(self, call_id: str, name: str, data: bytes, media_type: str = "") -> str:
        """Store a file of a call; its id.

        Raises:
            BadInput: the call has a document of that name already.
        """
        if self._value(
            "SELECT 1 FROM call_document WHERE call_id = :c AND name = :n",
            {"c": call_id, "n": name},
        ):
            raise BadInput(f"The call has a document {name} already.", "Give it another name.")
        document_id = new_id()
        self._insert(
            t.call_document,
            {
                "id": document_id,
                "call_id": call_id,
                "name": name,
                "media_type": media_type,
                "sha256": hashlib.sha256(data).hexdigest(),
                "size_bytes": len(data),
                "packed": zlib.compress(data, 6),
                "created_at": utc_now(),
            },
        )
        return document_id

    def of_call(self, call_id: str, prefixes: Sequence[str] = ("",)) -> list[CallDocument]:
        """What came with a call, by name; only names that begin with one of `prefixes`."""
        rows = self._maps(
            f"SELECT {_COLUMNS} FROM call_document WHERE call_id = :c ORDER BY name",
            {"c": call_id},
        )
        return [CallDocument(**row) for row in rows if row["name"].startswith(tuple(prefixes))]

    def data(self, call_id: str, name: str) -> bytes | None:
        """The bytes of one document; None where there is none of that name.

        Raises:
            EnvironmentFault: what is stored is damaged.
        """
        packed: bytes | None = self._value(
            "SELECT packed FROM call_document WHERE call_id = :c AND name = :n",
            {"c": call_id, "n": name},
        )
        if packed is None:
            return None
        try:
            return zlib.decompress(packed)
        except zlib.error as error:
            raise EnvironmentFault(
                f"The document {name} is damaged in the database.",
                "Put back a backup, or import the call into a new workspace.",
            ) from error
