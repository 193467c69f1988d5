"""Audacity labels: `start<TAB>end<TAB>text`, one file for each tier."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.transcript_files import Transcript
from app.services.formats import times
from app.services.formats.build import Builder
from app.services.formats.doc import LabelDoc, Tier, tiers
from app.services.formats.speakers import known
from app.services.formats.text import encode, one_line, read_lines


def write(doc: LabelDoc) -> dict[str, bytes]:
    """A label file for each tier, by the tier's name. Points have equal times."""
    return {tier.name: _tier(tier, doc.rate_hz) for tier in tiers(doc)}


def _tier(tier: Tier, rate_hz: int) -> bytes:
    return encode(
        "".join(
            f"{times.seconds(m.start, rate_hz)}\t{times.seconds(m.end, rate_hz)}"
            f"\t{one_line(m.text)}\n"
            for m in tier.marks
        )
    )


def read(text: str, tier: str = "") -> Transcript:
    """Labels of one track, as `read_tiers` reads them."""
    return read_tiers({tier: text})


def read_tiers(texts: Mapping[str, str]) -> Transcript:
    """Label tracks of one call; lines that begin with a backslash (frequency range) are no labels.

    Args:
        texts: the files by tier name, as in the file's name (`call.caller_turns.txt`). The name
            gives the speaker; a tier of words, or of no speaker, is read as such.
    """
    builder = Builder("audacity")
    for tier, text in texts.items():
        for row, line in enumerate(read_lines(text), start=1):
            if line.strip() and not line.startswith("\\"):
                _label(builder, row, line, tier)
    return builder.finish()


def _label(builder: Builder, row: int, line: str, tier: str) -> None:
    fields = line.split("\t", 2)
    if len(fields) < 2:
        builder.reject(row, "no tab between start and end")
        return
    text = fields[2].strip() if len(fields) > 2 else ""
    if tier:
        builder.tier(row, tier, fields[0], fields[1], text)
    else:
        _plain(builder, row, fields[0], fields[1], text)


def _plain(builder: Builder, row: int, start: str, end: str, label: str) -> None:
    """A label of a track with no name: `caller: text`, or a label that is only the speaker."""
    from app.services.formats.vtt import prefix_speaker

    speaker, text = prefix_speaker(label)
    if not speaker and known(label):
        speaker, text = label, ""
    builder.cue(row, start, end, speaker=speaker, text=text.strip())
