"""Calibration: causes of disagreement, drift checks, corrections, verdicts; redactions."""

from __future__ import annotations

from db.migrations import frozen

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, indexes and triggers, as frozen in the `.sql` file of the same name."""
    frozen.run(__file__, 5)
