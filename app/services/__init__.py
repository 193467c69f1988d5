"""Use cases: verbs that tie domain, audio, models and db together; no Qt."""
