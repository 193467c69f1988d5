"""The screen of calibration: how far each judge may be trusted."""
