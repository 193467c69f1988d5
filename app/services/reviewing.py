"""The read model of the call review: everything that its widgets draw, as one frozen value.

`load` reads it in one go on a worker; `rederived` gives the same with other segments, without
touching the database, so that a boundary edit can be shown before it is stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.domain import events as call_events
from app.domain import stages, turn_rules, unrated
from app.domain.calls import Call, Finding
from app.domain.events import CallEvent
from app.domain.latency import NO_LATENCIES, LatencyStats, of_speaker, stats
from app.domain.ratings import Comment, Viewer
from app.domain.redaction import NOTHING, Mask, Redaction
from app.domain.segments import Layer, Segment
from app.domain.stages import ResponseStages
from app.domain.turn_profiles import CALLBENCH_1, profile
from app.domain.turns import OverlapKind, Profile, TurnSet
from app.services import calls, commenting, layers, outgoing, redacting, undo

if TYPE_CHECKING:
    from app.services.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One call as it is reviewed. Frames at `call.rate_hz`.

    Attributes:
        call: the call itself.
        layers: its speech layers, newest first.
        layer: the layer in force; None before any speech detection.
        segments: of that layer, with the edits of a human layer replayed.
        machine: the segments that a human layer was made from; empty for other layers.
        transcript: segments with text; may be empty.
        turn_set: what follows from the layer by the profile; None without a layer.
        comments: in order of time, masked for the viewer.
        comments_hidden: whether others' comments are kept from the viewer.
        events: reported and derived marks, in order of time.
        reported: segments of the platform's own log, where there is one.
        stages: where the time of each response went, as reported; by start.
        overrides: kinds of overlap given by a person, by id of the segment that began second.
        stats: of the agent's responses.
        undo_names: what Ctrl+Z and Ctrl+Shift+Z would do, None where nothing.
        redactions: those in force that were made on this call, by place.
        mask: all that is redacted, on the call that this one was made from too.
        pii: whether somebody looked for personal data, and what came of it.
        is_exported: whether words are masked here as in exports.
        awaits_caller: no figure is told: the viewer placed the call, and rates it first.
    """

    call: Call
    layers: tuple[Layer, ...] = ()
    layer: Layer | None = None
    segments: tuple[Segment, ...] = ()
    machine: tuple[Segment, ...] = ()
    transcript: tuple[Segment, ...] = ()
    turn_set: TurnSet | None = None
    comments: tuple[Comment, ...] = ()
    comments_hidden: bool = False
    events: tuple[CallEvent, ...] = ()
    reported: tuple[Segment, ...] = ()
    stages: tuple[ResponseStages, ...] = ()
    overrides: Mapping[str, OverlapKind]
    stats: LatencyStats = NO_LATENCIES
    undo_names: tuple[str | None, str | None] = (None, None)
    redactions: tuple[Redaction, ...] = ()
    mask: Mask = NOTHING
    pii: str = redacting.PII[0]
    is_exported: bool = False
    awaits_caller: bool = False

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found wrong with the recording."""
        return self.call.warnings

    @property
    def voids(self) -> tuple[str, ...]:
        """Families of figures that the findings void, each once."""
        return tuple(dict.fromkeys(v for f in self.findings for v in f.voids))


def load(
    ws: Workspace,
    viewer: Viewer,
    ref: str,
    *,
    layer_id: str | None = None,
    profile_id: str = CALLBENCH_1.id,
) -> Review:
    """Everything about the call `ref` (id, code or unique prefix) that `viewer` may see.

    Args:
        ws: the workspace.
        viewer: who looks; others' comments are masked by the service that reads them.
        ref: which call.
        layer_id: the layer to read turns from; None for the one in force.
        profile_id: the rules that make turns of it.

    Raises:
        NotFound: no such call, layer or profile.
    """
    call = calls.get_call(ws, ref)
    awaits = calls.awaits_caller(ws, viewer, call.id)
    call = unrated.call(call) if awaits else call
    speech = tuple(layer for layer in layers.layers(ws, call.id) if layer.kind == "speech")
    layer = next((x for x in speech if x.id == layer_id), None)
    if layer is None:
        layer = layers.current_speech_layer(ws, call.id)
    bare = Review(
        call=call,
        layers=tuple(sorted(speech, key=lambda x: x.created_at, reverse=True)),
        transcript=tuple(layers.transcript(ws, call.id)),
        comments=in_time(commenting.comments(ws, viewer, call.id)),
        comments_hidden=commenting.hidden(ws, viewer, call.id),
        reported=_reported(ws, speech, layer),
        stages=stages.parse(call.extra.get("responses"), call.frame_count),
        overrides={},
        undo_names=undo.peek(ws, viewer, call.id),
        redactions=tuple(redacting.redactions(ws, call.id)),
        mask=redacting.mask(ws, call.id),
        pii=redacting.pii(ws, [call.id])[call.id],
        awaits_caller=awaits,
    )
    if layer is None:
        return replace(bare, events=_events(call, None))
    machine = layer.origin == "human" and layer.parent_id is not None
    return rederived(
        replace(
            bare,
            machine=tuple(layers.segments(ws, str(layer.parent_id))) if machine else (),
        ),
        layer=layer,
        segments=layers.segments(ws, layer.id),
        overrides=layers.overlap_overrides(ws, layer.id),
        rules=profile(profile_id),
    )


def rederived(
    review: Review,
    *,
    layer: Layer,
    segments: Sequence[Segment],
    overrides: Mapping[str, OverlapKind],
    rules: Profile | None = None,
) -> Review:
    """`review` with everything that follows from `segments` of `layer` made anew. Pure."""
    if rules is None:
        rules = review.turn_set.profile if review.turn_set is not None else CALLBENCH_1
    call = review.call
    turn_set = turn_rules.derive(
        segments,
        review.transcript,
        rules,
        layer=layer,
        rate_hz=call.rate_hz,
        frame_count=call.frame_count,
        overrides=overrides,
        voids=review.voids,
    )
    if review.awaits_caller:
        turn_set = unrated.turn_set(turn_set)
    return replace(
        review,
        layer=layer,
        segments=tuple(segments),
        overrides=dict(overrides),
        turn_set=turn_set,
        events=_events(call, turn_set),
        stats=stats(of_speaker(turn_set, "agent"), call.rate_hz),
    )


def as_exported(ws: Workspace, review: Review) -> Review:
    """`review` as the call leaves the workspace: words, comments and events masked."""
    hide = outgoing.of_call(ws, review.call.id)
    found = review.turn_set
    return replace(
        review,
        call=hide.call(review.call),
        turn_set=hide.turns(found, review.transcript) if found is not None else None,
        transcript=hide.segments(review.transcript),
        comments=tuple(hide.comment(c) for c in review.comments),
        events=tuple(hide.event(e) for e in review.events),
        is_exported=True,
    )


def with_comments(review: Review, comments: Sequence[Comment]) -> Review:
    """`review` with other comments."""
    return replace(review, comments=in_time(comments))


def in_time(comments: Sequence[Comment]) -> tuple[Comment, ...]:
    """Comments by where they lie in the call, then by when they were written."""
    return tuple(sorted(comments, key=lambda c: (c.start, c.created_at)))


def _events(call: Call, turn_set: TurnSet | None) -> tuple[CallEvent, ...]:
    raw = call.extra.get("events")
    told = call_events.reported(raw, call.frame_count) if isinstance(raw, list) else ()
    found = call_events.derived(turn_set) if turn_set is not None else ()
    return call_events.in_order((*told, *found))


def _reported(
    ws: Workspace, speech: Sequence[Layer], in_force: Layer | None
) -> tuple[Segment, ...]:
    """The platform's own log; nothing where the turns are that log's, as without a recording."""
    platform = [layer for layer in speech if layer.origin == "platform"]
    if not platform or (in_force is not None and in_force.origin == "platform"):
        return ()
    newest = max(platform, key=lambda layer: layer.created_at)
    return tuple(layers.segments(ws, newest.id))
