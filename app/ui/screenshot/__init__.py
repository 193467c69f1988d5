"""Pictures of the real window, drawn offscreen."""
