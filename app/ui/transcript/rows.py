"""The transcript as rows: one per turn, one per backchannel, nothing that was said left out.

Knows no Qt. Text stays as it came: it is drawn, never interpreted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from app.domain.calls import Span, Speaker
from app.domain.latency import frames_to_ms
from app.domain.ratings import Comment
from app.domain.redaction import NOTHING, Mask
from app.domain.segments import Segment, Word
from app.domain.turns import Overlap, Turn, TurnSet, Utterance
from app.ui.timeline.marks import OVERLAP_LETTERS

UNSURE_BELOW = 0.5
"""Words of less confidence are underlined."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of `Row.text`: characters `[start, end)`, spoken at `span` where that is known."""

    start: int
    end: int
    span: Span | None = None
    heard: bool = True
    unsure: bool = False
    redacted: bool = False
    """Shown as a bar: masked wherever it leaves the workspace."""


@dataclass(slots=True)
class Row:
    """One line of the transcript. Frames at the call's rate."""

    speaker: Speaker
    span: Span
    turn: Turn | None = None
    text: str = ""
    pieces: list[Piece] = field(default_factory=list)
    overlap: Overlap | None = None
    latency_ms: float | None = None
    is_void: bool = False
    """Whether the recording's findings say that its latencies are not to be trusted."""
    comments: int = 0
    unheard_s: float = 0.0
    note: str = ""

    @property
    def letter(self) -> str:
        """The letter of its overlap: b, i, f, t, or none."""
        return OVERLAP_LETTERS[self.overlap.kind] if self.overlap else ""

    def add(self, text: str, **about: object) -> None:
        """Append a run of text, with a space before it where there is text already."""
        if not text:
            return
        if self.text:
            self.text += " "
        start = len(self.text)
        self.text += text
        self.pieces.append(Piece(start, len(self.text), **about))  # type: ignore[arg-type]

    def piece_at(self, frame: int) -> Piece | None:
        """The word that is spoken at `frame`."""
        return next((p for p in self.pieces if p.span and p.heard and p.span.contains(frame)), None)

    def piece_of_char(self, at: int) -> Piece | None:
        """The run that holds character `at`."""
        return next((p for p in self.pieces if p.start <= at < p.end), None)


def rows(
    turn_set: TurnSet | None,
    transcript: Sequence[Segment],
    comments: Sequence[Comment],
    mask: Mask = NOTHING,
) -> list[Row]:
    """The rows of a call in order of time; of the transcript alone where there are no turns."""
    if turn_set is None:
        made = [_row_of_segment(s) for s in transcript if s.text]
    else:
        made = _of_turns(turn_set, transcript)
    made.sort(key=lambda r: (r.span.start, r.span.end))
    if mask:
        _mark_redacted(made, mask)
    _count_comments(made, comments)
    return made


def _of_turns(turn_set: TurnSet, transcript: Sequence[Segment]) -> list[Row]:
    words = _words_by_utterance(turn_set.utterances, transcript)
    by_turn: dict[str, Row] = {
        t.id: Row(
            t.speaker,
            t.span,
            t,
            latency_ms=_latency_ms(t, turn_set.rate_hz),
            is_void="latency" in turn_set.voids,
        )
        for t in turn_set.turns
    }
    made = list(by_turn.values())
    homes: dict[str, Row] = {}
    for utterance in turn_set.utterances:
        row = by_turn.get(utterance.turn_id or "")
        if row is None:
            row = Row(utterance.speaker, utterance.span, note="backchannel")
            made.append(row)
        for segment_id in utterance.segment_ids:
            homes[segment_id] = row
        _write(row, utterance, words.get(id(utterance), []))
    for overlap in turn_set.overlaps:
        home = homes.get(overlap.segment_ids[1])
        if home is not None and home.overlap is None:
            home.overlap = overlap
    texts = {s.id: s for s in transcript}
    _add_unheard(turn_set, by_turn, texts)
    for segment_id in turn_set.extra.get("unplaced_transcript_ids", ()):
        if segment_id in texts:
            made.append(_row_of_segment(texts[segment_id], "no speech found here"))
    return made


