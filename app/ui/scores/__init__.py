"""The table of scores: agents by figures, what is behind each, and what-if weights."""
