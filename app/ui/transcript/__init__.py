"""Transcript linked to the play head."""
