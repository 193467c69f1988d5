"""Turns, latencies, overlaps, interruptions and dead air, derived from segments by a profile.

Pure and O(n log n). Times are int frames; a limit in milliseconds is compared exactly, whatever
the rate. Everything derived names the segments that it came from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.domain import turn_text, utterances
from app.domain.calls import SPEAKERS, Span
from app.domain.segments import Layer, Segment
from app.domain.turn_entries import NO_TURN, Work, classify
from app.domain.turn_profiles import CALLBENCH_1
from app.domain.turns import (
    Interruption,
    Latency,
    Overlap,
    OverlapKind,
    Profile,
    Turn,
    TurnSet,
    Utterance,
)
from app.domain.utterances import Lane, Limits, Speech


def derive(
    segments: Sequence[Segment],
    transcript: Sequence[Segment] = (),
    profile: Profile = CALLBENCH_1,
    *,
    layer: Layer,
    rate_hz: int,
    frame_count: int,
    overrides: Mapping[str, OverlapKind] | None = None,
    voids: Sequence[str] = (),
) -> TurnSet:
    """Everything that follows from `segments` of `layer` by the rules of `profile`.

    Args:
        segments: speech segments of both speakers, any order.
        transcript: segments with text; words are counted for backchannels, text is laid on turns.
        profile: the rule set; its parameters are data.
        layer: where the segments come from; its id and version go with every figure.
        rate_hz: frames per second.
        frame_count: length of the call in frames.
        overrides: the kind of overlap that a person gave, by id of the segment that began second.
        voids: families of figures that the recording cannot support; carried along.
    """
    limits, params = Limits(rate_hz), profile.params
    by_speaker, dropped = utterances.build(
        segments,
        limits,
        min_speech_ms=params["min_speech_ms"],
        close_pause_ms=params["close_pause_ms"],
        frame_count=frame_count,
    )
    lanes = {speaker: Lane(by_speaker[speaker]) for speaker in SPEAKERS}
    placed = turn_text.place(transcript, lanes, params["text_slack_ms"] * rate_hz / 1000)
    work = Work(limits, params, lanes, overrides or {})
    ordered = sorted(by_speaker["caller"] + by_speaker["agent"], key=lambda u: u.order)
    classify(work, ordered)
    runs = _runs(work, ordered)
    turns, latencies = _turns(runs, _ends(segments))
    return TurnSet(
        rate_hz=rate_hz,
        frame_count=frame_count,
        layer_id=layer.id,
        layer_version=layer.version,
        layer_name=layer.name,
        profile=profile,
        utterances=_lanes_of(ordered, runs),
        turns=turns,
        latencies=latencies,
        overlaps=_overlaps(work),
        interruptions=_interruptions(work, runs),
        dead_air=_dead_air(work, ordered, frame_count),
        voids=tuple(dict.fromkeys(voids)),
        extra={
            "dropped_segment_ids": dropped,
            "unplaced_transcript_ids": placed.unplaced,
            "unheard": _unheard(placed.unheard, turns),
        },
    )


def _runs(work: Work, ordered: Sequence[Speech]) -> list[list[Speech]]:
    """Runs of one speaker's utterances that no utterance of the other breaks."""
    runs: list[list[Speech]] = []
    for speech in ordered:
        if not work.takes_turn(speech):
            continue
        if runs and runs[-1][0].speaker == speech.speaker:
            runs[-1].append(speech)
        else:
            runs.append([speech])
    return runs


def _ends(segments: Sequence[Segment]) -> dict[str, int]:
    return {s.id: s.span.end for s in segments}


