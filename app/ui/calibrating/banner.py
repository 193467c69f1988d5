"""A plain line across the screen: what one must know before reading any figure."""

from __future__ import annotations

from collections.abc import Sequence

from app.ui.icons import pixmap
from app.ui.library.words import thousands
from app.ui.theme import Theme
from app.ui.widgets.bar import Bar
from app.ui.widgets.labels import ElidedLabel, Label

ROW_PX, ICON_PX = 28, 14


class Banner(Bar):
    """Hidden until there is something to say."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, ROW_PX, token="warnBg")
        self._sign, self._words = Label(theme), ElidedLabel(theme, "", "small", "t1")
        self.row.addWidget(self._sign)
        self.row.addWidget(self._words, 1)
        self.hide()
        theme.changed.connect(self._draw)
        self._draw()

    @property
    def words(self) -> str:
        """What it says."""
        return self._words.text()

    def say(self, words: str) -> None:
        """Say it; nothing hides the banner."""
        self._words.setText(words)
        self.setVisible(bool(words))

    def _draw(self) -> None:
        side = self._theme.px(ICON_PX)
        self._sign.setPixmap(pixmap(self._theme, "flask", side, "warn"))


def synthetic_words(names: Sequence[str], people: int) -> str:
    """What to say where raters are no persons; empty where all are."""
    if not names:
        return ""
    if len(names) >= people:
        return (
            "These raters are synthetic: generated with a planted bias and noise, no persons. The "
            "figures are computed as from real votes, and say nothing about real calls."
        )
    some = ", ".join(names[:3]) + (f" and {thousands(len(names) - 3)} more" if names[3:] else "")
    return f"Synthetic raters are among these: {some}. Their votes were generated."
