"""Bytes to text and back: which encoding, and what a one-line label may hold."""

from __future__ import annotations

import codecs
import re

from app.domain.errors import BadInput

MAX_BYTES = 64 * 1024 * 1024
"""Larger transcript files are refused: an hour of word-timed speech is under 5 MB."""

NEAR = 0.05
"""Disorder by which the western guess may be worse than the central European one, which fits the
same bytes but is rarer."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES = [
    "gb18030", "shift_jis", "euc_jp", "euc_kr", "big5", "cp1252", "latin_1", "cp1251", "cp1250",
]  # fmt: skip
_LINE_BREAKS = re.compile(r"\r\n|[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
_UNWRITABLE = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def decode(data: bytes, *, name: str = "file") -> tuple[str, str]:
    """The text of `data` and the encoding that was chosen.

    A byte order mark decides; then strict UTF-8; then UTF-16 without a mark (told by its zero
    bytes); then the statistical guess of charset-normalizer among common encodings.

    Args:
        data: the whole file.
        name: the file's name, for the message.

    Raises:
        BadInput: it is too large, or it is no text at all.
    """
    if len(data) > MAX_BYTES:
        raise BadInput(
            f"{name} is larger than {MAX_BYTES // 2**20} MB.", "Split it, one file for each call."
        )
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strict(data, encoding, name).removeprefix("\ufeff"), encoding
    if b"\x00" not in data:
        try:
            return data.decode("utf-8"), "utf-8"
        except UnicodeDecodeError:
            return _guess(data, name)
    return _zero_bytes(data, name)


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{name} says that it is {encoding}, but byte {error.start} does not fit.",
            "Save it again as UTF-8.",
        ) from error


def _zero_bytes(data: bytes, name: str) -> tuple[str, str]:
    """UTF-16 without a mark has its zero bytes on one side; anything else is binary."""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    if abs(even - odd) * 3 > len(data) // 2:
        return _strict(data, encoding, name), encoding
    raise BadInput(f"{name} is not a text file.", "Choose a transcript saved as text.")


def _guess(data: bytes, name: str) -> tuple[str, str]:
    from charset_normalizer import from_bytes

    matches = from_bytes(data, cp_isolation=_CANDIDATES, steps=10)
    best = matches.best()
    if best is None:
        raise BadInput(f"The encoding of {name} cannot be told.", "Save it again as UTF-8.")
    western = next((m for m in matches if m.encoding in ("cp1252", "latin_1")), None)
    if western is not None and best.encoding == "cp1250" and western.chaos <= best.chaos + NEAR:
        best = western
    return str(best), best.encoding


def one_line(text: str) -> str:
    """`text` as label formats can hold it: one line, no control characters, no outer blanks."""
    return _UNWRITABLE.sub("", _LINE_BREAKS.sub(" ", text)).strip()


def encode(text: str) -> bytes:
    """UTF-8 as all our files are written."""
    return text.encode("utf-8")


def read_lines(text: str) -> list[str]:
    """Lines ended by LF, CRLF or CR only (`str.splitlines` also breaks at U+2028 and others)."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
