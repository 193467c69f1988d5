"""Text: normalisers, alignment, and every error rate that follows from one alignment."""
