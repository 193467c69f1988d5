"""Plots of one judge on one dimension."""
