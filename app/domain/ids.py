"""Row ids: UUIDv7, so that workspaces can be merged and ids sort by creation time."""

from __future__ import annotations

import uuid_utils


def new_id() -> str:
    """A new UUIDv7 in canonical lower-case text."""
    return str(uuid_utils.uuid7())
