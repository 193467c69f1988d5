"""OutboundEval's interruption success and end-to-end latency, on our turns.

Its definitions leave much open (which interruptions are attempts, what a negative latency is);
what is decided here is said in the catalogue and carried with every value.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from app.domain.calls import Span
from app.domain.metrics import MetricSpec, MetricValue
from app.domain.profile_names import OUTBOUND
from app.domain.segments import Word
from app.domain.turns import Interruption, TurnSet
from app.eval.base import CallInput, Need, Outcome, Read, Watch
from app.eval.turns import outbound_metrics as m
from app.eval.turns.fillers import content_from
from app.eval.turns.layer import (
    READS,
    Gap,
    entries,
    gaps,
    ms,
    stop_span,
    transcript_of,
    turns_of,
    void_reason,
)
from app.eval.turns.series import Heading, Sample, evidence_of, mean, quantile, ratio

NO_ATTEMPT = "The caller does not interrupt the agent."
NO_GREETING = "No turn of the caller comes before the agent's first."
NO_REPLY = "The agent answers no turn that interrupted it."
NO_ANSWER = "The agent has no answer but its greeting, early ones and those after interruptions."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The agent's answers, each in one series."""

    main: tuple[Gap, ...]
    early: tuple[Gap, ...]
    greeting: tuple[Gap, ...]
    after_interruption: tuple[Gap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundTurns:
    """See the module."""

    name: ClassVar[str] = "turns.outbound"
    version: ClassVar[str] = "2"
    title: ClassVar[str] = "Interruption and latency as in OutboundEval"
    metrics: ClassVar[tuple[MetricSpec, ...]] = m.METRICS
    reads: ClassVar[frozenset[Read]] = READS
    needs: ClassVar[frozenset[Need]] = frozenset({"speech"})
    documents: ClassVar[tuple[str, ...]] = ()

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """Interruption success in three readings, latency in its series."""
        if source.speech is None:
            return Outcome()
        watch.raise_if_cancelled()
        found = turns_of(source.speech, source)
        common = {"clock": "recording", "segmentation": found.profile.id}
        values = (*_interruptions(source, found, common), *_latencies(source, found, common))
        rules = {"profile": OUTBOUND, "limit_ms": m.LIMIT_MS, "params": dict(found.profile.params)}
        return Outcome(values=values, detail=rules)


def _interruptions(source: CallInput, found: TurnSet, common: dict[str, Any]) -> list[MetricValue]:
    """Attempts are the caller's interruptions; what stops within the window was noticed."""
    why = void_reason(source, "interruption", "overlap", "turn")
    heading = Heading(profile=OUTBOUND, speaker="agent", why=why, common=common)
    attempts = [i for i in found.interruptions if i.by == "caller"]
    noticed = [i for i in attempts if i.yield_frames is not None]
    quick = [i for i in noticed if _under_limit(i, found.rate_hz)]
    kinds = [kind for u, kind in entries(found) if u.speaker == "caller"]
    more = {
        "window_ms": found.profile.params["yield_window_ms"],
        "excluded_backchannels": kinds.count("backchannel"),
        "excluded_false_interruptions": kinds.count("false_interruption"),
        "excluded_terminal_overlaps": kinds.count("terminal"),
        "delays_ms": [ms(i.yield_frames or 0, found.rate_hz) for i in noticed],
    }
    stops = [_sample(i, found) for i in attempts]
    heard = [_sample(i, found) for i in noticed]
    table = (
        (m.DETECT_RATE, len(noticed), attempts, stops, NO_ATTEMPT),
        (m.CONDITIONAL, len(quick), noticed, heard, "The agent stops at no interruption."),
        (m.UNCONDITIONAL, len(quick), attempts, stops, NO_ATTEMPT),
    )
    return [
        ratio(spec, heading, good, len(of), none, n=len(of), evidence=evidence_of(shown), more=more)
        for spec, good, of, shown, none in table
    ]


def _under_limit(interruption: Interruption, rate_hz: int) -> bool:
    """Strictly under 500 ms, compared exactly."""
    return (interruption.yield_frames or 0) * 1000 < m.LIMIT_MS * rate_hz


def _sample(interruption: Interruption, found: TurnSet) -> Sample:
    """The attempt over the stretch in which the agent still spoke, in ms."""
    span, noticed = stop_span(found, interruption), interruption.yield_frames is not None
    quick = noticed and _under_limit(interruption, found.rate_hz)
    label = f"stop {'under' if quick else 'not under'} 500 ms" if noticed else "not noticed"
    return Sample(value=ms(span.frames, found.rate_hz), span=span, speaker="caller", label=label)


def answers(found: TurnSet) -> Answers:
    """The agent's turns that follow one of the caller's, by series.

    The greeting is the agent's first turn. An answer to an interruption belongs to these even
    where it began early.
    """
    entered = {i.segment_ids[1] for i in found.interruptions if i.by == "caller"}
    first = next((t.id for t in found.turns if t.speaker == "agent"), None)
    series: dict[str, list[Gap]] = {"main": [], "early": [], "greeting": [], "after": []}
    for gap in gaps(found, "agent"):
        if gap.turn.id == first:
            key = "greeting"
        elif entered.intersection(gap.previous.segment_ids[:1]):
            key = "after"
        else:
            key = "early" if gap.frames < 0 else "main"
        series[key].append(gap)
    return Answers(
        main=tuple(series["main"]),
        early=tuple(series["early"]),
        greeting=tuple(series["greeting"]),
        after_interruption=tuple(series["after"]),
    )


def _latencies(source: CallInput, found: TurnSet, common: dict[str, Any]) -> list[MetricValue]:
    why = void_reason(source, "latency", "turn")
    heading = Heading(profile=OUTBOUND, speaker="agent", why=why, common=common)
    of, rate = answers(found), found.rate_hz
    main, early = _samples(of.main, rate), _samples(of.early, rate)
    counts = {
        "early_ms": [s.value for s in early],
        "greetings": len(of.greeting),
        "after_interruption": len(of.after_interruption),
    }
    values = [mean(m.E2E, heading, main, NO_ANSWER, counts)]
    values += [
        quantile(spec, heading, main, share, NO_ANSWER)
        for spec, share in ((m.P50, 0.5), (m.P90, 0.9), (m.P95, 0.95))
    ]
    values.append(
        ratio(
            m.EARLY,
            heading,
            len(early),
            len(early) + len(main),
            NO_ANSWER,
            n=len(early) + len(main),
            evidence=evidence_of(early),
            more={"values": [s.value for s in early]},
        )
    )
    values.append(_content(source, heading, of.main))
    values.append(mean(m.GREETING, heading, _samples(of.greeting, rate), NO_GREETING))
    after = _samples(of.after_interruption, rate)
    values.append(mean(m.AFTER_INTERRUPTION, heading, after, NO_REPLY))
    if not why:
        values += [
            heading.value(m.E2E, s.value, n=1, evidence=evidence_of([s]), turn_id=s.turn_id)
            for s in main
        ]
    return values


def _samples(series: Sequence[Gap], rate_hz: int) -> list[Sample]:
    return [
        Sample(
            value=ms(gap.frames, rate_hz),
            span=gap.span,
            speaker="agent",
            label=gap.turn.id,
            turn_id=gap.turn.id,
        )
        for gap in series
    ]


def _content(source: CallInput, heading: Heading, series: Sequence[Gap]) -> MetricValue:
    """To the first content word; the turn's onset where that is its first word.

    A recogniser's word times are rougher than the envelope, so that they are only used where
    fillers stand before the word.
    """
    text = transcript_of(source)
    lines = text.segments if text is not None else ()
    words = sorted(
        (w for s in lines if s.speaker == "agent" and s.heard for w in s.words),
        key=_middle,
    )
    if not words:
        return heading.missing(
            m.CONTENT, heading.why or "No transcript of this call has word times."
        )
    rate, call = source.call.rate_hz, source.call
    middles = [_middle(word) for word in words]
    samples, wordless, fillers_only, with_filler = [], 0, 0, 0
    for gap in series:
        span = gap.turn.span
        mine = words[bisect_left(middles, span.start) : bisect_left(middles, span.end)]
        at = content_from([w.text for w in mine], call.language)
        if not mine or at is None:
            wordless, fillers_only = wordless + (not mine), fillers_only + bool(mine)
            continue
        with_filler += at > 0
        onset = gap.turn.span.start
        begins = max(mine[at].span.start, onset) if at else onset
        offset = gap.previous.span.end
        samples.append(
            Sample(
                value=ms(begins - offset, rate),
                span=Span(offset, max(begins, offset)),
                speaker="agent",
                label=mine[at].text,
                turn_id=gap.turn.id,
            )
        )
    more = {
        "language": call.language,
        "turns_with_filler": with_filler,
        "turns_of_fillers_only": fillers_only,
        "turns_without_words": wordless,
        "transcript": text.layer.name if text is not None else "",
    }
    return mean(m.CONTENT, heading, samples, NO_ANSWER if not series else "No words lie in them.",
                more)  # fmt: skip


def _middle(word: Word) -> float:
    return (word.span.start + word.span.end) / 2
