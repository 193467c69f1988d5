"""The first schema."""

from __future__ import annotations

from alembic import op

from db.migrations import frozen

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table, index and trigger."""
    frozen.run(__file__, 1)
    op.get_bind().exec_driver_sql("PRAGMA application_id = 1128418883")
