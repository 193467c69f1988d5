"""EVA's turn segmentation: one pass over the history, one function for each kind of event.

Rules of the event-log processor of EVA-Bench 2.1 (metrics 2.2.2), arXiv 2605.13841; reproduced on
its own histories. Caller and agent here are EVA's user and assistant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.domain.eva_record import Pipeline, ProcessedRecord
from app.eval.eva import finish, segment_agent, segment_audio, segment_caller
from app.eval.eva.events import Event
from app.eval.eva.state import State

HANDLERS: Mapping[tuple[str, str], Callable[[State, Event], None]] = {
    ("audit", "user"): segment_caller.heard,
    ("audit", "assistant"): segment_agent.planned,
    ("audit", "tool_call"): segment_agent.tool_call,
    ("audit", "tool_response"): segment_agent.tool_response,
    ("audit", "turn_fallback"): segment_agent.fallback,
    ("framework", "tts_text"): segment_agent.given_text,
    ("framework", "llm_response"): segment_agent.given_text,
    ("caller", "assistant_speech"): segment_agent.heard,
    ("caller", "user_speech"): segment_caller.said,
    ("caller", "connection_state"): segment_audio.connection,
    ("caller", "audio_start"): segment_audio.start,
    ("caller", "audio_end"): segment_audio.end,
}
"""By source and kind; kinds that say nothing about turns are passed over."""


def process(
    events: Sequence[Event],
    pipeline: Pipeline = "cascade",
    *,
    ended_reason: str = "",
    last_event: Mapping[str, Any] | None = None,
    bad_lines: Mapping[str, int] | None = None,
) -> ProcessedRecord:
    """The record of a history.

    Args:
        events: sorted by time.
        pipeline: how the agent was built.
        ended_reason: as `result.json` has it.
        last_event: the last row of the caller's log.
        bad_lines: carried along.
    """
    state = State(pipeline=pipeline)
    for event in events:
        handler = HANDLERS.get((event.source, event.kind))
        if handler is not None:
            handler(state, event)
    return finish.finish(
        state,
        last_at_s=events[-1].at_ms / 1000 if events else 0.0,
        ended_reason=ended_reason,
        last_event=last_event or {},
        bad_lines=bad_lines or {},
    )
