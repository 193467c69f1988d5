"""NIST RTTM: who spoke when, three decimals, channel 1 the caller and 2 the agent."""

from __future__ import annotations

from app.domain.transcript_files import Transcript
from app.services.formats import times
from app.services.formats.build import Builder
from app.services.formats.doc import LabelDoc
from app.services.formats.text import encode, read_lines

CHANNEL = {"caller": "1", "agent": "2"}
_SPEAKER = {number: speaker for speaker, number in CHANNEL.items()}


def write(doc: LabelDoc) -> bytes:
    """One SPEAKER line (ten fields) for each label, by onset."""
    rows = []
    for label in doc.labels:
        start = times.to_millis(label.start, doc.rate_hz)
        end = max(times.to_millis(label.end, doc.rate_hz), start + 1)
        rows.append((start, CHANNEL[label.speaker], end - start, label.speaker))
    return encode(
        "".join(
            f"SPEAKER {doc.file_id} {channel} {start / 1000:.3f} {length / 1000:.3f} "
            f"<NA> <NA> {speaker} <NA> <NA>\n"
            for start, channel, length, speaker in sorted(rows)
        )
    )


def read(text: str) -> Transcript:
    """SPEAKER lines of nine or ten fields; other line types and `;;` comments are passed over."""
    builder = Builder("rttm")
    passed = 0
    for row, line in enumerate(read_lines(text), start=1):
        fields = line.split()
        if not fields or fields[0].startswith(";;"):
            continue
        if fields[0].upper() != "SPEAKER":
            passed += 1
            continue
        if len(fields) < 8:
            builder.reject(row, f"{len(fields)} fields where RTTM has nine or ten")
            continue
        try:
            start, length = times.number(fields[3]), times.number(fields[4])
        except times.TimeError as error:
            builder.reject(row, str(error))
            continue
        if length < 0:
            builder.reject(row, f"negative duration ({length:g} s)")
            continue
        speaker = fields[7] if fields[7] != "<NA>" else _SPEAKER.get(fields[2], fields[2])
        builder.cue(row, start, _plus(start, length), speaker=speaker)
    if passed:
        builder.notes.append(f"{passed} lines are not of type SPEAKER and were passed over")
    return builder.finish()


def _plus(start: float, length: float) -> float:
    """The end, without the dust that adding two decimals leaves."""
    return round(start + length, 6)
