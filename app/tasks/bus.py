"""What changed, and what to tell the user: the two broadcasts of the application."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Bus(QObject):
    """`changed(Changes, initiator)` after each write; `message(level, text, remedy)` for people.

    The initiator (any object or None) lets a panel skip what it did itself. Levels: `info`,
    `warning`, `error`.
    """

    changed = Signal(object, object)
    message = Signal(str, str, str)
    saved = Signal(str)
    """UTC stamp of the last durable write, for the status bar."""
