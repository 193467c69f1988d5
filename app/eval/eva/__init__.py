"""EVA-Bench: its event-log processor and its code metrics."""
