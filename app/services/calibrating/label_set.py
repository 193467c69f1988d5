"""Labels from elsewhere before they are stored: calls without audio, a rubric, and ratings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.domain.calls import Speaker
from app.services.importing.foreign import ForeignCall, ForeignEvent, ForeignLayer, ForeignLine

SOURCE = "labels"
WORDS_PER_S = 2.5
PAUSE_S = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A row that is not taken."""

    row: int
    """Line of the file, from 1."""
    reason: str
    hint: str = ""
    """What to do about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One rating. Without a clip's name it is of the whole call."""

    row: int
    call: str
    """Identity of its call; or the code of one that is here."""
    rater: str
    criterion: str
    value: float
    clip: str = ""
    rationale: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSet:
    """A whole file."""

    name: str
    """Where the labels come from; with a rater's name it says who that is."""
    calls: tuple[ForeignCall, ...]
    rubric: Mapping[str, Any] | str
    """A rubric's plain form, or the key of one that is here, whose newest version is meant."""
    labels: tuple[Label, ...]
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """Something of a call, in order: speech, or a tool that was used."""

    speaker: Speaker | None
    text: str
    """Of a tool: its name."""


def call_of(
    path: Path,
    name: str,
    identity: str,
    title: str,
    said: Sequence[Said],
    *,
    documents: Mapping[str, bytes] | None = None,
    tags: tuple[str, ...] = (),
) -> ForeignCall:
    """A call without audio. Times are estimated from the words: they give the order alone.

    Args:
        path: the file.
        name: of the label set.
        identity: which call of it.
        title: as shown.
        said: in order; may be empty.
        documents: kept with the call.
        tags: of the call.
    """
    lines, events, at_s = [], [], 0.0
    for one in said:
        if one.speaker is None:
            events.append(ForeignEvent(kind="tool", start_s=at_s, label=one.text))
            continue
        end_s = at_s + max(1, len(one.text.split())) / WORDS_PER_S
        lines.append(ForeignLine(speaker=one.speaker, start_s=at_s, end_s=end_s, text=one.text))
        at_s = end_s + PAUSE_S
    bare = tuple(ForeignLine(speaker=x.speaker, start_s=x.start_s, end_s=x.end_s) for x in lines)
    about: dict[str, Any] = {"producer": name, "params": {"time_basis": "estimated"}}
    layers = (
        ForeignLayer(kind="transcript", name="Text", lines=tuple(lines), **about),
        ForeignLayer(kind="speech", name="Estimated turns", lines=bare, **about),
    )
    return ForeignCall(
        source=SOURCE, identity=f"{name}\n{identity}", title=title, path=path, duration_s=None,
        layers=layers if lines else (), events=tuple(events), documents=documents or {},
        tags=("labels", *tags), extra={"label_set": name, "label_item": identity},
    )  # fmt: skip
