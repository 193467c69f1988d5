"""What the platform reports beside what the recording shows: reported less measured, per turn.

Platforms report a latency for each response (`call.extra["responses"]`), or log when speech began
and ended (a `platform` layer), or both. Negative means that the platform has it earlier or
shorter than it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from app.domain.calls import SPEAKERS, Span, Speaker
from app.domain.metrics import MetricSpec, MetricValue
from app.domain.profile_names import REPORTED
from app.domain.segments import Segment
from app.domain.stages import MOST_MS, REACH_MS
from app.domain.turns import Turn, TurnSet
from app.eval.base import CallInput, LayerInput, Need, Outcome, Read, Watch
from app.eval.turns.layer import READS, Gap, gaps, ms, turns_of, void_reason
from app.eval.turns.series import Heading, Sample, evidence_of, mean, quantile

_SOURCE = "Callbench"
_BY = "turns.reported"
NOTHING = "The platform reports nothing near any of these turns."


def _spec(key: str, title: str, about: str, *, mean_of: bool = True) -> MetricSpec:
    return MetricSpec(
        id=f"reported.{key}",
        title=title,
        unit="ms",
        direction="none",
        family="turns",
        evaluator=_BY,
        about=f"{about} Reported less measured: negative where the platform has less or earlier.",
        source=_SOURCE,
        scope=("call", "turn") if key == "latency_gap" else ("call",),
        speakers=("agent",) if key.startswith("latency") else SPEAKERS,
        pool="ratio" if mean_of else "none",
        ratio=("sum_ms", "n") if mean_of else None,
        decimals=0,
    )


LATENCY = _spec(
    "latency_gap", "Reported latency, off by", "Mean over the agent's responses of their latency."
)
LATENCY_P50 = _spec(
    "latency_gap.p50", "Reported latency, off by (median)", "Median of the same.", mean_of=False
)
LATENCY_MAX = _spec(
    "latency_gap.max", "Reported latency, most off", "The one furthest off.", mean_of=False
)
ONSET = _spec("onset_gap", "Reported onset, off by", "Mean over turns of where they begin.")
OFFSET = _spec("offset_gap", "Reported offset, off by", "Mean over turns of where they end.")


@dataclass(frozen=True, slots=True)
class Logged:
    """A turn with where the platform's log has it begin and end."""

    turn: Turn
    onset: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedTurns:
    """See the module. Says nothing of calls whose platform reported no times."""

    name: ClassVar[str] = "turns.reported"
    version: ClassVar[str] = "2"
    title: ClassVar[str] = "Reported times against measured ones"
    metrics: ClassVar[tuple[MetricSpec, ...]] = (LATENCY, LATENCY_P50, LATENCY_MAX, ONSET, OFFSET)
    reads: ClassVar[frozenset[Read]] = READS | {"reported"}
    needs: ClassVar[frozenset[Need]] = frozenset({"speech"})
    documents: ClassVar[tuple[str, ...]] = ()

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """The gaps of latencies, onsets and offsets."""
        told = responses(source.call.extra.get("responses"), source.call.frame_count)
        log = source.reported
        if log is not None and source.speech is not None:
            own = log.layer.id == source.speech.layer.id
            log = None if own else log  # measured by the log itself: nothing to compare
        if source.speech is None or not (told or log is not None):
            return Outcome()
        watch.raise_if_cancelled()
        found = turns_of(source.speech, source)
        logged = {s: _logged(log, found, s) for s in SPEAKERS}
        values = _latencies(source, found, told, logged)
        for speaker in SPEAKERS:
            values += _edges(source, found, logged[speaker], speaker)
        return Outcome(values=tuple(values))


def responses(raw: object, frame_count: int) -> dict[int, float]:
    """Start frame → reported latency in ms; what cannot be read is left out."""
    out: dict[int, float] = {}
    for item in raw if isinstance(raw, list) else ():
        if not isinstance(item, Mapping):
            continue
        start, given = item.get("start"), item.get("reported_ms")
        if isinstance(start, bool) or not isinstance(start, int) or not 0 <= start < frame_count:
            continue
        if isinstance(given, bool) or not isinstance(given, int | float):
            continue
        if -MOST_MS <= given <= MOST_MS:  # neither NaN nor infinity is
            out[start] = float(given)
    return out


