"""Live calls: one adapter per protocol; never Qt, never the database."""
