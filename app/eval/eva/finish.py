"""After the pass over the history: pair audio, keep what was spoken, put the trace in order.

Rules of the event-log processor of EVA-Bench 2.1; see `processor`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, TypeVar

from app.domain.calls import Speaker
from app.domain.eva_record import ProcessedRecord, Stretch
from app.eval.eva import labels, spoken
from app.eval.eva.state import Row, State

_T = TypeVar("_T")
Audio = dict[int, tuple[Stretch, ...] | None]
TurnAudio = Mapping[int, tuple[Stretch, ...] | None]


def finish(
    state: State,
    *,
    last_at_s: float,
    ended_reason: str,
    last_event: Mapping[str, Any],
    bad_lines: Mapping[str, int],
) -> ProcessedRecord:
    """The record that a state has come to; `last_at_s` is the time of the last event."""
    end_s = state.session_end_s or last_at_s
    caller_audio: Audio = {**state.caller_audio.stretches(end_s)}
    agent_audio: Audio = {**state.agent_audio.stretches(end_s)}
    texts = state.texts
    trace = _grouped(state.trace if state.pipeline == "s2s" else _spoken_rows(state))
    _mark_interrupters(trace, state)
    agent_texts = texts.heard_agent if state.pipeline == "s2s" else texts.intended_agent
    agent_turns, caller_turns = len(agent_texts), len(texts.heard_caller)
    _level(texts.heard_caller, texts.intended_caller, caller_audio)
    _level(texts.heard_agent, texts.intended_agent, agent_audio)
    latency_s = latencies(caller_audio, agent_audio)
    heard_turns = {t for t, text in texts.heard_caller.items() if text}
    _reconcile(trace, state)
    return ProcessedRecord(
        pipeline=state.pipeline,
        intended_caller=_sorted(texts.intended_caller),
        heard_caller=_sorted(texts.heard_caller),
        intended_agent=_sorted(texts.intended_agent),
        heard_agent=_sorted(texts.heard_agent),
        caller_audio=_sorted(caller_audio),
        agent_audio=_sorted(agent_audio),
        unended=_unended(state),
        agent_interrupts=frozenset(state.agent_interrupts),
        caller_interrupts=frozenset(state.caller_interrupts),
        fallback_turns=frozenset(state.fallback_turns),
        filled_in=frozenset(t for t, x in texts.heard_caller.items() if x) - heard_turns,
        latency_s=latency_s,
        trace=tuple(row.frozen() for row in trace),
        caller_turns=caller_turns,
        agent_turns=agent_turns,
        ended_reason=ended_reason,
        last_event=dict(last_event),
        session_end_s=end_s,
        bad_lines=dict(bad_lines),
    )


def _sorted(turns: Mapping[int, _T]) -> dict[int, _T]:
    return dict(sorted(turns.items()))


def _unended(state: State) -> frozenset[tuple[Speaker, int]]:
    both: tuple[tuple[Speaker, frozenset[int]], ...] = (
        ("caller", state.caller_audio.unended),
        ("agent", state.agent_audio.unended),
    )
    return frozenset((speaker, turn) for speaker, turns in both for turn in turns)


def _spoken_rows(state: State) -> list[Row]:
    """The trace with the agent's rows cut to what was spoken; unspoken ones are left out."""
    kept: list[Row] = []
    for row in state.trace:
        if row.planned:
            part = spoken.spoken_part(row.text, state.texts.spoken_pieces.get(row.turn, []))
            if part is None and not row.keep:
                continue
            row.text = row.text if part is None else part
        kept.append(row)
    return kept


def _grouped(trace: Sequence[Row]) -> list[Row]:
    """Neighbouring rows of one speaker and turn made one; the first gives kind and time."""
    grouped: list[Row] = []
    for (speaker, _), run in groupby(trace, key=lambda r: (r.speaker, r.turn)):
        rows = list(run)
        if speaker is None:
            grouped.extend(rows)
        else:
            rows[0].text = " ".join(r.text for r in rows if r.text)
            grouped.append(rows[0])
    return grouped


