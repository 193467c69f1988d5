"""NIST CTM: one timed word a line, channel A the caller and B the agent."""

from __future__ import annotations

import re

from app.domain.transcript_files import Transcript
from app.services.formats import times
from app.services.formats.build import Builder
from app.services.formats.doc import LabelDoc
from app.services.formats.text import encode, one_line, read_lines

CHANNEL = {"caller": "A", "agent": "B"}
_SPEAKER = {"A": "caller", "B": "agent", "1": "caller", "2": "agent"}


def write(doc: LabelDoc) -> bytes:
    """The words, by channel and start; the confidence only where it is known."""
    rows = []
    for speaker, words in doc.words.items():
        for word in words:
            text = re.sub(r"\s+", "_", one_line(word.text))
            if not text:
                continue
            start = times.to_micros(word.span.start, doc.rate_hz)
            end = max(times.to_micros(word.span.end, doc.rate_hz), start)
            sure = "" if word.confidence is None else f" {word.confidence:.4f}"
            rows.append((CHANNEL[speaker], start, end - start, text, sure))
    return encode(
        "".join(
            f"{doc.file_id} {channel} {times.micros(start)} {times.micros(length)} {text}{sure}\n"
            for channel, start, length, text, sure in sorted(rows)
        )
    )


def read(text: str) -> Transcript:
    """Words joined to lines where they follow each other closely; `;;` comments passed over."""
    builder = Builder("ctm")
    for row, line in enumerate(read_lines(text), start=1):
        fields = line.split()
        if not fields or fields[0].startswith(";;"):
            continue
        if len(fields) < 5:
            builder.reject(row, f"{len(fields)} fields where CTM has five or six")
            continue
        try:
            start, length = times.number(fields[2]), times.number(fields[3])
        except times.TimeError as error:
            builder.reject(row, str(error))
            continue
        if length < 0:
            builder.reject(row, f"negative duration ({length:g} s)")
            continue
        builder.word(
            row,
            start,
            round(start + length, 6),
            speaker=_SPEAKER.get(fields[1].upper(), fields[1]),
            text=fields[4],
            confidence=fields[5] if len(fields) > 5 else None,
        )
    return builder.finish()