def _latency_ms(turn: Turn, rate_hz: int) -> float | None:
    if turn.latency is None or turn.speaker != "agent":
        return None
    return frames_to_ms(turn.latency.frames, rate_hz)


def _words_by_utterance(
    utterances: Sequence[Utterance], transcript: Sequence[Segment]
) -> dict[int, list[Word]]:
    """Timed words by id() of the utterance that they lie in or are nearest to."""
    lanes: dict[Speaker, list[Utterance]] = {"caller": [], "agent": []}
    for u in sorted(utterances, key=lambda u: u.span):
        lanes[u.speaker].append(u)
    starts = {who: [u.span.start for u in lane] for who, lane in lanes.items()}
    out: dict[int, list[Word]] = {}
    for segment in transcript:
        lane, words = lanes[segment.speaker], segment.words
        if not segment.heard or not lane or not words:
            continue
        first, last = _middle(words[0]), _middle(words[-1])
        i = bisect_right(starts[segment.speaker], first) - 1
        if i >= 0 and last <= lane[i].span.end:  # the whole line lies in one utterance
            out.setdefault(id(lane[i]), []).extend(words)
            continue
        for word in words:
            middle = _middle(word)
            i = max(bisect_right(starts[segment.speaker], middle) - 1, 0)
            near = lane[i : i + 2]
            home = min(near, key=lambda u: max(u.span.start - middle, middle - u.span.end, 0))
            out.setdefault(id(home), []).append(word)
    return out


def _middle(word: Word) -> int:
    return (word.span.start + word.span.end) // 2


def _write(row: Row, utterance: Utterance, words: list[Word]) -> None:
    spoken = [w for w in words if w.text.strip()]
    if not spoken or len(spoken) != len(utterance.text.split()):
        row.add(utterance.text)
        return
    texts = [w.text.strip() for w in spoken]
    at = len(row.text) + 1 if row.text else 0
    row.text = " ".join([row.text, *texts] if row.text else texts)
    for word, text in zip(spoken, texts, strict=True):
        unsure = word.confidence is not None and word.confidence < UNSURE_BELOW
        row.pieces.append(Piece(at, at + len(text), word.span, unsure=unsure))
        at += len(text) + 1


def _add_unheard(turn_set: TurnSet, by_turn: dict[str, Row], texts: dict[str, Segment]) -> None:
    for turn_id, segment_ids in turn_set.extra.get("unheard", {}).items():
        row = by_turn.get(turn_id)
        for segment in (texts[i] for i in segment_ids if i in texts):
            if row is not None:
                row.add(segment.text, heard=False)
                row.unheard_s += segment.span.frames / turn_set.rate_hz


def _row_of_segment(segment: Segment, note: str = "") -> Row:
    row = Row(segment.speaker, segment.span, note=note)
    row.add(segment.text, heard=segment.heard)
    return row


def _mark_redacted(made: Sequence[Row], mask: Mask) -> None:
    """Pieces without times of their own go with their row: which words are meant is unknown."""
    for row in made:
        row.pieces = [
            replace(p, redacted=True) if mask.touches(p.span or row.span, row.speaker) else p
            for p in row.pieces
        ]


def _count_comments(made: Sequence[Row], comments: Iterable[Comment]) -> None:
    """Each comment counts at the row of its turn, else at the last row begun before it."""
    numbered = {r.turn.index: r for r in made if r.turn is not None}
    starts = [r.span.start for r in made]
    for comment in comments:
        row = numbered.get(comment.turn_index) if comment.turn_index is not None else None
        if row is None and made:
            row = made[max(bisect_right(starts, comment.start) - 1, 0)]
        if row is not None:
            row.comments += 1


def found(made: Sequence[Row], words: str) -> list[tuple[int, int]]:
    """(row, character) of every place where `words` stand, upper and lower case alike."""
    wanted = words.casefold()
    out: list[tuple[int, int]] = []
    if not wanted:
        return out
    for n, row in enumerate(made):
        text = row.text.casefold()
        at = text.find(wanted)
        while at >= 0:
            out.append((n, at))
            at = text.find(wanted, at + len(wanted))
    return out
