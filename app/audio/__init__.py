"""Bytes and samples; never Qt, never the database."""
