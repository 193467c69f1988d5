"""Replay a person's corrections over a machine's segments. Pure; knows nothing of storage.

The machine's segments are never changed: the result is a new tuple in order of onset. A rule that
an edit would break raises `EditError` in words that a reviewer can act on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, get_args

from app.domain.calls import SPEAKERS, Span
from app.domain.errors import BadInput
from app.domain.segments import LayerEdit, Segment, Word
from app.domain.turns import OverlapKind

Segments = dict[str, Segment]
OVERLAP_KINDS: tuple[str, ...] = get_args(OverlapKind)


class EditError(BadInput):
    """The edit cannot be made on these segments."""


def replay(parent: Sequence[Segment], edits: Iterable[LayerEdit]) -> tuple[Segment, ...]:
    """The parent's segments after all `edits`, in order of onset.

    Args:
        parent: segments of the immutable layer beneath.
        edits: the edits in force, oldest first.

    Raises:
        EditError: an edit names a segment that is not there, or breaks a rule.
    """
    segments = {s.id: s for s in parent}
    for edit in edits:
        apply(segments, edit.op, edit.payload)
    return ordered(segments.values())


def overrides(edits: Iterable[LayerEdit]) -> dict[str, OverlapKind]:
    """Overlap kinds set by a person: segment id → kind; the latest wins."""
    return {
        str(e.payload["segment_id"]): e.payload["overlap_kind"] for e in edits if e.op == "relabel"
    }


def ordered(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """In order of onset; the caller first where two begin together."""
    return tuple(sorted(segments, key=lambda s: (s.span.start, s.span.end, s.speaker != "caller")))


def apply(segments: Segments, op: str, payload: dict[str, Any]) -> None:
    """Make one edit in place.

    Raises:
        EditError: unknown operation, missing segment or field, or a broken rule.
    """
    action = _ACTIONS.get(op)
    if action is None:
        raise EditError(f"There is no edit called “{op}”.", f"Use one of {', '.join(_ACTIONS)}.")
    try:
        action(segments, payload)
    except KeyError as missing:
        raise EditError(f"The edit “{op}” lacks {missing}.") from None


def _find(segments: Segments, segment_id: object) -> Segment:
    found = segments.get(str(segment_id))
    if found is None:
        raise EditError(
            f"The segment {segment_id} is not in this layer any more.", "Reload the call."
        )
    return found


def _span(start: object, end: object) -> Span:
    if not isinstance(start, int) or not isinstance(end, int):
        raise EditError("A boundary must be a whole number of frames.")
    if start < 0:
        raise EditError("A segment cannot begin before the call does.")
    if end <= start:
        raise EditError("A segment must end after it begins.", "Move the other boundary first.")
    return Span(start, end)


def _free(segments: Segments, candidate: Segment, *besides: str) -> None:
    """Refuse an overlap with another segment of the same speaker."""
    for s in segments.values():
        if s.id == candidate.id or s.id in besides or s.speaker != candidate.speaker:
            continue
        if s.span.overlap(candidate.span):
            raise EditError(
                f"That would run into another segment of the {s.speaker}.", "Merge the two instead."
            )


def _move(segments: Segments, payload: dict[str, Any]) -> None:
    old = _find(segments, payload["segment_id"])
    new = replace(old, span=_span(payload["start"], payload["end"]))
    _free(segments, new)
    segments[old.id] = new


def _split(segments: Segments, payload: dict[str, Any]) -> None:
    old, at, new_id = _find(segments, payload["segment_id"]), payload["at"], str(payload["new_id"])
    if new_id in segments:
        raise EditError(f"There is a segment {new_id} already.")
    if not isinstance(at, int) or not old.span.start < at < old.span.end:
        raise EditError("The split must lie inside the segment.", "Move the play head into it.")
    head, tail = _share_text(old, at)
    left = replace(old, span=Span(old.span.start, at), text=head[0], words=head[1])
    right = replace(old, id=new_id, span=Span(at, old.span.end), text=tail[0], words=tail[1])
    segments[old.id], segments[new_id] = left, right


_Share = tuple[str, tuple[Word, ...]]


def _share_text(segment: Segment, at: int) -> tuple[_Share, _Share]:
    """Words go to the side of their middle; text without word times stays on the left."""
    if not segment.words:
        return (segment.text, ()), ("", ())
    left = tuple(w for w in segment.words if w.span.start + w.span.end < 2 * at)
    right = segment.words[len(left) :]
    return (_joined(left), left), (_joined(right), right)


def _joined(words: Iterable[Word]) -> str:
    return " ".join(w.text for w in words)


def _merge(segments: Segments, payload: dict[str, Any]) -> None:
    one, two = _find(segments, payload["segment_id"]), _find(segments, payload["with_id"])
    if one.id == two.id:
        raise EditError("A segment cannot be merged with itself.")
    if one.speaker != two.speaker:
        raise EditError("Only segments of one speaker can be merged.")
    first, second = ordered((one, two))
    span = Span(first.span.start, max(first.span.end, second.span.end))
    merged = replace(
        first,
        id=one.id,
        span=span,
        text=" ".join(t for t in (first.text, second.text) if t),
        words=first.words + second.words,
        heard=first.heard or second.heard,
    )
    between = [
        s
        for s in segments.values()
        if s.id not in (one.id, two.id) and s.speaker == one.speaker and s.span.overlap(span)
    ]
    if between:
        raise EditError("Another segment of that speaker lies between.", "Merge with that first.")
    del segments[two.id]
    segments[one.id] = merged


def _delete(segments: Segments, payload: dict[str, Any]) -> None:
    del segments[_find(segments, payload["segment_id"]).id]


def _add(segments: Segments, payload: dict[str, Any]) -> None:
    new_id, speaker = str(payload["segment_id"]), payload["speaker"]
    if new_id in segments:
        raise EditError(f"There is a segment {new_id} already.")
    if speaker not in SPEAKERS:
        raise EditError(f"“{speaker}” is no speaker.", f"Use {' or '.join(SPEAKERS)}.")
    span = _span(payload["start"], payload["end"])
    new = Segment(id=new_id, speaker=speaker, span=span, text=str(payload.get("text", "")))
    _free(segments, new)
    segments[new_id] = new


def _relabel(segments: Segments, payload: dict[str, Any]) -> None:
    _find(segments, payload["segment_id"])
    if payload["overlap_kind"] not in OVERLAP_KINDS:
        raise EditError(
            f"“{payload['overlap_kind']}” is no kind of overlap.",
            f"Use one of {', '.join(OVERLAP_KINDS)}.",
        )


def _text(segments: Segments, payload: dict[str, Any]) -> None:
    old = _find(segments, payload["segment_id"])
    # Word times belong to the words that were there; corrected text has none of its own.
    same = _joined(old.words) == payload["text"]
    segments[old.id] = replace(old, text=str(payload["text"]), words=old.words if same else ())


_ACTIONS: dict[str, Callable[[Segments, dict[str, Any]], None]] = {
    "move": _move,
    "split": _split,
    "merge": _merge,
    "delete": _delete,
    "add": _add,
    "relabel": _relabel,
    "text": _text,
}
