"""Live calls: an index by who placed them, for what they have still to rate."""

from __future__ import annotations

from db.migrations import frozen

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index, as frozen in the `.sql` file of the same name."""
    frozen.run(__file__, 6)
