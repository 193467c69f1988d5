"""Judges, their replies, task flows; what a pair of items is and what identifies a judge."""

from __future__ import annotations

from db.migrations import frozen

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, indexes and triggers, as frozen in the `.sql` file of the same name."""
    frozen.run(__file__, 3)
