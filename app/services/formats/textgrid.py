"""Praat TextGrid: the long text form written, long and short read.

A TextGrid is a run of free-standing numbers, quoted texts and `<flags>`; everything else in it
is decoration. Reading by that rule takes long, short and hand-edited files alike, also where a
label holds line breaks or words such as `xmin =`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.domain.errors import BadInput
from app.domain.transcript_files import Transcript
from app.services.formats import times
from app.services.formats.build import Builder
from app.services.formats.doc import NO_TEXT, LabelDoc, Tier, tiers
from app.services.formats.text import encode

_TOKEN = re.compile(
    r'"(?P<text>(?:[^"]|"")*)"'
    r"|<(?P<flag>exists|absent)>"
    r"|(?<![^\s])(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?![^\s])"
    r"|(?<![^\s])(?P<odd>[-+]?(?:nan|inf|infinity|--undefined--))(?![^\s])"
    r"|![^\n]*",
    re.IGNORECASE,
)


def write(doc: LabelDoc) -> bytes:
    """The long text form: gaps as empty intervals, times in seconds with six decimals."""
    all_tiers = tiers(doc)
    last = max((m.end for t in all_tiers for m in t.marks), default=0)
    total = max(doc.frame_count, last, 1)
    out = [
        'File type = "ooTextFile"\nObject class = "TextGrid"\n\n'
        f"xmin = 0 \nxmax = {times.seconds(total, doc.rate_hz)} \n"
        f"tiers? <exists> \nsize = {len(all_tiers)} \nitem []: \n"
    ]
    for number, tier in enumerate(all_tiers, start=1):
        out.append(
            _points(number, tier, doc, total)
            if tier.point
            else _intervals(number, tier, doc, total)
        )
    return encode("".join(out))


def _head(number: int, kind: str, tier: Tier, end: str) -> str:
    return (
        f'    item [{number}]:\n        class = "{kind}" \n        name = "{_quoted(tier.name)}" \n'
        f"        xmin = 0 \n        xmax = {end} \n"
    )


def _intervals(number: int, tier: Tier, doc: LabelDoc, total: int) -> str:
    filled: list[tuple[int, int, str]] = []
    at = 0
    for mark in tier.marks:
        if mark.start > at:
            filled.append((at, mark.start, ""))
        filled.append((mark.start, mark.end, mark.text or (NO_TEXT if tier.speech else "-")))
        at = mark.end
    if at < total:
        filled.append((at, total, ""))
    out = [_head(number, "IntervalTier", tier, times.seconds(total, doc.rate_hz))]
    out.append(f"        intervals: size = {len(filled)} \n")
    for index, (start, end, text) in enumerate(filled, start=1):
        out.append(
            f"        intervals [{index}]:\n"
            f"            xmin = {times.seconds(start, doc.rate_hz)} \n"
            f"            xmax = {times.seconds(end, doc.rate_hz)} \n"
            f'            text = "{_quoted(text)}" \n'
        )
    return "".join(out)


def _points(number: int, tier: Tier, doc: LabelDoc, total: int) -> str:
    out = [_head(number, "TextTier", tier, times.seconds(total, doc.rate_hz))]
    out.append(f"        points: size = {len(tier.marks)} \n")
    for index, mark in enumerate(tier.marks, start=1):
        out.append(
            f"        points [{index}]:\n"
            f"            number = {times.seconds(mark.start, doc.rate_hz)} \n"
            f'            mark = "{_quoted(mark.text)}" \n'
        )
    return "".join(out)


def _quoted(text: str) -> str:
    return text.replace('"', '""')


def read(text: str) -> Transcript:
    """Tiers named for a speaker as lines (or words), the others as marks.

    Raises:
        BadInput: it is no TextGrid, or it ends in the middle.
    """
    tokens = _tokens(text)
    if not str(next(tokens, "")).startswith("ooTextFile") or next(tokens, None) != "TextGrid":
        raise BadInput("This is not a TextGrid.", "Save it from Praat as a text file.")
    builder = Builder("textgrid")
    try:
        next(tokens)
        next(tokens)
        if next(tokens) != "<exists>":
            return builder.finish()
        for _ in range(_count(next(tokens))):
            _read_tier(tokens, builder)
    except StopIteration:
        cut_off = "the TextGrid ends in the middle; what came before was read"
        builder.notes.append(cut_off)
        builder.reject(0, cut_off)
    builder.promote()
    return builder.finish()


def _tokens(text: str) -> Iterator[str | float]:
    for match in _TOKEN.finditer(text):
        if match["text"] is not None:
            yield match["text"].replace('""', '"')
        elif match["number"] is not None:
            yield float(match["number"])
        elif match["odd"] is not None:
            yield float("nan")
        elif match["flag"] is not None:
            yield f"<{match['flag'].lower()}>"


def _count(token: str | float) -> int:
    if not isinstance(token, float) or not 0 <= token < 10_000_000:
        raise BadInput("This TextGrid is broken: a count is missing.", "Save it again from Praat.")
    return int(token)


def _read_tier(tokens: Iterator[str | float], builder: Builder) -> None:
    kind, name = str(next(tokens)), str(next(tokens))
    next(tokens)
    next(tokens)
    for row in range(1, _count(next(tokens)) + 1):
        start = next(tokens)
        end = start if kind == "TextTier" else next(tokens)
        label = str(next(tokens))
        if kind == "TextTier" or label.strip():
            builder.tier(row, name, start, end, label, blank=NO_TEXT)
