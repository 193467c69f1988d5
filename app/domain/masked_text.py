"""What words look like under a mask: segments, turns, and free text about a call."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from app.domain import turn_text
from app.domain.calls import SPEAKERS, Span, Speaker
from app.domain.fold import fold
from app.domain.redaction import MARK, Mask, touched
from app.domain.segments import Segment, Word
from app.domain.turns import TurnSet
from app.domain.utterances import Lane, Speech

TELLING_LETTERS = 4
"""In text about a call, masked words of at least so many letters are masked; shorter ones only
in a row, since each alone says nothing."""
_MARKS = re.compile(re.escape(MARK) + r"(?:\s+" + re.escape(MARK) + ")+")
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def masked(segments: Iterable[Segment], mask: Mask) -> tuple[Segment, ...]:
    """The segments as they leave the workspace. Times stay; a run of masked words is one word."""
    if not mask:
        return tuple(segments)
    return tuple(_merged(_segment(s, mask)) for s in segments)


def whole_lines(segments: Iterable[Segment], mask: Mask) -> int:
    """How many lines are masked as a whole, since their words have no times of their own."""
    return sum(
        bool(s.text.strip()) and mask.touches(s.span, s.speaker) and _pieces(s) is None
        for s in segments
    )


def masked_turns(turn_set: TurnSet, transcript: Sequence[Segment], mask: Mask) -> TurnSet:
    """The same turns with masked text: words decide what is a turn, so none is derived anew.

    Args:
        turn_set: derived from the words as they are.
        transcript: those words.
        mask: what is redacted.
    """
    if not mask:
        return turn_set
    speech: dict[Speaker, list[Speech]] = {side: [] for side in SPEAKERS}
    every = [
        Speech(u.speaker, u.span.start, u.span.end, list(u.segment_ids))
        for u in turn_set.utterances
    ]
    for one in every:
        speech[one.speaker].append(one)
    lanes = {side: Lane(sorted(speech[side], key=lambda u: u.start)) for side in SPEAKERS}
    slack = turn_set.profile.params["text_slack_ms"] * turn_set.rate_hz / 1000
    turn_text.place([_segment(s, mask) for s in transcript], lanes, slack)
    texts: dict[str, list[str]] = {}
    for found, one in zip(turn_set.utterances, every):
        if found.turn_id is not None and one.texts:
            texts.setdefault(found.turn_id, []).append(one.text)
    return replace(
        turn_set,
        utterances=tuple(
            replace(u, text=_once(one.text)) for u, one in zip(turn_set.utterances, every)
        ),
        turns=tuple(replace(t, text=_once(" ".join(texts.get(t.id, ())))) for t in turn_set.turns),
    )


def secrets(transcripts: Iterable[Sequence[Segment]], mask: Mask) -> frozenset[str]:
    """The words under the mask, folded, of all that is known to have been said."""
    found: set[str] = set()
    for segment in (s for transcript in transcripts for s in transcript):
        spans = mask.of(segment.speaker)
        if not touched(segment.span, spans):
            continue
        told = (
            [segment.text]
            if _pieces(segment) is None
            else [w.text for w in segment.words if touched(w.span, spans)]
        )
        plain = (text.replace(MARK, " ") for text in told)  # what came in masked hides nothing
        found.update(fold(token) for text in plain for token in _TOKEN.findall(text))
    return frozenset(found)


def scrubbed(text: str, hidden: frozenset[str], *, numbers: bool = True) -> str:
    """Text about a call, such as a rationale, without the words under its mask.

    Args:
        text: what was written.
        hidden: from `secrets`.
        numbers: mask every number as well, since it may have been spoken in words.
    """
    if not hidden or not text:
        return text
    tokens = list(_TOKEN.finditer(text))
    known = [fold(t.group()) in hidden for t in tokens]
    out, at = [], 0
    for n, token in enumerate(tokens):
        word = token.group()
        telling = len(word) >= TELLING_LETTERS or any(c.isdigit() for c in word)
        in_a_row = known[n] and (known[n - 1 : n] == [True] or known[n + 1 : n + 2] == [True])
        is_number = numbers and any(c.isdigit() for c in word)
        if is_number or (known[n] and telling) or in_a_row:
            out += [text[at : token.start()], MARK]
            at = token.end()
    return _once("".join([*out, text[at:]]))


def _once(text: str) -> str:
    """Marks in a row are one, so that the number of words cannot be told."""
    return _MARKS.sub(MARK, text)


def _segment(segment: Segment, mask: Mask) -> Segment:
    """The segment with each masked word a mark of its own."""
    spans = mask.of(segment.speaker)
    if not touched(segment.span, spans) and not any(touched(w.span, spans) for w in segment.words):
        return segment
    pieces = _pieces(segment)
    if pieces is None:  # which of its words lie in the span cannot be known
        return replace(segment, text=MARK if segment.text.strip() else "", words=())
    hidden = [touched(w.span, spans) for w in segment.words]
    if not any(hidden):
        return segment
    text = " ".join(MARK if h else p for p, h in zip(pieces, hidden) if h or p)
    words = tuple(
        replace(w, text=MARK, confidence=None) if h else w for w, h in zip(segment.words, hidden)
    )
    return replace(segment, text=text if segment.text else "", words=words)


def _merged(segment: Segment) -> Segment:
    words: list[Word] = []
    for is_masked, run in groupby(segment.words, key=lambda w: w.text == MARK):
        members = list(run)
        if is_masked:
            span = Span(members[0].span.start, max(w.span.end for w in members))
            members = [replace(members[0], span=span)]
        words += members
    return replace(segment, text=_once(segment.text), words=tuple(words))


def _pieces(segment: Segment) -> list[str] | None:
    """The segment's text, cut into one piece a word; None if it is not made of these words.

    Punctuation and signs go with the word that they are written at.
    """
    if not segment.words:
        return None
    text = segment.text or " ".join(w.text for w in segment.words)
    letters = [(at, c) for at, c in enumerate(text) if c.isalnum()]
    if "".join(c for _, c in letters) != "".join(c for w in segment.words for c in _letters(w)):
        return None
    starts, used = [], 0
    for word in segment.words:
        count = sum(1 for _ in _letters(word))
        starts.append(letters[used][0] if used < len(letters) else len(text))
        used += count
    cuts = [0, *(_cut(text, a, b) for a, b in pairwise(starts)), len(text)]
    return [text[a:b].strip() for a, b in pairwise(cuts)]


def _letters(word: Word) -> Iterator[str]:
    return (c for c in word.text if c.isalnum())


def _cut(text: str, first: int, second: int) -> int:
    """Where the second of two words begins: after the last blank between them, if there is one."""
    blank = max((at for at in range(first, second) if text[at].isspace()), default=second - 1)
    return blank + 1


def masked_json(value: object, hidden: frozenset[str]) -> object:
    """A log's value with every text in it scrubbed; its shape and keys stay."""
    if isinstance(value, str):
        return scrubbed(value, hidden, numbers=False)
    if isinstance(value, Mapping):
        return {k: masked_json(v, hidden) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [masked_json(v, hidden) for v in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        told = str(value)
        return MARK if len(told) >= TELLING_LETTERS and fold(told) in hidden else value
    return value
