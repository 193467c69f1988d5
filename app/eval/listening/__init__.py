"""Listening tests: the order of trials, what votes say, and how many are needed. Pure."""
