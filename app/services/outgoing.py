"""The one door: calls as they leave the workspace, with what is redacted masked and muted.

Exports, pages, scripts' output and requests to endpoints read words and sound of calls here and
nowhere else; a test holds every one of them to it. Figures and times are those of the call as it
is. Sound of a frozen study's stimuli stays as it was frozen; exports take it from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from app.audio.muting import muted
from app.domain import masked_text
from app.domain.calls import Call, Span, TrackRole
from app.domain.evaluation import StoredValue
from app.domain.events import CallEvent
from app.domain.metrics import MetricValue
from app.domain.ratings import Answer, Comment, ItemRef
from app.domain.redaction import MARK, NOTHING, Mask, State
from app.domain.segments import Segment
from app.domain.turns import TurnSet
from app.services.current_layer import pick
from app.services.workspace import Workspace

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.domain.ratings import Viewer
    from app.domain.work import Work
    from app.services.media import CallMedia
    from db.unit_of_work import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What must be hidden of one call, and how."""

    mask: Mask = NOTHING
    hidden: frozenset[str] = frozenset()
    """Words under the mask by any transcript, folded."""

    @property
    def state(self) -> State:
        """`none` or `masked`, for manifests."""
        return self.mask.state

    def segments(self, found: Iterable[Segment]) -> tuple[Segment, ...]:
        """A transcript's lines."""
        return masked_text.masked(found, self.mask)

    def turns(self, turn_set: TurnSet, transcript: Sequence[Segment]) -> TurnSet:
        """Turns derived from `transcript` as it is."""
        return masked_text.masked_turns(turn_set, transcript, self.mask)

    def text(self, text: str, span: Span | None = None, role: TrackRole | None = None) -> str:
        """Text that somebody wrote about the call, or about a span of it."""
        if text and span is not None and self.mask.touches(span, role):
            return MARK
        return masked_text.scrubbed(text, self.hidden)

    def rationale(self, answer: Answer, item: ItemRef) -> str:
        """A person's or judge's reason; hidden whole where its turn or evidence is redacted."""
        is_about = [e.span for e in answer.evidence]
        is_about += [item.span] if item.kind != "call" else []
        return self.about(answer.rationale, is_about)

    def about(self, text: str, spans: Iterable[Span]) -> str:
        """Text about some places of the call, of either speaker."""
        if text and any(self.mask.touches(span) for span in spans):
            return MARK
        return masked_text.scrubbed(text, self.hidden)

    def comment(self, comment: Comment) -> Comment:
        """A comment; hidden whole where it is anchored in a redacted span."""
        if not self.mask:
            return comment
        span = Span(comment.start, comment.start if comment.end is None else comment.end)
        tags = (masked_text.scrubbed(t, self.hidden) for t in comment.tags)
        return replace(comment, body=self.text(comment.body, span), tags=tuple(tags))

    def event(self, event: CallEvent) -> CallEvent:
        """A mark of the event lane."""
        if event.derived or not self.mask:
            return event
        return replace(event, label=self.text(event.label, event.span))

    def value(self, value: Any) -> Any:
        """A log's value, such as what a tool was called with, at no time that is known."""
        return masked_text.masked_json(value, self.hidden) if self.mask else value

    def call(self, call: Call) -> Call:
        """The call with what its platform told of times in it."""
        told = call.extra.get("events")
        if not self.mask:
            return call
        call = replace(call, title=self.scrubbed(call.title))
        if not isinstance(told, list):
            return call
        kept = [
            {**e, "label": self.text(str(e["label"]), _span(e))}
            if isinstance(e, Mapping) and e.get("label")
            else e
            for e in told
        ]
        return replace(call, extra={**call.extra, "events": kept})

    def scrubbed(self, text: str) -> str:
        """A short text about the call, such as its title; numbers in it stay."""
        return masked_text.scrubbed(text, self.hidden, numbers=False)

    def figures(self, values: Iterable[StoredValue]) -> list[StoredValue]:
        """Metric values: what was written at their places, and in what they are made of."""
        if not self.mask:
            return list(values)
        return [replace(stored, value=self._figure(stored.value)) for stored in values]

    def _figure(self, value: MetricValue) -> MetricValue:
        evidence = tuple(
            replace(e, label=self.text(e.label, e.span, e.speaker)) for e in value.evidence
        )
        return replace(value, evidence=evidence, components=self.value(dict(value.components)))

    def samples(
        self, samples: NDArray[Any], role: TrackRole, rate_hz: int, first_frame: int = 0
    ) -> NDArray[Any]:
        """Sound of one track, which begins at `first_frame` of the call and runs at its rate."""
        return muted(samples, self.mask.of(role), rate_hz, first_frame)

    def media(self, found: CallMedia) -> CallMedia:
        """A call's sound with its peaks, all of it muted; decoding must be complete."""
        if not self.mask:
            return found
        sounds = {
            role: (_silenced(audio, channel, self.mask.of(role)), 0)
            for role, (audio, channel) in found.sounds.items()
        }
        return replace(found, sounds=sounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A call's sound by stretches, each muted as it is read."""

    source: CallMedia
    outgoing: Outgoing

    @property
    def roles(self) -> tuple[TrackRole, ...]:
        """Caller and agent, or the mix."""
        return self.source.roles

    @property
    def rate_hz(self) -> int:
        """Rate of all samples, that of the call."""
        return self.source.rate_hz

    def pcm(self, role: TrackRole, span: Span) -> NDArray[Any]:
        """Samples (frames,) int16 or float32 of a stretch; NotFound where there is no such track.

        Shorter where the track ends before.
        """
        samples = self.source.pcm(role)[span.start : span.end]
        return self.outgoing.samples(samples, role, self.rate_hz, span.start)


def of_call(ws: Workspace, call_id: str) -> Outgoing:
    """What must be hidden of a call."""
    with ws.db.read() as uow:
        return within(uow, call_id)


def within(uow: Reader, call_id: str) -> Outgoing:
    """The same inside a transaction."""
    mask = uow.redactions.mask(call_id)
    if not mask:
        return Outgoing()
    texts = [
        uow.layers.segments(layer)
        for layer in uow.layers.of_call(call_id)
        if layer.kind == "transcript"
    ]
    return Outgoing(mask=mask, hidden=masked_text.secrets(texts, mask))


def transcript(ws: Workspace, call_id: str) -> tuple[Segment, ...]:
    """The call's current transcript."""
    with ws.db.read() as uow:
        layer = pick(uow.layers.of_call(call_id), "transcript")
        found = uow.layers.segments(layer) if layer is not None else ()
        return within(uow, call_id).segments(found)


def lines_masked_whole(ws: Workspace, call_id: str) -> int:
    """How many lines of the transcript are masked whole, as their words have no times."""
    with ws.db.read() as uow:
        mask = uow.redactions.mask(call_id)
        layer = pick(uow.layers.of_call(call_id), "transcript") if mask else None
        return masked_text.whole_lines(uow.layers.segments(layer), mask) if layer else 0


def turn_set(ws: Workspace, call_id: str, **how: Any) -> TurnSet:
    """The call's turns; arguments and errors as of `timing.turn_set`."""
    from app.services import layers, timing

    found = timing.turn_set(ws, call_id, **how)
    return of_call(ws, call_id).turns(found, layers.transcript(ws, call_id))


def comments(ws: Workspace, viewer: Viewer, call_id: str) -> list[Comment]:
    """What the viewer may see of the call's comments."""
    from app.services import commenting

    out = of_call(ws, call_id)
    return [out.comment(c) for c in commenting.comments(ws, viewer, call_id)]


def open_media(ctx: Work, ws: Workspace, call: Call) -> CallMedia:
    """The call's sound with its peaks, whole; errors as of `media.open_media`."""
    from app.services import media

    return of_call(ws, call.id).media(media.open_media(ctx, ws, call))


def open_sound(ctx: Work, ws: Workspace, call: Call) -> Sound:
    """The call's sound by stretches; errors as of `media.open_media`."""
    from app.services import media

    return Sound(source=media.open_media(ctx, ws, call), outgoing=of_call(ws, call.id))


def _silenced(audio: Any, channel: int, spans: Sequence[Span]) -> Any:
    """One channel of a recording, muted, with peaks of what is left."""
    from app.audio.peak_build import PeakBuilder

    plain = audio.samples[:, channel : channel + 1]
    if not spans:
        return replace(audio, samples=plain, peaks=audio.peaks.only(channel))
    samples = muted(plain, spans, audio.rate_hz)
    builder = PeakBuilder(rate_hz=audio.rate_hz, channels=1, frame_count=len(samples))
    builder.add(0, samples)
    return replace(audio, samples=samples, peaks=builder.pyramid(len(samples), samples))


def _span(event: Mapping[str, Any]) -> Span | None:
    start, end = event.get("start"), event.get("end")
    if not isinstance(start, int):
        return None
    return Span(start, max(start, end) if isinstance(end, int) else start)
