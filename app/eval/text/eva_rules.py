"""EVA's rules for `stt_wer` 0.1: written and spelled-out identifiers and numbers come out alike.

Source: EVA-Bench, `stt_wer` 0.1 (diagnostic metrics). In order: three or more single letters in a
row are one word; a spoken "dash" between words goes; groups joined by hyphens are one word where
they hold a digit (a date of the form 2025-01-31 is three); then piece by piece between commas
that are not inside a number: Whisper's normaliser of the language, lower case, punctuation
deleted; last, leading zeros go and ordinal endings are put on their number.
"""

from __future__ import annotations

import re
import unicodedata

from app.eval.text.plain_rules import safe, simple_apostrophes
from app.eval.text.whisper_rules import whisper

_SPELLED = re.compile(r"\b(?:[a-zA-Z] ){2,}[a-zA-Z]\b")
_DASH = re.compile(r"(?<=\w)\s+dash\s+(?=\w)", re.IGNORECASE)
_HYPHENED = re.compile(r"(?<!\w)\w+(?:-\w+)+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_COMMA = re.compile(r"(?<!\d),(?!\d)")
_LEADING_ZEROS = re.compile(r"\b0+(\d+)\b")
_ORDINAL = re.compile(r"(?<=\d)\s+(?=(?:st|nd|rd|th)\b)")


def eva(text: str, language: str) -> str:
    """`text` by EVA's rules in `language` (base tag); English where none is given."""
    text = simple_apostrophes(safe(text))
    text = _SPELLED.sub(lambda found: found[0].replace(" ", "").upper(), text)
    text = _DASH.sub(" ", text)
    text = _HYPHENED.sub(_hyphens, text)
    text = " ".join(_piece(piece, language or "en") for piece in _COMMA.split(text))
    return _ORDINAL.sub("", _LEADING_ZEROS.sub(r"\1", text))


def _hyphens(found: re.Match[str]) -> str:
    group = found[0]
    if _DATE.fullmatch(group):
        return group.replace("-", " ")
    return group.replace("-", "") if any(c.isdigit() for c in group) else group


def _piece(piece: str, language: str) -> str:
    rewrite = whisper(language) if language != "ja" else _widths
    return "".join(c for c in rewrite(piece).lower() if not unicodedata.category(c).startswith("P"))


def _widths(piece: str) -> str:
    """Japanese: only full-width letters and digits, half-width kana."""
    return unicodedata.normalize("NFKC", piece)
