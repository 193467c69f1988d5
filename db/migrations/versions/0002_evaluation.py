"""Runs, results, metric values, and the files that came with a call."""

from __future__ import annotations

from db.migrations import frozen

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, indexes and triggers, as frozen in the `.sql` file of the same name."""
    frozen.run(__file__, 2)
