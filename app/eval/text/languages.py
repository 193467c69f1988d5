"""Which language a text is in, as far as normalising needs to know."""

from __future__ import annotations

import re

UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
"""Kana and Han: scripts written without spaces between words."""

_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
_KANA = re.compile(r"[\u3040-\u30ff]")

BY_CHARACTER = frozenset({"zh", "ja", "ko"})
"""Languages whose error rate is counted in characters (OutboundEval C7, EVA section 8)."""

_OTHER_TAGS = {"cmn": "zh", "yue": "zh", "jpn": "ja", "kor": "ko", "eng": "en"}
_NAMES = {"english": "en", "chinese": "zh", "mandarin": "zh", "japanese": "ja", "korean": "ko"}


def base_language(tag: str) -> str:
    """`en` of `en-US`, `zh` of `cmn_Hans`; empty where nothing is said.

    Args:
        tag: a language tag (BCP 47), or the English name of a common language.
    """
    first = re.split(r"[-_]", tag.strip().lower(), maxsplit=1)[0]
    return _OTHER_TAGS.get(first) or _NAMES.get(first, first)


def script_language(text: str) -> str:
    """`zh`, `ja` or `ko` where most letters of `text` are of that script, else empty.

    For texts whose language is not stated: Chinese cut at spaces would be a few endless words.
    """
    letters = sum(c.isalpha() for c in text)
    han, hangul = len(UNSPACED.findall(text)), len(_HANGUL.findall(text))
    if 2 * (han + hangul) <= letters:
        return ""
    if hangul > han:
        return "ko"
    return "ja" if _KANA.search(text) else "zh"
