"""Everything that turns a call into numbers; never Qt, never the database."""
