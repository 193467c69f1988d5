"""Turn segmentation: what the caller said, as meant and as the agent's recogniser heard it."""

from __future__ import annotations

from app.eval.eva import labels
from app.eval.eva.events import Event
from app.eval.eva.state import State


def heard(s: State, event: Event) -> None:
    """A row of the audit log: the agent's recogniser wrote down the caller."""
    if s.owed_advance:
        s.agent_spoke = s.advance_paid_by_text = True
        s.owed_advance = False
    if s.caller_audio.open:
        s.agent_spoke = False
    if s.hold and s.pipeline != "s2s":
        s.hold = s.agent_spoke = False
    else:
        s.advance()
    before = s.texts.heard_caller.get(s.turn, "")
    text = event.text
    if s.cutting_in or (before and s.turn in s.caller_interrupts):
        text = s.marked_as_cut_in(text)
    if s.pipeline == "cascade":
        s.add_row("transcribed", event, text, turn=s.turn, speaker="caller")
    separator = f" {labels.AGENT_INTERRUPTS} " if s.turn in s.agent_interrupts else " "
    s.texts.heard_caller[s.turn] = labels.join(before, separator, text)


def said(s: State, event: Event) -> None:
    """A row of the caller's log: what the caller means to say.

    Text that comes after the agent's answer but before the caller's audio belongs to audio yet to
    come, and waits for it; its second copy is dropped.
    """
    if not s.caller_audio.open and s.answered:
        s.waiting.append(event)
        s.waited_texts.add(event.text)
        s.said_something = True
    elif event.text in s.waited_texts:
        s.waited_texts.discard(event.text)
    else:
        note(s, event)


def note(s: State, event: Event) -> None:
    """Put the caller's text into the turn in which their audio last began."""
    turn = s.caller_audio.turn
    before = s.texts.intended_caller.get(turn, "")
    cutting_in = s.cutting_in
    text = event.text
    if cutting_in and not before:
        text = f"{labels.CALLER_INTERRUPTS} {text}"
    s.texts.intended_caller[turn] = labels.join(before, f" {labels.CUT_ITSELF} ", text)
    s.said_something = True
    if s.pipeline == "cascade":
        return
    if before and turn in s.caller_interrupts:
        text = f"{labels.CALLER_INTERRUPTS} {text}"
    elif cutting_in:
        # EVA marks such a row although its text bears the mark already
        text = s.marked_as_cut_in(text)
    s.add_row("intended", event, text, turn=turn, speaker="caller")
