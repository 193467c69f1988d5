"""What was taken away and can be brought back, newest first."""

from __future__ import annotations

from collections.abc import Callable

from app.ui.judges.notice import Notice


class Undoing:
    """Acts that bring something back; the newest is offered in a notice."""

    def __init__(self, notice: Notice) -> None:
        self._notice = notice
        self._acts: list[Callable[[], object]] = []

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to bring back."""
        return not self._acts

    def offer(self, words: str, act: Callable[[], object]) -> None:
        """Say what was taken away, and how it comes back."""
        self._acts.append(act)
        self._notice.say(words, ("Undo", self.undo), ("Dismiss", lambda: self._notice.say("")))

    def undo(self) -> None:
        """Bring back what was taken away last."""
        if self._acts:
            self._acts.pop()()
            self._notice.say("")
