"""NIST STM: one reference line an utterance; redacted spans are not to be scored."""

from __future__ import annotations

import re

from app.domain.transcript_files import Transcript
from app.services.formats import times
from app.services.formats.build import Builder
from app.services.formats.doc import LabelDoc
from app.services.formats.text import encode, one_line, read_lines

CHANNEL = {"caller": "A", "agent": "B"}
IGNORE = "IGNORE_TIME_SEGMENT_IN_SCORING"
_LABEL = re.compile(r"^<[A-Za-z0-9_,]+>$")


def write(doc: LabelDoc) -> bytes:
    """The labels, by start. The label field is always there, so that text may begin with `<`."""
    rows = []
    for label in doc.labels:
        start = times.to_micros(label.start, doc.rate_hz)
        end = max(times.to_micros(label.end, doc.rate_hz), start + 1)
        rows.append((start, CHANNEL[label.speaker], label.speaker, end, one_line(label.text)))
    lines = [
        f"{doc.file_id} {channel} {speaker} {times.micros(start)} {times.micros(end)} <o> {text}"
        for start, channel, speaker, end, text in sorted(rows)
    ]
    for mark in doc.redacted:
        span = f"{times.seconds(mark.start, doc.rate_hz)} {times.seconds(mark.end, doc.rate_hz)}"
        sides = {s: c for s, c in CHANNEL.items() if mark.text in (s, "")}
        lines += [f"{doc.file_id} {c} {s} {span} <o> {IGNORE}" for s, c in sides.items()]
    return encode("".join(line.rstrip(" ") + "\n" for line in lines))


def read(text: str) -> Transcript:
    """STM lines with or without the label field; `;;` comments and ignored spans passed over."""
    builder = Builder("stm")
    for row, line in enumerate(read_lines(text), start=1):
        if not line.strip() or line.lstrip().startswith(";;"):
            continue
        fields = line.split(maxsplit=5)
        if len(fields) < 5:
            builder.reject(row, f"{len(fields)} fields where STM has five or more")
            continue
        rest = fields[5] if len(fields) > 5 else ""
        first, _, after = rest.partition(" ")
        if _LABEL.match(first):
            rest = after
        if rest.strip() == IGNORE:
            builder.mark(row, "redacted", fields[3], fields[4], "")
            continue
        speaker = fields[2]
        builder.cue(row, fields[3], fields[4], speaker=speaker, text=rest.strip())
    return builder.finish()
