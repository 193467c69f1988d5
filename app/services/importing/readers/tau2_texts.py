"""Words of a tau2-bench simulation that its ticks do not hold: label files, and text runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.domain.calls import Speaker
from app.domain.errors import UserError
from app.domain.json_shapes import listing, mapping
from app.services.formats import audacity
from app.services.formats.text import decode
from app.services.importing.foreign import ForeignEvent, ForeignLayer, ForeignLine
from app.services.importing.foreign_files import epoch_s, read_bytes, within, words
from app.services.importing.readers.tau2_speech import Spoken, text_layer, tool_event

WORD_S, LEAST_S, GAP_S = 0.35, 0.4, 0.5
"""Length given to a message: seconds a word, at least, and between two."""
LABELS: tuple[tuple[Speaker, str], ...] = (
    ("caller", "user_labels.txt"),
    ("agent", "assistant_labels.txt"),
)
LABEL_CUT = 200


def of_labels(audio: Path, producer: str) -> Spoken:
    """The label files beside a recording: speech with its text, cut by tau2 to 200 characters."""
    found = Spoken()
    lines: list[ForeignLine] = []
    for speaker, name in LABELS:
        for start_s, end_s, text in _cues(audio, name, found):
            line = ForeignLine(speaker=speaker, start_s=start_s, end_s=end_s, text=text)
            lines.append(line)
    cut = sum(len(line.text) >= LABEL_CUT for line in lines)
    if cut:
        found.losses.append(f"The end of {cut} texts: label files hold {LABEL_CUT} characters.")
    params = {"time_basis": "audio", "from": "label files"}
    if lines:
        found.layers.append(text_layer("intended", lines, producer, params))
    for start_s, end_s, text in _cues(audio, "assistant_tool_calls_labels.txt", found):
        event = ForeignEvent(kind="tool", start_s=start_s, end_s=end_s, label=words(text, 120))
        found.events.append(event)
    return found


def _cues(audio: Path, name: str, found: Spoken) -> list[tuple[float, float, str]]:
    path = within(audio, name)
    if path is None:
        return []
    try:
        text, _ = decode(read_bytes(path), name=name)
        read = audacity.read(text, "caller_turns")
    except UserError as error:
        found.losses.append(error.what)
        return []
    if read.rejected:
        found.losses.append(f"{read.rejected} lines of {name} that could not be read.")
    return [(c.start_s, c.end_s, c.text) for c in read.cues]


def of_messages(body: Mapping[str, Any], start_s: float | None, producer: str) -> Spoken:
    """A text run: messages in order, by their stamps if they have any."""
    found = Spoken()
    lines: list[ForeignLine] = []
    at = 0.0
    stamped = False
    for message in map(mapping, listing(body.get("messages"))):
        stamp = epoch_s(message.get("timestamp"))
        if stamp is not None and start_s is not None and stamp - start_s >= at:
            at, stamped = stamp - start_s, True
        speaker = {"user": "caller", "assistant": "agent"}.get(words(message.get("role")))
        for call in listing(message.get("tool_calls")):
            found.events.append(tool_event(mapping(call), at, None))
        text = message.get("content")
        if speaker is None or not isinstance(text, str) or not text.strip():
            continue
        end = at + max(LEAST_S, WORD_S * len(text.split()))
        who: Any = speaker
        lines.append(ForeignLine(speaker=who, start_s=at, end_s=end, text=" ".join(text.split())))
        at = end + GAP_S
    params = {"time_basis": "estimated" if stamped else "none"}
    speech = tuple(ForeignLine(speaker=x.speaker, start_s=x.start_s, end_s=x.end_s) for x in lines)
    found.layers = [
        ForeignLayer(
            kind="speech", name="tau2 messages", producer=producer, lines=speech, params=params
        ),
        text_layer("intended", lines, producer, params),
    ]
    return found
