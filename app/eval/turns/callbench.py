"""Turn-taking by our own profile: latencies, interruptions, overlap, dead air, shares of talk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.domain.calls import SPEAKERS, Speaker, other
from app.domain.metrics import MetricSpec, MetricValue
from app.domain.profile_names import CALLBENCH
from app.domain.turns import Interruption, TurnSet
from app.eval.base import CallInput, Need, Outcome, Read, Watch
from app.eval.turns import callbench_metrics as m
from app.eval.turns.layer import (
    READS,
    entries,
    gaps,
    ms,
    seconds,
    stop_span,
    turns_of,
    void_reason,
)
from app.eval.turns.series import Heading, Sample, count, evidence_of, mean, quantile, ratio

NO_LATENCY = {
    "agent": "No turn of the agent follows one of the caller.",
    "caller": "No turn of the caller follows one of the agent.",
}
_QUANTILES = ((m.P50, 0.5), (m.P90, 0.9), (m.P95, 0.95), (m.LEAST, 0.0), (m.MOST, 1.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbenchTurns:
    """See the module. Limits are those of the profile, which is data and cannot be argued with."""

    name: ClassVar[str] = "turns.callbench"
    version: ClassVar[str] = "2"
    title: ClassVar[str] = "Turn-taking"
    metrics: ClassVar[tuple[MetricSpec, ...]] = m.METRICS
    reads: ClassVar[frozenset[Read]] = READS
    needs: ClassVar[frozenset[Need]] = frozenset({"speech"})
    documents: ClassVar[tuple[str, ...]] = ()

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """Every figure of the profile for both speakers."""
        if source.speech is None:
            return Outcome()
        watch.raise_if_cancelled()
        found = turns_of(source.speech, source)
        values: list[MetricValue] = []
        for speaker in SPEAKERS:
            values += _latencies(source, found, speaker)
            values += _overlapping(source, found, speaker)
        values += _of_call(source, found)
        rules = {"profile": found.profile.id, "params": dict(found.profile.params)}
        return Outcome(values=tuple(values), detail=rules)


def latency_samples(turn_set: TurnSet, speaker: Speaker) -> list[Sample]:
    """Each response latency of the speaker in ms, over the gap that it measures."""
    return [
        Sample(
            value=ms(gap.frames, turn_set.rate_hz),
            span=gap.span,
            speaker=speaker,
            label=f"{gap.turn.id} after {gap.previous.id}",
            turn_id=gap.turn.id,
        )
        for gap in gaps(turn_set, speaker)
    ]


def _latencies(source: CallInput, found: TurnSet, speaker: Speaker) -> list[MetricValue]:
    why = void_reason(source, "latency", "turn")
    heading = Heading(profile=CALLBENCH, speaker=speaker, why=why)
    samples = latency_samples(found, speaker)
    none = NO_LATENCY[speaker]
    values = [mean(m.MEAN, heading, samples, none)]
    values += [quantile(spec, heading, samples, share, none) for spec, share in _QUANTILES]
    if speaker == "agent" and not why:
        values += [
            heading.value(m.LATENCY, s.value, n=1, evidence=evidence_of([s]), turn_id=s.turn_id)
            for s in samples
        ]
    return values


def _overlapping(source: CallInput, found: TurnSet, speaker: Speaker) -> list[MetricValue]:
    why = void_reason(source, "interruption", "overlap", "turn")
    heading = Heading(profile=CALLBENCH, speaker=speaker, why=why)
    by = [_entry(found, i) for i in found.interruptions if i.by == speaker]
    over = [_entry(found, i) for i in found.interruptions if i.by == speaker and _stands(i)]
    suffered = [i for i in found.interruptions if i.by == other(speaker)]
    yielded = [_entry(found, i) for i in suffered if not _stands(i)]
    signs = [
        Sample(value=ms(u.span.frames, found.rate_hz), span=u.span, speaker=speaker, label=u.text)
        for u, kind in entries(found)
        if u.speaker == speaker and kind == "backchannel"
    ]
    return [
        count(m.INTERRUPTIONS, heading, by),
        count(m.TALK_OVERS, heading, over),
        ratio(
            m.YIELD_RATE,
            heading,
            len(yielded),
            len(suffered),
            f"Nobody interrupted the {speaker}.",
            n=len(suffered),
            evidence=evidence_of([_entry(found, i) for i in suffered]),
        ),
        mean(m.YIELD_MEAN, heading, yielded, f"The {speaker} yielded to no interruption."),
        count(m.BACKCHANNELS, heading, signs),
    ]


def _stands(interruption: Interruption) -> bool:
    """Whether the interrupted speaker went on."""
    return interruption.yield_frames is None


def _entry(found: TurnSet, interruption: Interruption) -> Sample:
    """The interruption over the stretch in which the other still went on, in ms."""
    span = stop_span(found, interruption)
    return Sample(
        value=ms(span.frames, found.rate_hz),
        span=span,
        speaker=interruption.by,
        label="talk-over" if _stands(interruption) else "yielded",
    )


def _of_call(source: CallInput, found: TurnSet) -> list[MetricValue]:
    rate = found.rate_hz
    spans = {s: [u.span for u in found.utterances if u.speaker == s] for s in SPEAKERS}
    talk = {s: sum(x.frames for x in spans[s]) for s in SPEAKERS}
    both = sum(o.span.frames for o in found.overlaps)
    union = talk["caller"] + talk["agent"] - both
    heading = Heading(profile=CALLBENCH, why=void_reason(source, "overlap", "turn"))
    silent = "Nobody speaks in this call."
    shared = [
        Sample(value=ms(o.span.frames, rate), span=o.span, speaker=o.by, label=o.kind)
        for o in found.overlaps
    ]
    still = [Sample(value=seconds(s.frames, rate), span=s) for s in found.dead_air]
    plain = Heading(profile=CALLBENCH)
    return [
        ratio(
            m.OVERLAP,
            heading,
            seconds(both, rate),
            seconds(union, rate),
            silent,
            n=len(shared),
            evidence=evidence_of(shared),
        ),
        count(m.DEAD_AIR, plain, still),
        plain.value(
            m.DEAD_AIR_S,
            round(sum((s.value for s in still), 0.0), 6),
            n=len(still),
            evidence=evidence_of(still),
        ),
        ratio(
            m.TALK_SHARE,
            heading,
            seconds(talk["agent"], rate),
            seconds(talk["agent"] + talk["caller"], rate),
            silent,
        ),
    ]
