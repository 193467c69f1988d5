"""Places in a text as Python counts them and as Qt does.

Qt counts UTF-16 units: a character beyond the basic plane, such as an emoji, is two of them.
"""

from __future__ import annotations

from bisect import bisect_left

_BASIC = 0xFFFF


class Offsets:
    """Converts places of one text, both ways."""

    def __init__(self, text: str) -> None:
        self._wide = [i for i, c in enumerate(text) if ord(c) > _BASIC]
        self._wide_qt = [i + n for n, i in enumerate(self._wide)]

    def to_qt(self, at: int) -> int:
        """Where a character of Python's stands in Qt."""
        return at + bisect_left(self._wide, at)

    def to_python(self, at: int) -> int:
        """Where a place of Qt's stands in Python."""
        return at - bisect_left(self._wide_qt, at)
