"""The import dialog: dry run, channel map, columns, progress, result."""
