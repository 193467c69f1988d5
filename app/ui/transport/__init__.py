"""Play bar."""