def _latencies(
    source: CallInput,
    found: TurnSet,
    told: Mapping[int, float],
    logged: Mapping[Speaker, Sequence[Logged]],
) -> list[MetricValue]:
    why = void_reason(source, "latency", "turn")
    by_turn = {x.turn.id: x for who in SPEAKERS for x in logged[who]}
    samples, from_log = [], 0
    for gap in gaps(found, "agent"):
        measured = ms(gap.frames, found.rate_hz)
        reported = _told(told, gap, found.rate_hz)
        if reported is None:
            reported = _by_log(by_turn, gap, found.rate_hz)
            from_log += reported is not None
        if reported is not None:
            samples.append(
                Sample(
                    value=round(reported - measured, 3),
                    span=gap.span,
                    speaker="agent",
                    label=f"{gap.turn.id}: reported {reported:.0f}, measured {measured:.0f}",
                    turn_id=gap.turn.id,
                )
            )
    heading = Heading(profile=REPORTED, speaker="agent", why=why, common=_common(source))
    more = {"by_response": len(samples) - from_log, "by_log": from_log}
    values = [
        mean(LATENCY, heading, samples, NOTHING, more),
        quantile(LATENCY_P50, heading, samples, 0.5, NOTHING),
        _furthest(heading, samples),
    ]
    if not why:
        values += [
            heading.value(LATENCY, s.value, n=1, evidence=evidence_of([s]), turn_id=s.turn_id)
            for s in samples
        ]
    return values


def _furthest(heading: Heading, samples: Sequence[Sample]) -> MetricValue:
    if heading.why or not samples:
        return heading.missing(LATENCY_MAX, heading.why or NOTHING)
    worst = max(samples, key=lambda s: abs(s.value))
    return heading.value(LATENCY_MAX, worst.value, n=len(samples), evidence=evidence_of([worst]))


def _told(told: Mapping[int, float], gap: Gap, rate_hz: int) -> float | None:
    """The latency reported for a response that begins within reach of the turn."""
    onset = gap.turn.span.start
    nearest = min(told, key=lambda start: abs(start - onset), default=None)
    if nearest is None or abs(nearest - onset) * 1000 > REACH_MS * rate_hz:
        return None
    return told[nearest]


def _by_log(by_turn: Mapping[str, Logged], gap: Gap, rate_hz: int) -> float | None:
    """The latency by the log; by the measured offset where the log lacks the turn before."""
    mine, before = by_turn.get(gap.turn.id), by_turn.get(gap.previous.id)
    if mine is None:
        return None
    offset = gap.previous.span.end if before is None else before.offset
    return ms(mine.onset - offset, rate_hz)


def _logged(log: LayerInput | None, found: TurnSet, speaker: Speaker) -> list[Logged]:
    """The speaker's turns that the log has, each with its first onset and last offset.

    A logged stretch belongs to the turn that it overlaps most; one that overlaps none, to a turn
    that begins within reach of it.
    """
    if log is None:
        return []
    turns = [t for t in found.turns if t.speaker == speaker]
    homes: dict[str, list[Segment]] = {}
    for segment in log.segments:
        if segment.speaker == speaker:
            turn = _home(segment.span, turns, found.rate_hz)
            if turn is not None:
                homes.setdefault(turn.id, []).append(segment)
    return [
        Logged(
            turn,
            min(s.span.start for s in homes[turn.id]),
            max(s.span.end for s in homes[turn.id]),
        )
        for turn in turns
        if turn.id in homes
    ]


def _home(span: Span, turns: Sequence[Turn], rate_hz: int) -> Turn | None:
    best, most = None, 0
    for turn in turns:
        shared = min(span.end, turn.span.end) - max(span.start, turn.span.start)
        if shared > most:
            best, most = turn, shared
    if best is not None:
        return best
    near = min(turns, key=lambda t: abs(t.span.start - span.start), default=None)
    reach = REACH_MS * rate_hz
    return near if near and abs(near.span.start - span.start) * 1000 <= reach else None


def _edges(
    source: CallInput, found: TurnSet, logged: Sequence[Logged], speaker: Speaker
) -> list[MetricValue]:
    heading = Heading(
        profile=REPORTED,
        speaker=speaker,
        why=void_reason(source, "turn"),
        common=_common(source),
    )
    rate = found.rate_hz
    onsets = [_edge(x.turn, x.turn.span.start, x.onset, rate) for x in logged]
    offsets = [_edge(x.turn, x.turn.span.end, x.offset, rate) for x in logged]
    none = f"The platform logs no speech of the {speaker} near its turns."
    return [mean(ONSET, heading, onsets, none), mean(OFFSET, heading, offsets, none)]


def _edge(turn: Turn, measured: int, reported: int, rate_hz: int) -> Sample:
    return Sample(
        value=ms(reported - measured, rate_hz),
        span=Span(min(measured, reported), max(measured, reported)),
        speaker=turn.speaker,
        label=turn.id,
        turn_id=turn.id,
    )


def _common(source: CallInput) -> dict[str, Any]:
    named = {"measured_by": source.speech.layer.name} if source.speech is not None else {}
    if source.reported is not None:
        named["reported_by"] = source.reported.layer.name
    return named
