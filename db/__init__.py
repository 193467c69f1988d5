"""SQLite through SQLAlchemy: tables, migrations, repositories. Takes and returns domain values."""
