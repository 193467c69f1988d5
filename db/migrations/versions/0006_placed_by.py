"""Live calls: an index by who placed them, for what they have still to rate."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SEPARATOR = "\n--;\n"


def upgrade() -> None:
    """Make the index, as frozen in the `.sql` file of the same name."""
    connection = op.get_bind()
    text = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    for statement in text.split(SEPARATOR):
        if statement.strip():
            connection.exec_driver_sql(statement.strip())
    connection.exec_driver_sql("PRAGMA user_version = 6")
