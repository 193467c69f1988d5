"""Perturbations: what noise, lines and losses do to a recording; seeded."""
