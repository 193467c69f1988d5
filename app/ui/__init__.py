"""Qt widgets only; no SQL, no DSP, no network."""
