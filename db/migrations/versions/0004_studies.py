"""Human studies: stimuli, trials, sessions, votes; declarations; opinions on judges' scores."""

from __future__ import annotations

from db.migrations import frozen

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, indexes and triggers, as frozen in the `.sql` file of the same name."""
    frozen.run(__file__, 4)