def _mark_interrupters(trace: Sequence[Row], state: State) -> None:
    """Marks that could not be set during the pass, because the text came before the audio."""
    for turn in sorted(state.agent_interrupts):
        for row in _rows(trace, "agent", turn)[:1]:
            _mark_front(row, labels.AGENT_INTERRUPTS)
    for turn in sorted(state.caller_interrupts):
        rows = _rows(trace, "caller", turn)
        if not any(r.text.startswith(labels.CALLER_INTERRUPTS) for r in rows):
            for row in rows[:1]:
                _mark_front(row, labels.CALLER_INTERRUPTS)


def _rows(trace: Sequence[Row], speaker: Speaker, turn: int) -> list[Row]:
    return [r for r in trace if r.speaker == speaker and r.turn == turn]


def _mark_front(row: Row, label: str) -> None:
    if not row.text.startswith(label):
        row.text = f"{label} {row.text}"


def _level(heard: dict[int, str], intended: dict[int, str], audio: Audio) -> None:
    """Give the three the same turns: no text is empty, no audio is None."""
    for turn in {*heard, *intended, *audio}:
        heard.setdefault(turn, "")
        intended.setdefault(turn, "")
        audio.setdefault(turn, None)


def latencies(caller_audio: TurnAudio, agent_audio: TurnAudio) -> dict[int, float]:
    """Start of the agent's first stretch minus end of the caller's last, seconds, 6 decimals.

    Turns without audio of both have none.
    """
    found: dict[int, float] = {}
    for turn, caller in sorted(caller_audio.items()):
        agent = agent_audio.get(turn)
        if caller and agent:
            found[turn] = round(agent[0][0] - caller[-1][1], 6)
    return found


# ------------------------------------------------------------------------------ the trace's ends
def _reconcile(trace: list[Row], state: State) -> None:
    """Greeting first; the caller's last words, or the mark that the agent was broken off, last."""
    texts = state.texts
    if not trace:
        if texts.intended_agent.get(0):
            trace.append(_agent_row(0, texts.intended_agent[0]))
        return
    _greeting_first(trace, state)
    if not texts.intended_caller:
        return
    last_caller = max(texts.intended_caller)
    if last_caller > trace[-1].turn:
        text = texts.intended_caller[last_caller]
        trace.append(Row(turn=last_caller, kind="intended", speaker="caller", text=text))
    else:
        _mark_broken_off(trace, state)
    if not texts.heard_caller.get(last_caller):
        texts.heard_caller[last_caller] = texts.intended_caller[last_caller]


def _agent_row(turn: int, text: str) -> Row:
    return Row(turn=turn, kind="intended", speaker="agent", text=text)


def _greeting_first(trace: list[Row], state: State) -> None:
    first = trace[0]
    if first.speaker != "caller" or first.turn <= 0:
        return
    logged = _rows(trace, "agent", 0)
    if logged:
        trace.remove(logged[0])
        trace.insert(0, logged[0])
        return
    intended, heard = (t.get(0) for t in (state.texts.intended_agent, state.texts.heard_agent))
    if intended:
        trace.insert(0, _agent_row(0, intended))
    elif heard:
        trace.insert(0, Row(turn=0, kind="transcribed", speaker="agent", text=heard))


def _mark_broken_off(trace: list[Row], state: State) -> None:
    """A call that ends with the agent's words ended while it spoke: mark them."""
    texts = state.texts
    if trace[-1].speaker == "agent":
        turn = trace[-1].turn
        trace[-1].text += f" {labels.CUT_ITSELF}"
    else:
        turn = max(texts.intended_agent, default=-1)
        text = texts.intended_agent.get(turn)
        if not text or turn < trace[-1].turn or _rows(trace, "agent", turn):
            return
        trace.append(_agent_row(turn, f"{text} {labels.CUT_ITSELF}"))
    if texts.intended_agent.get(turn):
        texts.intended_agent[turn] += f" {labels.CUT_ITSELF}"
    if texts.heard_agent.get(turn):
        texts.heard_agent[turn] += f" {labels.CUT_ITSELF}"
    elif texts.intended_agent.get(turn):
        texts.heard_agent[turn] = texts.intended_agent[turn]
