"""Callbench: judge voice agents by ear, by measure and by model, and know how far to trust each."""

__version__ = "0.1.0"
