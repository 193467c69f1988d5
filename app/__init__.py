"""Callbench: judge voice agents by ear, by measure and by model, and know how far to trust each."""

import os

# Our matrices are small: BLAS threads gain nothing and, on busy cores, wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
