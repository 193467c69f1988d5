"""Tooltips of text that may be anybody's. Qt takes a tooltip for markup where it looks like it."""

from __future__ import annotations

import html


def plain_tip(text: str) -> str:
    """The text as a tooltip that shows it as it is written; empty stays empty."""
    return f"<qt>{html.escape(text).replace(chr(10), '<br>')}</qt>" if text else ""
