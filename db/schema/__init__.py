"""The schema: SQLAlchemy Core tables, and the statements that they cannot express."""

from __future__ import annotations

from db.schema import calls, guards, library, rating
from db.schema.base import APPLICATION_ID, SCHEMA_VERSION, metadata

__all__ = [
    "APPLICATION_ID",
    "SCHEMA_VERSION",
    "calls",
    "guards",
    "library",
    "metadata",
    "rating",
]
