"""Frozen values and pure rules; standard library and numpy only."""
