"""Calibration: how far each judge may be trusted, its corrected averages, and the data behind."""
