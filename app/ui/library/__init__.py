"""The call library screen."""
