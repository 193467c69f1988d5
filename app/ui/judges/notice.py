"""One line across a page: what to know, and at most two things to do about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.ui.theme import Theme
from app.ui.widgets.bar import Bar
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import ElidedLabel

Act = Callable[[], object]
ROW_PX = 36


class Notice(Bar):
    """Hidden until it has something to say."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, ROW_PX, token="warnBg", parent=parent)
        self.words = ElidedLabel(theme, "", "small", "t1")
        self.first = Button(theme, "", compact=True)
        self.second = Button(theme, "", compact=True, kind="quiet")
        self._acts: list[Act | None] = [None, None]
        for at, button in enumerate((self.first, self.second)):
            button.clicked.connect(lambda _=False, n=at: self._do(n))
        self.row.addWidget(self.words, 1)
        self.row.addWidget(self.first)
        self.row.addWidget(self.second)
        self.hide()

    def _do(self, at: int) -> None:
        act = self._acts[at]
        if act is not None:
            act()

    def say(self, words: str, *acts: tuple[str, Act]) -> None:
        """Say something, with up to two buttons; nothing to say hides it."""
        self.words.setText(words)
        for at, button in enumerate((self.first, self.second)):
            given = acts[at] if at < len(acts) else None
            self._acts[at] = given[1] if given is not None else None
            button.set_text(given[0] if given is not None else "")
            button.setVisible(given is not None)
        self.setVisible(bool(words))
