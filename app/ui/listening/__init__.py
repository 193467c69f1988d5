"""The listening session: studies open to a rater, set-up, trials, breaks."""
