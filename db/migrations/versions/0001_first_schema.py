"""The first schema, frozen as the statements that made it.

Statements are in the `.sql` file of the same name and not taken from `db.schema`, which goes on
changing: a file written today must be what version 1 was.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SEPARATOR = "\n--;\n"
"""Between statements; a trigger's body has semicolons of its own."""


def statements() -> list[str]:
    """The frozen statements, in order."""
    text = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    return [statement.strip() for statement in text.split(SEPARATOR) if statement.strip()]


def upgrade() -> None:
    """Make every table, index and trigger."""
    connection = op.get_bind()
    for statement in statements():
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql("PRAGMA application_id = 1128418883")
    connection.exec_driver_sql("PRAGMA user_version = 1")
