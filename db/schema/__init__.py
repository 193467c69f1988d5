"""The schema: SQLAlchemy Core tables, and the statements that they cannot express."""

from __future__ import annotations

from db.schema import calibration, calls, evaluation, guards, judging, library, rating, studies
from db.schema.base import APPLICATION_ID, SCHEMA_VERSION, metadata

__all__ = [
    "APPLICATION_ID",
    "SCHEMA_VERSION",
    "calibration",
    "calls",
    "evaluation",
    "guards",
    "judging",
    "library",
    "metadata",
    "rating",
    "studies",
]
