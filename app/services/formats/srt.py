"""SubRip: numbered cues, comma milliseconds, the speaker as a `caller:` prefix."""

from __future__ import annotations

from app.domain.transcript_files import Transcript
from app.services.formats import times
from app.services.formats.build import Builder
from app.services.formats.doc import LabelDoc
from app.services.formats.text import encode
from app.services.formats.vtt import cue_blocks, prefix_speaker, timed_rows


def write(doc: LabelDoc) -> bytes:
    """The labels as SubRip, in order of time."""
    blocks = []
    for number, (start, end, speaker, text) in enumerate(timed_rows(doc), start=1):
        head = f"{times.clock_ms(start, ',')} --> {times.clock_ms(end, ',')}"
        blocks.append(f"{number}\n{head}\n{speaker}: {text}".rstrip(" ") + "\n")
    return encode("\n".join(blocks))


def read(text: str) -> Transcript:
    """Cues of a SubRip file; tags such as `<i>` are left as they are."""
    builder = Builder("srt")
    for row, start, end, lines in cue_blocks(text, builder):
        speaker, body = prefix_speaker("\n".join(lines))
        builder.cue(row, start, end, speaker=speaker, text=body.strip())
    return builder.finish()
