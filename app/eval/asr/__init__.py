"""Recognisers as evaluators: each makes a transcript layer of what was spoken."""
