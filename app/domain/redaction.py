"""Redaction: spans of a call whose sound is muted and whose words are masked when it goes out.

Nothing in the workspace is changed. Whatever leaves it is read through a `Mask`, so that neither
the words, nor their number, nor their lengths can be told from what is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.domain.calls import SPEAKERS, Span, Speaker, TrackRole

Channels = Literal["caller", "agent", "both"]
CHANNELS: tuple[Channels, ...] = ("caller", "agent", "both")

MARK = "[redacted]"
"""Stands for a run of masked words, whatever they were."""

State = Literal["none", "masked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """One mark on a call; it is in force unless a later one takes it back."""

    id: str
    call_id: str
    span: Span
    channels: Channels
    reason: str
    rater_id: str
    rater_name: str
    created_at: str
    since: str = field(default="", compare=False)
    """In force without a break; later than `created_at` where it was taken back in between."""

    @property
    def speakers(self) -> tuple[Speaker, ...]:
        """Whose sound and words it takes."""
        return tuple(s for s in SPEAKERS if self.channels in (s, "both"))


@dataclass(frozen=True, slots=True)
class Mask:
    """Each speaker's redacted spans of one call: in order, apart from each other. False if none."""

    caller: tuple[Span, ...] = ()
    agent: tuple[Span, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.caller or self.agent)

    @property
    def state(self) -> State:
        """What a manifest says of the call."""
        return "masked" if self else "none"

    @property
    def every(self) -> tuple[Span, ...]:
        """Spans in which either speaker is redacted."""
        return union((*self.caller, *self.agent))

    def of(self, role: TrackRole | None) -> tuple[Span, ...]:
        """The spans of a speaker; of both for a mix, or for what belongs to nobody alone."""
        if role == "caller":
            return self.caller
        return self.agent if role == "agent" else self.every

    def touches(self, span: Span, role: TrackRole | None = None) -> bool:
        """Whether any frame of `span` is redacted; an instant counts as the frame it lies in."""
        return touched(span, self.of(role))


NOTHING = Mask()


def mask_of(redactions: Iterable[Redaction]) -> Mask:
    """What the redactions in force cover together."""
    found = list(redactions)
    return Mask(
        *(union(r.span for r in found if speaker in r.speakers) for speaker in SPEAKERS),
    )


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in order; what overlaps or touches is one."""
    out: list[Span] = []
    for span in sorted(spans):
        if not span.frames:
            continue
        if out and span.start <= out[-1].end:
            out[-1] = Span(out[-1].start, max(out[-1].end, span.end))
        else:
            out.append(span)
    return tuple(out)


def touched(span: Span, spans: Sequence[Span]) -> bool:
    """Whether any frame of `span` lies in `spans`; one without length counts as one frame."""
    end = max(span.end, span.start + 1)
    return any(s.start < end and span.start < s.end for s in spans)
