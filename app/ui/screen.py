"""What the main window asks of a screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.ui.context import UiContext

StatusKey = tuple[tuple[str, ...], str]
"""Action ids whose caps stand together, and the word after them."""


class Screen(QWidget):
    """Base of the places on the rail. Made on first visit, then kept."""

    key: ClassVar[str] = ""
    title: ClassVar[str] = ""

    status_changed = Signal()
    """The screen's key hints or notes have changed."""
    navigate = Signal(str, dict)
    """Ask for another screen: its key and the arguments of its `activate`."""

    def __init__(self, ctx: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ctx = ctx
        self.setProperty("ring", "none")  # it has the focus while no field of it does

    @property
    def concentrates(self) -> bool:
        """Whether the person must not be distracted now: the other places step back."""
        return False

    def status_keys(self) -> Sequence[StatusKey]:
        """At most six key hints for the status bar, most used first."""
        return ()

    def status_notes(self) -> Sequence[str]:
        """Short notes at the right of the status bar, such as the time a filter took."""
        return ()

    def activate(self, **kwargs: Any) -> None:
        """The screen comes to the front; `kwargs` say what to show (`call_id`, `call_ids`...)."""

    def deactivate(self) -> None:
        """The screen goes to the back; stop what makes noise."""

    def session_state(self) -> dict[str, Any]:
        """What to restore next time, as plain JSON values."""
        return {}

    def restore_session(self, state: dict[str, Any]) -> None:
        """Take back what `session_state` gave; unknown keys are ignored."""
