"""Where both sides speak, to the sample, from a call's recording."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from app.agents.clock import CallClock
from app.agents.onsets import AUDIBLE, Int16
from app.agents.recorded import Recorded
from app.audio import envelope, speech_edges
from app.audio.mapped import let_go
from app.domain.calls import Span
from app.models import vad

EDGE_SHARE = 0.02
"""Of a stretch's peak: -34 dB, below which it is not heard as part of it."""
PAUSE_MS = 300.0
LEAST_MS = 100.0
ITEMLESS_PAUSE_MS = 700.0
PIECE_S = 30.0
"""Of an agent without items, so much is looked at in one piece."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSpeech:
    """An utterance of the agent as it was heard. Indexes of the caller's clock."""

    item_id: str
    onset: int
    end: int


def caller_of(
    call: Recorded, is_other: Callable[[Span], bool] = lambda _span: False
) -> tuple[Span, ...]:
    """The caller's speech as sent.

    Where noise or a simulated line lies between what was said and what was sent, it is looked for
    in what was said, and laid as much later as the line was long.

    Args:
        call: its recording.
        is_other: whether a stretch of what was said is not the caller.
    """
    track = call.sent if call.said is None else call.said
    spans = tuple(s for s in caller_speech(track, call.rate_hz) if not is_other(s))
    if call.said is None:
        return spans
    delays = [(int(n["index"]), int(n["delay_frames"])) for n in call.noted("line")]
    return tuple(_later(span, delays) for span in spans)


def _later(span: Span, delays: list[tuple[int, int]]) -> Span:
    by = next((frames for index, frames in reversed(delays) if index <= span.start), 0)
    return Span(span.start + by, span.end + by)


def caller_speech(sent: Int16, rate_hz: int) -> tuple[Span, ...]:
    """Where the caller speaks, to the sample; pauses under 300 ms are closed."""
    detected = vad.detect(sent, rate_hz).spans
    spans = speech_edges.snap(detected, envelope.compute(sent, rate_hz), rate_hz)
    least, gap = LEAST_MS * rate_hz / 1000, PAUSE_MS * rate_hz / 1000
    exact = [s for s in (_edges(sent, span) for span in spans) if s is not None]
    out: list[Span] = []
    for span in exact:
        if out and span.start - out[-1].end < gap:
            out[-1] = Span(out[-1].start, span.end)
        else:
            out.append(span)
    return tuple(s for s in out if s.frames >= least)


def _edges(pcm: Int16, span: Span) -> Span | None:
    """The first and the last sample of a stretch that are heard as part of it."""
    level = np.abs(pcm[span.start : span.end].astype(np.int32))
    if not len(level):
        return None
    loud = np.flatnonzero(level >= max(2.0, EDGE_SHARE * float(level.max())))
    return Span(span.start + int(loud[0]), span.start + int(loud[-1]) + 1) if len(loud) else None


def agent_speech(call: Recorded, clock: CallClock) -> tuple[AgentSpeech, ...]:
    """The agent's utterances as heard, by the items of its protocol where it has such."""
    if call.is_captured:
        spans = caller_speech(call.heard, call.rate_hz)
        return tuple(AgentSpeech(item_id="", onset=s.start, end=s.end) for s in spans)
    bounds: dict[str, list[int]] = {}
    for packet in call.packets:
        if packet.position < 0:
            continue
        first = bounds.setdefault(packet.item_id, [packet.position, packet.position])
        first[1] = max(first[1], packet.position + packet.frames)
    pause = round(ITEMLESS_PAUSE_MS * call.rate_hz / 1000)
    out: list[AgentSpeech] = []
    for item_id, (start, end) in bounds.items():
        began = clock.heard_at(start)
        if began is None:
            continue
        parts = _loud(call, clock, began, _last_heard(clock, start, end) + 1)
        for span in _joined(parts, None if item_id else pause):
            out.append(AgentSpeech(item_id=item_id, onset=span.start, end=span.end))
    return tuple(sorted(out, key=lambda s: s.onset))


def _loud(call: Recorded, clock: CallClock, first: int, last: int) -> Iterator[Span]:
    """From the first to the last audible sample, and what lies between without long pauses."""
    step = round(PIECE_S * call.rate_hz)
    pause = ITEMLESS_PAUSE_MS * call.rate_hz / 1000
    for start in range(first, last, step):
        heard = clock.laid(call.heard, start, min(last, start + step))
        let_go(call.heard)
        loud = np.flatnonzero(np.abs(heard.astype(np.int32)) >= AUDIBLE)
        for part in np.split(loud, np.flatnonzero(np.diff(loud) > pause) + 1):
            if len(part):
                yield Span(start + int(part[0]), start + int(part[-1]) + 1)


def _joined(parts: Iterator[Span], pause: int | None) -> list[Span]:
    """Parts with no pause longer than that between them; None for any."""
    out: list[Span] = []
    for part in parts:
        if out and (pause is None or part.start - out[-1].end < pause):
            out[-1] = Span(out[-1].start, part.end)
        else:
            out.append(part)
    return out


def _last_heard(clock: CallClock, start: int, end: int) -> int:
    """When the last frame of `[start, end)` that was heard at all was heard."""
    low, high = start, end - 1
    while low < high:  # heard frames come first: what was flushed lies behind them
        middle = (low + high + 1) // 2
        if clock.heard_at(middle) is None:
            high = middle - 1
        else:
            low = middle
    return clock.heard_at(low) or 0
