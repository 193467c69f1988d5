"""Two mono files that are one call, told by their names; and the files that go with a recording."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.services.formats import TRANSCRIPT_SUFFIXES

_SIDES: tuple[tuple[str, str], ...] = (
    ("caller", "agent"),
    ("callee", "agent"),
    ("customer", "agent"),
    ("client", "agent"),
    ("user", "agent"),
    ("user", "assistant"),
    ("user", "bot"),
    ("human", "bot"),
    ("human", "agent"),
    ("caller", "callee"),
    ("inbound", "outbound"),
    ("left", "right"),
    ("in", "out"),
    ("rx", "tx"),
    ("l", "r"),
    ("ch0", "ch1"),
    ("channel0", "channel1"),
)
_ENDING = re.compile(r"^(.*?)([-_. ]?)([a-z]+[01]?)$", re.IGNORECASE)
_DOT_NUMBER = re.compile(r"^(.+)\.([01])$")
_PREFERENCE = (
    ".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".vtt", ".srt", ".textgrid", ".eaf", ".stm",
    ".ctm", ".rttm", ".txt",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NamedPair:
    """Two files whose names differ only in the side that they name; `base` is what they share."""

    caller: Path
    agent: Path
    base: str


def pairs(paths: Iterable[Path]) -> list[NamedPair]:
    """Pairs among `paths` by name, within each folder. A file is in one pair at most.

    Understood are endings such as `_caller`/`_agent`, `-left`/`-right`, `user`/`assistant`,
    `in`/`out` behind a separator (or as the whole name), and `.0`/`.1`.
    """
    by_key: dict[tuple[Path, str, str, str], Path] = {}
    order: list[Path] = []
    for path in paths:
        base, mark, side = _side(path)
        if side:
            by_key.setdefault((path.parent, base, mark, side), path)
            order.append(path)
    used: set[Path] = set()
    found: list[NamedPair] = []
    for path in order:
        base, mark, side = _side(path)
        for first, second in (*_SIDES, ("0", "1")):
            if side != first or path in used:
                continue
            mate = by_key.get((path.parent, base, mark, second))
            if mate is not None and mate not in used:
                used |= {path, mate}
                found.append(NamedPair(caller=path, agent=mate, base=base))
    return found


def _side(path: Path) -> tuple[str, str, str]:
    """(base, separator, side) of a file name; side empty where the name has none."""
    number = _DOT_NUMBER.match(path.stem)
    if number:
        return number[1].lower(), ".", number[2]
    match = _ENDING.match(path.stem)
    if match is None or (match[1] and not match[2]):
        return path.stem.lower(), "", ""
    names = {name for pair in _SIDES for name in pair}
    side = match[3].lower()
    return (match[1].lower(), match[2], side) if side in names else (path.stem.lower(), "", "")


@dataclass(frozen=True, slots=True)
class Companions:
    """Files that go with a recording: transcripts best first, its side car, Audacity tiers."""

    transcripts: tuple[Path, ...]
    sidecar: Path | None
    tiers: dict[str, Path]


def companions(stems: Sequence[str], nearby: Sequence[Path], *, alone: bool) -> Companions:
    """The files of the same folder that belong to a recording with one of these stems.

    `call.vtt`, `call_transcript.json`, `call.transcript.csv` and `call.wav.srt` go with
    `call.wav`; so does `transcript.json` where the recording is `alone` in its folder.
    `call.meta.json` holds call fields; `call.<tier>.txt` are Audacity label tracks.
    """
    transcripts: list[Path] = []
    tiers: dict[str, Path] = {}
    sidecar: Path | None = None
    wanted = [s.lower() for s in stems]
    for path in nearby:
        stem, suffix = path.stem.lower(), path.suffix.lower()
        if suffix not in TRANSCRIPT_SUFFIXES:
            continue
        for want in wanted:
            rest = stem.removeprefix(want) if stem.startswith(want) else None
            if rest is None:
                continue
            if suffix == ".json" and rest in (".meta", "_meta", "-meta"):
                sidecar = path
            elif suffix == ".txt" and rest.startswith(".") and len(rest) > 1:
                tiers[path.stem[len(want) + 1 :]] = path
            elif _is_transcript_rest(rest):
                transcripts.append(path)
            else:
                continue
            break
        else:
            if alone and stem in ("transcript", "labels", "transcription"):
                transcripts.append(path)
            elif alone and path.name.lower() in ("meta.json", "metadata.json"):
                sidecar = sidecar or path
    transcripts.sort(key=lambda p: (_PREFERENCE.index(p.suffix.lower()), p.name))
    return Companions(transcripts=tuple(transcripts), sidecar=sidecar, tiers=tiers)


def _is_transcript_rest(rest: str) -> bool:
    if rest == "":
        return True
    plain = rest.lstrip("._- ")
    return rest != plain and (
        plain in ("transcript", "transcription", "labels", "segments", "turns", "words", "asr")
        or f".{plain}" in _AUDIO_ENDINGS
    )


_AUDIO_ENDINGS = frozenset({".wav", ".mp3", ".flac", ".m4a", ".ogg", ".opus"})
