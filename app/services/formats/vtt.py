"""WebVTT: `<v caller>` cues, millisecond times. Markup of other tools stays literal text."""

from __future__ import annotations

import html
import re

from app.domain.transcript_files import Transcript
from app.services.formats import times
from app.services.formats.build import Builder
from app.services.formats.doc import LabelDoc
from app.services.formats.text import encode, one_line, read_lines

_VOICE = re.compile(r"^\s*<v(?:\.[^\s>]*)?\s+([^>]*)>")
_TIMES = re.compile(r"^\s*[\d:]+[.,]?\d*\s+-->\s+[\d:]+")
_PREFIX = re.compile(r"^\s*(?:- )?[\[(]?([\w .-]{1,40}?)[\])]?\s*:\s?")


def write(doc: LabelDoc) -> bytes:
    """The labels as WebVTT, in order of time."""
    blocks = ["WEBVTT\n"]
    for start, end, speaker, text in timed_rows(doc):
        head = f"{times.clock_ms(start, '.')} --> {times.clock_ms(end, '.')}"
        body = html.escape(text, quote=False)
        blocks.append(f"{head}\n<v {speaker}>{body}\n")
    return encode("\n".join(blocks))


def timed_rows(doc: LabelDoc) -> list[tuple[int, int, str, str]]:
    """(start ms, end ms, speaker, one-line text) of each label; an end is after its start."""
    rows = []
    for label in doc.labels:
        start = times.to_millis(label.start, doc.rate_hz)
        end = max(times.to_millis(label.end, doc.rate_hz), start + 1)
        rows.append((start, end, label.speaker, one_line(label.text)))
    return sorted(rows)


def read(text: str) -> Transcript:
    """Cues of a WebVTT file. `<v name>` gives the speaker; other tags are left as they are."""
    builder = Builder("vtt")
    for row, start, end, lines in cue_blocks(text, builder):
        body = "\n".join(lines)
        speaker, body = _voice(body)
        if not speaker:
            speaker, body = prefix_speaker(body)
        builder.cue(row, start, end, speaker=speaker, text=html.unescape(body).strip())
    return builder.finish()


def _voice(body: str) -> tuple[str, str]:
    match = _VOICE.match(body)
    if match is None:
        return "", body
    rest = body[match.end() :]
    if rest.rstrip().endswith("</v>"):
        rest = rest.rstrip()[: -len("</v>")]
    return html.unescape(match.group(1)).strip(), rest


def prefix_speaker(body: str) -> tuple[str, str]:
    """Speaker and rest of `caller: text`; no speaker where the word is no speaker's label."""
    from app.services.formats.speakers import looks_like_label

    match = _PREFIX.match(body)
    if match is None or not looks_like_label(match.group(1)):
        return "", body
    return match.group(1).strip(), body[match.end() :]


def cue_blocks(text: str, builder: Builder) -> list[tuple[int, float, float, list[str]]]:
    """(row, start, end, lines) of each block with a `-->` line, of WebVTT and SubRip alike."""
    lines = read_lines(text)
    blocks: list[tuple[int, float, float, list[str]]] = []
    at = 0
    while at < len(lines):
        if "-->" not in lines[at]:
            at += 1
            continue
        row, (left, _, right) = at + 1, lines[at].partition("-->")
        start, end = times.clock(left), times.clock((right.split() or [""])[0])
        at += 1
        body: list[str] = []
        while at < len(lines) and lines[at].strip() and not _TIMES.match(lines[at]):
            body.append(lines[at])
            at += 1
        if start is None or end is None:
            builder.reject(row, f"'{lines[row - 1].strip()[:60]}' is not a time line")
        else:
            blocks.append((row, start, end, body))
    return blocks
