"""Turn segmentation: whose audio begins and ends, and which turn that makes it."""

from __future__ import annotations

from app.eval.eva import labels, segment_caller
from app.eval.eva.events import Event
from app.eval.eva.state import State


def start(s: State, event: Event) -> None:
    """Audio begins."""
    assert event.audio_s is not None
    if event.speaker == "caller":
        _caller_starts(s, event.audio_s)
    else:
        _agent_starts(s, event.audio_s)


def end(s: State, event: Event) -> None:
    """Audio ends. A caller's burst in which nothing was said is taken back as a turn."""
    assert event.audio_s is not None
    if event.speaker == "agent":
        s.agent_audio.end(event.audio_s)
        return
    s.caller_audio.end(event.audio_s)
    if not s.said_something and s.caller_began:
        s.turn -= 1
        s.caller_began = False
        s.owed_advance = True


def connection(s: State, event: Event) -> None:
    """The connection changed; its end closes what is open."""
    if event.state == "session_ended":
        s.session_end_s = event.at_ms / 1000


def _caller_starts(s: State, at_s: float) -> None:
    if s.agent_audio.open:
        _mark_agent_as_cut(s)
        s.cutting_in = True
    s.said_something = False
    _settle_owed_advance(s)
    s.hold = False
    s.advance()
    if s.cutting_in:
        s.caller_interrupts.add(s.turn)
    s.caller_audio.start(s.turn, at_s)
    s.caller_began = True
    s.answered = False
    waiting, s.waiting = s.waiting, []
    for event in waiting:
        segment_caller.note(s, event)


def _mark_agent_as_cut(s: State) -> None:
    for texts in (s.texts.intended_agent, s.texts.heard_agent):
        if s.turn in texts:
            texts[s.turn] += f" {labels.CUT_BY_CALLER}"
    s.mark_last(s.turn, "agent", "intended", labels.CUT_BY_CALLER)


def _settle_owed_advance(s: State) -> None:
    """After an empty burst: a new turn now, unless recognised text has begun it already."""
    if s.advance_paid_by_text and s.agent_audio.open:
        s.agent_spoke = False
    elif s.owed_advance:
        s.agent_spoke = True
        s.owed_advance = False
    s.advance_paid_by_text = False


def _agent_starts(s: State, at_s: float) -> None:
    if not s.caller_audio.open:
        s.answered = True
        if s.pipeline == "s2s":
            s.agent_spoke = True
    elif s.caller_began:
        s.agent_interrupts.add(s.turn)
        # after a tool call the agent answers what it took for the whole utterance
        s.hold = s.hold or not s.tool_used
    s.agent_audio.start(s.turn, at_s)
