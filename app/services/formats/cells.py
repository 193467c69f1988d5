"""Spreadsheet-safe CSV cells: text that a spreadsheet would run as a formula is marked, reversibly.

A text that begins with `=`, `+`, `-`, `@`, tab, carriage return or the mark itself gets an
apostrophe before it. Reading takes one such apostrophe away again, so nothing is lost.
"""

from __future__ import annotations

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are the full-width forms that some spreadsheets read as formulas too."""


def guard(text: str) -> str:
    """The cell to write for `text`."""
    return f"'{text}" if text.startswith(_RISKY) else text


def unguard(cell: str) -> str:
    """The text of a cell that `guard` wrote."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_RISKY) else cell
