"""What happened in an EVA call besides speech, and ends of speech that its log has wrong."""

from __future__ import annotations

from itertools import pairwise

from app.domain.calls import SPEAKERS, Finding, Speaker, other
from app.domain.eva_record import ProcessedRecord, TraceRow
from app.domain.events import EventKind
from app.domain.json_shapes import mapping
from app.services.importing.foreign import ForeignEvent
from app.services.importing.foreign_files import words
from app.services.importing.readers.eva_evidence import Timeline, audio, stretches

NEXT_S, LONG_OVERLAP_S = 0.25, 3.0
"""An end this near to the same side's next sound, over that much of the other's, is doubtful."""


def doubtful_ends(record: ProcessedRecord, timeline: Timeline) -> tuple[Finding, ...]:
    """Ends that were probably logged late: only where the same side's next sound begins.

    The caller's bridge declares an end after a pause; where none was seen, the stretch runs on
    through the other's whole answer (a known fault of the logs).
    """
    found = []
    for speaker in SPEAKERS:
        own, others = stretches(record, speaker), stretches(record, other(speaker))
        for (start, end), (after, _) in pairwise(own):
            over = sum(max(0.0, min(end, e) - max(start, s)) for s, e in others)
            if after - end <= NEXT_S and over >= LONG_OVERLAP_S:
                at = f"{start - timeline.t0_s:.1f} to {end - timeline.t0_s:.1f} s"
                message = (
                    f"The {speaker}'s speech from {at} was logged as ended only when their next "
                    f"sound began, {over:.1f} s of it over the other's: its end is probably wrong, "
                    "and with it that response latency and overlap."
                )
                found.append(Finding(code="doubtful_log_end", message=message))
    return tuple(found)


def events(record: ProcessedRecord, timeline: Timeline) -> tuple[ForeignEvent, ...]:
    """Tool calls with their outcome, interruptions as EVA has them, and the end."""
    found = [e for row in record.tool_calls if (e := _tool(record, row, timeline)) is not None]
    for turn in sorted(record.agent_interrupts):
        at = _first(record, "agent", turn)
        if at is not None:
            label = f"agent cut in (EVA turn {turn})"
            found.append(ForeignEvent(kind="other", start_s=at - timeline.t0_s, label=label))
    for turn in sorted(record.caller_interrupts):
        at = _first(record, "caller", turn)
        if at is not None:
            label = f"caller cut in (EVA turn {turn})"
            found.append(ForeignEvent(kind="barge_in", start_s=at - timeline.t0_s, label=label))
    if record.session_end_s is not None and record.ended_reason:
        at, reason = record.session_end_s - timeline.t0_s, record.ended_reason
        kind: EventKind = "transfer" if reason == "transfer" else "other"
        found.append(ForeignEvent(kind=kind, start_s=max(0.0, at), label=f"ended: {words(reason)}"))
    return tuple(found)


def _first(record: ProcessedRecord, speaker: Speaker, turn: int) -> float | None:
    return min((start for start, _ in audio(record, speaker).get(turn, ())), default=None)


def _tool(record: ProcessedRecord, row: TraceRow, timeline: Timeline) -> ForeignEvent | None:
    answer = _answer(record, row)
    at = row.at_ms / 1000 if row.at_ms is not None else None
    if at is None:  # a stored context has no times: between what was asked and what was answered
        ends = [end for _, end in audio(record, "caller").get(row.turn, ())]
        at = max(ends, default=None) or _first(record, "agent", row.turn)
    if at is None:
        return None
    end = answer.at_ms / 1000 if answer is not None and answer.at_ms is not None else None
    body = mapping(answer.payload) if answer is not None else {}
    error = words(body.get("error_type")) if body.get("status") == "error" else ""
    label = words(row.tool) + (f": {error}" if error else "")
    return ForeignEvent(
        kind="tool",
        start_s=at - timeline.t0_s,
        end_s=end - timeline.t0_s if end is not None and end > at else None,
        label=label,
    )


def _answer(record: ProcessedRecord, call: TraceRow) -> TraceRow | None:
    """The response that follows a call of the same tool."""
    rows = record.trace
    at = next((n for n, row in enumerate(rows) if row is call), None)
    if at is None:
        return None
    later = (r for r in rows[at + 1 :] if r.kind == "tool_response" and r.tool == call.tool)
    return next(later, None)
