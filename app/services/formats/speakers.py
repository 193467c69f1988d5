"""Which side a speaker label means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from app.domain.calls import Speaker

_CALLER = frozenset(
    "caller callee user customer client human patient guest consumer contact person persona "
    "simulated_user usr cust inbound in left ch0 channel0 channel_0 c a".split()
)
_AGENT = frozenset(
    "agent assistant bot ai aiagent ai_agent voicebot voice_agent operator rep representative "
    "system_agent advisor model tts outbound out right ch1 channel1 channel_1 b framework_agent "
    "pipecat_agent csr".split()
)
_NUMBERED = re.compile(r"^(?:speaker|spk|s|spkr)[ _-]*([0-9a-z]+)$")
MAX_NAMED = 10
"""So many speakers who are neither are named; of more, only the number is told."""
_PARTS = re.compile(r"[^0-9a-z]+")


def known(label: str) -> Speaker | None:
    """The side that `label` names by itself, or None.

    Channel letters follow the convention of our exports: A is the caller, B the agent.
    A tier or file name such as `agent_turns` or `turn@caller` counts too.
    """
    plain = label.strip().lower()
    if plain in _CALLER:
        return "caller"
    if plain in _AGENT:
        return "agent"
    sides: set[Speaker] = set()
    for part in _PARTS.split(plain):
        if len(part) > 2 and part in _CALLER:
            sides.add("caller")
        elif len(part) > 1 and part in _AGENT:
            sides.add("agent")
    return sides.pop() if len(sides) == 1 else None


def looks_like_label(label: str) -> bool:
    """Whether a text before a colon is a speaker's label rather than words of the line."""
    return known(label) is not None or _NUMBERED.match(label.strip().lower()) is not None


def resolve(
    labels: Iterable[str], given: Mapping[str, Speaker]
) -> tuple[dict[str, Speaker], tuple[str, ...]]:
    """Sides for all `labels` and what had to be assumed.

    Labels that name no side by themselves get the side that is left, or, where both are open,
    caller for the first to speak (of numbers: for the lowest). Labels beyond two sides stay out
    of the mapping, and so does the empty one.
    """
    order = list(dict.fromkeys(labels))
    if all(label.strip().isdigit() for label in order if label.strip()):
        order.sort()
    lower = {k.strip().lower(): v for k, v in given.items()}
    sides: dict[str, Speaker] = {}
    for label in order:
        side = lower.get(label.strip().lower()) or known(label)
        if side is not None:
            sides[label] = side
    notes: list[str] = []
    strangers: list[str] = []
    open_labels = [label for label in order if label not in sides and label.strip()]
    for label in open_labels:
        free: list[Speaker] = [s for s in ("caller", "agent") if s not in sides.values()]
        if not free:
            strangers.append(label)
            continue
        sides[label] = free[0]
        notes.append(f"speaker '{label[:40]}' taken as the {free[0]}")
    notes += [
        f"speaker '{label[:40]}' is neither caller nor agent; lines left out"
        for label in strangers[:MAX_NAMED]
    ]
    if len(strangers) > MAX_NAMED:
        notes.append(f"so are {len(strangers) - MAX_NAMED} more speakers; lines left out")
    return sides, tuple(notes)
