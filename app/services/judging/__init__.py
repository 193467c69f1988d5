"""Judges: definitions and versions, endpoints, runs, verdicts, task flows, scores of sets."""