def _turns(
    runs: Sequence[Sequence[Speech]], segment_ends: Mapping[str, int]
) -> tuple[tuple[Turn, ...], tuple[Latency, ...]]:
    turns: list[Turn] = []
    latencies: list[Latency] = []
    for i, run in enumerate(runs):
        turn = Turn(
            id=f"t{i + 1}",
            index=i + 1,
            speaker=run[0].speaker,
            span=Span(run[0].start, run[-1].end),
            segment_ids=tuple(s for u in run for s in u.segment_ids),
            text=" ".join(u.text for u in run if u.texts),
        )
        if turns:
            previous = turns[-1]
            last = max(runs[i - 1][-1].segment_ids, key=lambda s: segment_ends[s])
            latency = Latency(
                turn_id=turn.id,
                previous_turn_id=previous.id,
                frames=turn.span.start - previous.span.end,
                segment_ids=(last, turn.segment_ids[0]),
            )
            latencies.append(latency)
            turn = replace(turn, latency=latency)
        turns.append(turn)
    return tuple(turns), tuple(latencies)


def _lanes_of(ordered: Sequence[Speech], runs: Sequence[Sequence[Speech]]) -> tuple[Utterance, ...]:
    homes = {id(u): f"t{i + 1}" for i, run in enumerate(runs) for u in run}
    return tuple(
        Utterance(
            speaker=u.speaker,
            span=Span(u.start, u.end),
            segment_ids=tuple(u.segment_ids),
            turn_id=homes.get(id(u)),
            text=u.text,
        )
        for u in ordered
    )


def _overlaps(work: Work) -> tuple[Overlap, ...]:
    """Every stretch in which both speak, by a merge of the two lanes."""
    out: list[Overlap] = []
    callers, agents = (work.lanes[s].utterances for s in SPEAKERS)
    i = j = 0
    while i < len(callers) and j < len(agents):
        c, a = callers[i], agents[j]
        start, end = max(c.start, a.start), min(c.end, a.end)
        if start < end:
            first, second = sorted((c, a), key=lambda u: u.order)
            entry = work.entries[id(second)]
            kind, edited = entry.kind, entry.edited
            if work.kind_of(first) in NO_TURN:  # only a person can make one that long
                kind, edited = work.entries[id(first)].kind, True
            ids = (first.segment_ids[0], second.segment_ids[0])
            out.append(
                Overlap(
                    span=Span(start, end),
                    by=second.speaker,
                    kind=kind,
                    segment_ids=ids,
                    edited=edited,
                )
            )
        i, j = (i + 1, j) if c.end <= a.end else (i, j + 1)
    return tuple(out)


def _interruptions(work: Work, runs: Sequence[Sequence[Speech]]) -> tuple[Interruption, ...]:
    out: list[Interruption] = []
    for run in runs:
        entry = work.entries.get(id(run[0]))
        if entry is None or entry.kind not in ("interruption", "talk_over"):
            continue
        if not work.takes_turn(entry.into):
            continue
        left = entry.into.end - run[0].start
        stopped = entry.kind == "interruption" and work.limits.at_most(
            left, work.params["yield_window_ms"]
        )
        out.append(
            Interruption(
                by=run[0].speaker,
                onset=run[0].start,
                yield_frames=left if stopped else None,
                segment_ids=(entry.into.segment_ids[0], run[0].segment_ids[0]),
            )
        )
    return tuple(out)


def _dead_air(work: Work, ordered: Sequence[Speech], frame_count: int) -> tuple[Span, ...]:
    out: list[Span] = []
    silent_from = 0
    for start, end in [(u.start, u.end) for u in ordered] + [(frame_count, frame_count)]:
        silence = start - silent_from
        if silence > 0 and not work.limits.shorter(silence, work.params["dead_air_ms"]):
            out.append(Span(silent_from, start))
        silent_from = max(silent_from, end)
    return tuple(out)


def _unheard(segments: Sequence[Segment], turns: Sequence[Turn]) -> dict[str, tuple[str, ...]]:
    """The turn that each unheard line was cut from: its speaker's last one begun before it."""
    out: dict[str, tuple[str, ...]] = {}
    for segment in segments:
        mine = [t for t in turns if t.speaker == segment.speaker]
        before = [t for t in mine if t.span.start <= segment.span.start] or mine[:1]
        if before:
            out[before[-1].id] = (*out.get(before[-1].id, ()), segment.id)
    return out
