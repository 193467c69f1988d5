"""Run the migrations on one file, in one transaction: all of them or none."""

from __future__ import annotations

import logging
from contextlib import closing
from pathlib import Path

from app.domain.errors import EnvironmentFault

log = logging.getLogger(__name__)


def upgrade(path: Path, saved: Path, *, revision: str = "head") -> None:
    """Bring the database at `path` to `revision`.

    Args:
        path: the database; left as it was if a migration fails.
        saved: the backup that was made of it, named in the message.
        revision: an Alembic revision, `head` for the newest.

    Raises:
        EnvironmentFault: a migration failed.
    """
    import sqlite3

    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine
    from sqlalchemy.pool import StaticPool

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as raw:
        engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
        raw.execute("PRAGMA foreign_keys = OFF")  # batch mode copies tables; checked at the end
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                config.attributes["connection"] = connection
                command.upgrade(config, revision)
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise RuntimeError(f"rows without their parent: {broken[:3]}")
                raw.execute("COMMIT")
        except Exception as error:  # whatever it is, the file stays as it was
            if raw.in_transaction:
                raw.execute("ROLLBACK")
            log.exception("upgrade of %s failed", path)
            raise EnvironmentFault(
                f"The workspace {path.parent} could not be upgraded; it is as it was.",
                f"A copy is at {saved}. Go on with the older version and report this.",
            ) from error
        finally:
            engine.dispose()
