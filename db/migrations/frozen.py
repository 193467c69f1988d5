"""A step of the schema as the statements that made it, frozen in a `.sql` file beside it.

They are not taken from `db.schema`, which goes on changing: a file written today must be what that
version was.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

SEPARATOR = "\n--;\n"
"""Between statements; a trigger's body has semicolons of its own."""


def statements(script: str) -> list[str]:
    """The statements in the `.sql` file of the same name as `script`, in order."""
    text = Path(script).with_suffix(".sql").read_text(encoding="utf-8")
    return [statement.strip() for statement in text.split(SEPARATOR) if statement.strip()]


def run(script: str, version: int) -> None:
    """Make every table, index and trigger of a step, and say which version the file has now."""
    connection = op.get_bind()
    for statement in statements(script):
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"PRAGMA user_version = {version}")
