"""Rubric form."""
