"""Turn segmentation: what the agent planned, was given to say, was heard to say, and did."""

from __future__ import annotations

from app.domain.eva_record import RowKind
from app.eval.eva import labels
from app.eval.eva.events import Event
from app.eval.eva.state import Row, State

STOCK_ERROR = "I'm sorry, I encountered an error processing your request."
"""What EVA's pipeline says when the model fails; it is spoken but in no audit log."""


def planned(s: State, event: Event) -> None:
    """A row of the audit log: the model's whole answer."""
    if s.pipeline == "s2s":
        return
    text = event.text
    said_before = any(r.speaker == "agent" and r.turn == s.turn for r in s.trace)
    if s.turn in s.agent_interrupts and not said_before:
        text = f"{labels.AGENT_INTERRUPTS} {text}"
        kind: RowKind = "transcribed" if s.pipeline == "cascade" else "intended"
        s.mark_last(s.turn, "caller", kind, labels.CUT_BY_AGENT)
    row = s.add_row("intended", event, text, turn=s.turn)
    row.planned, row.keep = True, s.reprompt_next
    s.reprompt_next = False


def given_text(s: State, event: Event) -> None:
    """A row of the framework's log: text that the synthesiser was given."""
    s.agent_spoke = True
    before = s.texts.intended_agent.get(s.turn, "")
    text = event.text
    if before:
        _mark_break(s)
    elif s.turn in s.agent_interrupts:
        text = f"{labels.AGENT_INTERRUPTS} {text}"
    s.texts.intended_agent[s.turn] = labels.join(before, f" {_break_label(s)} ", text)
    s.texts.spoken_pieces.setdefault(s.turn, []).append(text)
    if text == STOCK_ERROR:
        s.add_row("intended", event, text, turn=s.turn)


def _mark_break(s: State) -> None:
    """Mark the row before as broken off, if somebody cut in in this turn."""
    if s.turn in s.caller_interrupts:
        s.mark_last(s.turn, "agent", "intended", labels.CUT_BY_CALLER)
    elif s.turn in s.agent_interrupts:
        s.mark_last(s.turn, "agent", "intended", labels.CUT_ITSELF)


def _break_label(s: State) -> str:
    if s.turn in s.caller_interrupts:
        return labels.CUT_BY_CALLER
    return labels.PAUSE if s.tool_used else labels.CUT_ITSELF


def heard(s: State, event: Event) -> None:
    """A row of the caller's log: its recogniser wrote down the agent.

    It belongs to the turn in which the agent's audio last began, for it may come late.
    """
    turn = s.agent_audio.turn
    if turn == s.turn:
        s.agent_spoke = True
    before = s.texts.heard_agent.get(turn, "")
    text = event.text
    if not before and turn in s.agent_interrupts:
        text = f"{labels.AGENT_INTERRUPTS} {text}"
    separator = labels.INTERRUPTION
    if turn in s.caller_interrupts:
        separator = labels.CALLER_INTERRUPTS
    elif turn in s.agent_interrupts:
        separator = labels.CUT_ITSELF
    s.texts.heard_agent[turn] = labels.join(before, f" {separator} ", text)
    if s.pipeline == "s2s":
        s.add_row("transcribed", event, text, turn=turn)


def tool_call(s: State, event: Event) -> None:
    """The agent called a tool."""
    _tool(s, event, "tool_call")


def tool_response(s: State, event: Event) -> None:
    """A tool answered."""
    _tool(s, event, "tool_response")


def _tool(s: State, event: Event, kind: RowKind) -> None:
    s.tool_used = True
    row = Row(turn=s.turn, kind=kind, tool=event.tool, payload=event.payload, at_ms=event.at_ms)
    s.trace.append(row)


def fallback(s: State, event: Event) -> None:
    """The agent was made to speak because nothing came; its next text is that reprompt."""
    del event
    s.fallback_turns.add(s.turn)
    s.reprompt_next = True
