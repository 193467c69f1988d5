"""Runs over calls: what carries them out while a window is open, and the screen that shows them."""
