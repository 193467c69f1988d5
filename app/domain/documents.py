"""Files that came with a call: logs, databases, the platform's own report. Kept as they were."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDocument:
    """One file by name; its bytes are read when they are asked for.

    Attributes:
        id: of the row.
        call_id: the call that it came with.
        name: source and file name, `eva/audit_log.json`; unique in a call.
        media_type: `application/json`, `application/jsonl`, `text/csv`, `text/plain`.
        sha256: of the bytes.
        size_bytes: of the bytes, not of how they are packed.
        created_at: when it was stored.
    """

    id: str
    call_id: str
    name: str
    media_type: str
    sha256: str
    size_bytes: int
    created_at: str
