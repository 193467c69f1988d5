"""Repositories: one per noun; rows in, domain values out."""
