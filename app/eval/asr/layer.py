"""What was heard, laid on the utterances: one transcript segment for each that has words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.calls import Call, Span, Speaker
from app.domain.clock import to_frames
from app.domain.ids import new_id
from app.domain.segments import Segment, Word
from app.domain.utterances import Lane, Speech
from app.models.asr import Heard, HeardSegment, HeardWord, joined, mean_confidence

SLACK_S = 1.0
"""How far from any utterance a word may lie and still be its: recognisers' times are rough."""


@dataclass(slots=True)
class _Said:
    """What was heard of one utterance: words where there are, else texts."""

    home: Speech
    words: list[HeardWord] = field(default_factory=list)
    whole: list[HeardSegment] = field(default_factory=list)


def segments(
    heard: Heard, utterances: Mapping[Speaker, Sequence[Speech]], call: Call
) -> list[Segment]:
    """Transcript segments in order of time, with the spans of the utterances.

    Words go to the utterance that they overlap most, of whichever speaker; on a mix this is what
    tells the speakers apart. A word far from every utterance makes a segment by itself.
    """
    rate = call.rate_hz
    homes = _Homes(utterances, rate)
    said: dict[int, _Said] = {}
    for segment in heard.segments:
        if segment.words:
            for word in segment.words:
                home = homes.of(word.start_s, word.end_s)
                said.setdefault(id(home), _Said(home)).words.append(word)
        elif segment.text:
            home = homes.of(segment.start_s, segment.end_s)
            said.setdefault(id(home), _Said(home)).whole.append(segment)
    made = (_segment(one, rate, call.frame_count) for one in said.values())
    return sorted((s for s in made if s is not None), key=lambda s: (s.span, s.speaker))


class _Homes:
    """Finds the utterance of a span."""

    def __init__(self, utterances: Mapping[Speaker, Sequence[Speech]], rate_hz: int) -> None:
        self._rate, self._slack = rate_hz, SLACK_S * rate_hz
        self._lanes = {who: Lane(found) for who, found in utterances.items()}
        self._strays: list[Speech] = []

    def of(self, start_s: float, end_s: float) -> Speech:
        """The utterance that overlaps most, else the nearest, else one made for it."""
        start, end = to_frames(start_s, self._rate), to_frames(end_s, self._rate)
        near = [lane.best(start, end, self._slack) for lane in self._lanes.values()]
        found = [speech for speech in near if speech is not None]
        if found:
            return max(found, key=lambda s: min(end, s.end) - max(start, s.start))
        made = Speech(next(iter(self._lanes)), start, max(end, start + 1), [])
        self._strays.append(made)  # kept alive: the caller tells them apart by identity
        return made


def _segment(said: _Said, rate_hz: int, frame_count: int) -> Segment | None:
    span = _within(said.home.start, said.home.end, frame_count)
    if span is None:
        return None
    texts = [joined(said.words)] if said.words else []
    texts += [s.text for s in said.whole]
    known = [s.confidence for s in said.whole if s.confidence is not None]
    spoken = mean_confidence(said.words)
    confidence = sum(known) / len(known) if spoken is None and known else spoken
    return Segment(
        id=new_id(),
        speaker=said.home.speaker,
        span=span,
        text=" ".join(t for t in texts if t),
        confidence=None if confidence is None else round(confidence, 4),
        words=tuple(_words(said.words, rate_hz, frame_count)),
    )


def _words(words: Sequence[HeardWord], rate_hz: int, frame_count: int) -> list[Word]:
    out = []
    for word in words:
        span = _within(
            to_frames(word.start_s, rate_hz), to_frames(word.end_s, rate_hz), frame_count
        )
        if span is not None:
            out.append(Word(text=word.text.strip(), span=span, confidence=word.confidence))
    return out


def _within(start: int, end: int, frame_count: int) -> Span | None:
    """At least one frame, within the recording; None for an empty recording."""
    if frame_count < 1:
        return None
    start = min(max(start, 0), frame_count - 1)
    return Span(start, min(max(end, start + 1), frame_count))
