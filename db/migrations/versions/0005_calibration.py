"""Calibration: causes of disagreement, drift checks, corrections, verdicts; redactions."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SEPARATOR = "\n--;\n"


def upgrade() -> None:
    """Make the tables, indexes and triggers, as frozen in the `.sql` file of the same name."""
    connection = op.get_bind()
    text = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    for statement in text.split(SEPARATOR):
        if statement.strip():
            connection.exec_driver_sql(statement.strip())
    connection.exec_driver_sql("PRAGMA user_version = 5")
