"""Live calls: set one up, be in it, rate it, see what it measured."""
