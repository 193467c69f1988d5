"""Adjudication: what raters gave side by side, the evidence to hear, and one final value."""
