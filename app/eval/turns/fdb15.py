"""Full-Duplex-Bench 1.5's measures of overlap, on an ordinary call or on the files of a sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from app.domain.calls import Span
from app.domain.metrics import MetricSpec, MetricValue
from app.domain.profile_names import FDB_15, FDB_15_SPEECH
from app.domain.segments import Segment
from app.eval.base import CallInput, Need, Outcome, Read, Watch
from app.eval.turns import fdb15_metrics as m
from app.eval.turns import fdb15_rules, fdb_files
from app.eval.turns.adaptation import Samples, manner
from app.eval.turns.fdb15_metrics import Change
from app.eval.turns.fdb_rules import Stretch, TimedWord
from app.eval.turns.layer import READS, came_with, seconds, transcript_of, void_reason
from app.eval.turns.series import Heading, Sample, inside, mean, ratio

NO_OVERLAP = "The two never speak at once."
NO_ANSWER = "The agent begins nothing after the caller's speech."
NO_LABELS = "Nobody has labelled what the agent did: only a sample's content_tag.json does."
NO_SPLIT = "The caller never speaks into the agent's speech."


@dataclass(frozen=True, slots=True, kw_only=True)
class Fdb15Turns:
    """The rules on a call's speech layer; what the agent did about an overlap is not labelled."""

    name: ClassVar[str] = "turns.fdb15"
    version: ClassVar[str] = "2"
    title: ClassVar[str] = "Overlaps as in Full-Duplex-Bench 1.5"
    metrics: ClassVar[tuple[MetricSpec, ...]] = m.METRICS
    reads: ClassVar[frozenset[Read]] = READS | {"audio"}
    needs: ClassVar[frozenset[Need]] = frozenset({"speech"})
    documents: ClassVar[tuple[str, ...]] = ()

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """Overlaps, answers, and how the agent speaks after the caller spoke into its speech."""
        if source.speech is None or came_with(source.call, "fdb", "1.5"):
            return Outcome()
        watch.raise_if_cancelled()
        why = void_reason(source, "latency", "overlap", "interruption", "turn")
        heading = Heading(profile=FDB_15_SPEECH, speaker="agent", why=why)
        segments, rate = source.speech.segments, source.call.rate_hz
        user, agent = (fdb15_rules.lane(segments, s, rate) for s in ("caller", "agent"))
        values = _times(heading, source, fdb15_rules.overlaps(user, agent), user, agent)
        values += [heading.missing(spec, why or NO_LABELS) for spec in m.LABELS.values()]
        words = _spoken(source)
        pairs = [] if why else fdb15_rules.sides(user, agent, words, rate)
        values += _changes(heading, source, watch, words, pairs, NO_SPLIT)
        return Outcome(values=tuple(values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fdb15Sample:
    """The files of one sample: marked overlap, labels, words; overlaps from its speech layer.

    Without a layer the intervals that came with the sample are taken as they are. Its metrics are
    those of `turns.fdb15`, under a profile of their own.
    """

    name: ClassVar[str] = "turns.fdb15_sample"
    version: ClassVar[str] = "2"
    title: ClassVar[str] = "Overlaps of a Full-Duplex-Bench 1.5 sample"
    metrics: ClassVar[tuple[MetricSpec, ...]] = ()
    reads: ClassVar[frozenset[Read]] = frozenset({"documents", "speech", "audio"})
    needs: ClassVar[frozenset[Need]] = frozenset()
    documents: ClassVar[tuple[str, ...]] = (fdb_files.FOLDER,)

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """The figures of the sample; nothing for one of version 1.0."""
        watch.raise_if_cancelled()
        files = fdb_files.read(source.documents)
        if not files.is_15:
            return Outcome()
        heading, rate = Heading(profile=FDB_15, speaker="agent"), source.call.rate_hz
        segments = source.speech.segments if source.speech is not None else ()
        user, agent = (fdb15_rules.lane(segments, s, rate) for s in ("caller", "agent"))
        given = {"delivered_stop_s": files.stops, "delivered_response_s": files.responses}
        delivered = {key: _mean_length(of) for key, of in given.items() if of}
        if user and agent:
            stops = fdb15_rules.overlaps(user, agent)
            values = _times(heading, source, stops, user, agent, delivered)
        else:
            values = _delivered(heading, files, rate)
        values += _labels(heading, files.behaviour)
        words = list(files.words or ())
        pairs = _marked_sides(files, words, source)
        none = "The sample marks no overlap (metadata.json)."
        values += _changes(heading, source, watch, words, pairs, none)
        return Outcome(values=inside(values, source.call.frame_count))


def _times(
    heading: Heading,
    source: CallInput,
    stops: Sequence[Span],
    user: Sequence[Span],
    agent: Sequence[Span],
    more: dict[str, Any] | None = None,
) -> list[MetricValue]:
    rate = source.call.rate_hz
    late = fdb15_rules.answers(user, agent)
    return [
        mean(m.STOP, heading, [_sample(s, rate) for s in stops], NO_OVERLAP, more),
        mean(m.RESPONSE, heading, [_sample(s, rate) for s in late], NO_ANSWER, more),
    ]


def _sample(span: Span, rate_hz: int) -> Sample:
    return Sample(value=seconds(span.frames, rate_hz), span=span, speaker="agent")


def _delivered(heading: Heading, files: fdb_files.SampleFiles, rate_hz: int) -> list[MetricValue]:
    """The intervals that came with the sample."""
    out = []
    for spec, given in ((m.STOP, files.stops), (m.RESPONSE, files.responses)):
        if given is None:
            reason = "The sample has neither a speech layer of both sides nor its intervals."
            out.append(heading.missing(spec, reason))
            continue
        spans = [_span(stretch, rate_hz) for stretch in given]
        samples = [_sample(s, rate_hz) for s in spans]
        out.append(mean(spec, heading, samples, NO_OVERLAP, {"from": "latency_intervals.json"}))
    return out


def _labels(heading: Heading, behaviour: Sequence[str]) -> list[MetricValue]:
    known = [label for label in behaviour if label in m.LABELS]
    more = {"other_labels": len(behaviour) - len(known)}
    return [
        ratio(spec, heading, known.count(label), len(known), NO_LABELS, n=len(known), more=more)
        for label, spec in m.LABELS.items()
    ]


def _marked_sides(
    files: fdb_files.SampleFiles, words: Sequence[TimedWord], source: CallInput
) -> list[tuple[Span, Span]]:
    if files.overlap is None:
        return []
    length = source.call.frame_count
    split = fdb15_rules.split_s(words, files.overlap[1])
    at = min(max(round(split * source.call.rate_hz), 0), length)
    return [(Span(0, at), Span(at, length))]


def _changes(
    heading: Heading,
    source: CallInput,
    watch: Watch,
    words: Sequence[TimedWord],
    pairs: Sequence[tuple[Span, Span]],
    none: str,
) -> list[MetricValue]:
    sound = _sound(source, watch) if pairs else None
    layer: tuple[Segment, ...] = source.speech.segments if source.speech is not None else ()
    speech = [s.span for s in layer if s.speaker == "agent"]
    found, rate = [], source.call.rate_hz
    for before, after in pairs:
        watch.raise_if_cancelled()
        sides = [manner(words, sound, speech, side, rate) for side in (before, after)]
        found.append(Change(sides[0], sides[1], Span(before.start, after.end)))
    with_sound = sound is not None and bool(speech)
    return m.changes(heading, found, with_sound=with_sound, none=none)


def _sound(source: CallInput, watch: Watch) -> Samples | None:
    """The agent's own track at the call's rate; None without one."""
    if "agent" not in source.speakers:
        return None
    from app.eval.audio import CallAudio

    return CallAudio(source, watch).samples("agent")


def _spoken(source: CallInput) -> list[TimedWord]:
    """The agent's heard words that have times, in seconds."""
    text, rate = transcript_of(source), source.call.rate_hz
    lines = text.segments if text is not None else ()
    found = [
        TimedWord(w.text, w.span.start / rate, w.span.end / rate)
        for line in lines
        if line.speaker == "agent" and line.heard
        for w in line.words
    ]
    return sorted(found, key=lambda w: w.start_s)


def _span(stretch: Stretch, rate_hz: int) -> Span:
    return Span(round(stretch[0] * rate_hz), round(stretch[1] * rate_hz))


def _mean_length(stretches: Sequence[Stretch]) -> float:
    return sum(end - start for start, end in stretches) / len(stretches)
