"""Which clips and pairs a study presents, drawn by chance with known probabilities."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Literal

from app.domain.calls import Call, Span, Speaker
from app.domain.errors import BadInput, NotFound
from app.domain.studies import Channels
from app.services import timing
from app.services.workspace import Workspace

ConditionBy = Literal["agent", "agent_version", "perturbation", "tag"]
ClipOf = Literal["turn", "call", "excerpt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipRule:
    """How clips are cut. Defaults suit a listening-quality test of the agent's voice."""

    of: ClipOf = "turn"
    per_call: int = 2
    """Clips drawn from each call; 0 for all."""
    shortest_s: float = 2.0
    longest_s: float = 12.0
    excerpt_s: float = 30.0
    """Length of an excerpt, which is cut at turn edges."""
    condition_by: ConditionBy = "agent_version"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A clip that may be presented."""

    call: Call
    span: Span
    speaker: Speaker | None
    layer_id: str | None
    layer_version: int | None
    condition: str
    inclusion_prob: float
    reason: str
    turn_index: int | None = None
    recipe: str = ""
    """What is done to its sound, as a perturbation's text; see `controls`."""
    order: str = ""
    """Which answer a voice asks for after its first seconds: a trap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two clips that are presented together; the first has the smaller call id."""

    first: Candidate
    second: Candidate


def clips(
    ws: Workspace, calls: Sequence[Call], rule: ClipRule, channels: Channels, seed: int
) -> list[Candidate]:
    """The clips of calls; of each call so many by chance, each with its probability.

    Raises:
        BadInput: no call has a clip that fits.
    """
    chance = random.Random(f"{seed}/clips")
    found: list[Candidate] = []
    for call in calls:
        spans = _spans(ws, call, rule, channels)
        wanted = len(spans) if not rule.per_call else min(rule.per_call, len(spans))
        picked = sorted(chance.sample(range(len(spans)), wanted)) if spans else []
        for at in picked:
            found.append(replace(spans[at], inclusion_prob=wanted / len(spans)))
    if not found:
        raise BadInput(
            "No clip fits.",
            f"Allow clips shorter than {rule.shortest_s:g} s or longer than {rule.longest_s:g} s, "
            "or choose other calls.",
        )
    return found


def pairs(candidates: Sequence[Candidate], seed: int, most: int = 0) -> list[Pair]:
    """Clips of one scenario and different conditions, each call's place with its like.

    Args:
        candidates: from `clips`.
        seed: which are taken where there are more than `most`.
        most: how many pairs; 0 for all.

    Raises:
        BadInput: no scenario has two conditions.
    """
    groups: dict[tuple[str, int], list[Candidate]] = defaultdict(list)
    place: dict[str, int] = defaultdict(int)
    for clip in candidates:
        key = clip.call.scenario_key or clip.call.title
        groups[key, place[clip.call.id]].append(clip)
        place[clip.call.id] += 1
    found = [
        _pair(one, other)
        for group in groups.values()
        for one, other in combinations(group, 2)
        if one.condition != other.condition
    ]
    if not found:
        raise BadInput(
            "No two clips of one scenario come from different systems.",
            "Choose calls of at least two systems that carry out the same scenarios.",
        )
    if most and len(found) > most:
        kept = random.Random(f"{seed}/pairs").sample(range(len(found)), most)
        found = [found[at] for at in sorted(kept)]
    return found


def condition_of(call: Call, by: ConditionBy) -> str:
    """The system that a call stands for."""
    if by == "agent":
        return call.agent or "unnamed"
    if by == "perturbation":
        steps = _conditions(call).get("recipe", {}).get("steps", ())
        return ", ".join(" ".join(str(v) for v in s.values()) for s in steps) or "as recorded"
    if by == "tag":
        return " ".join(sorted(call.tags)) or "untagged"
    return f"{call.agent or 'unnamed'} {call.agent_version or ''}".strip()


def references(candidates: Sequence[Candidate], originals: Mapping[str, Call]) -> list[Pair]:
    """Clips of perturbed calls with the same stretch of what each was made from.

    Args:
        candidates: from `clips`; those that are no copies are left out.
        originals: call id → call, of what the copies were made from.

    Raises:
        BadInput: none of them is a copy of a call that is there.
    """
    found = []
    for clip in candidates:
        clean = original_of(clip, originals)
        if clean is not None:
            found.append(Pair(first=clip, second=replace(clean, condition="reference")))
    if not found:
        raise BadInput(
            "None of these clips has a reference.",
            "Make perturbed copies of calls, and choose the copies.",
        )
    return found


def original_of(clip: Candidate, originals: Mapping[str, Call]) -> Candidate | None:
    """The same stretch of what a perturbed call was made from; None where that is not there."""
    source = originals.get(made_from(clip.call))
    return None if source is None else replace(clip, call=source, layer_id=None, layer_version=None)


def made_from(call: Call) -> str:
    """The id of the call that a perturbed one was made from; empty for others."""
    return str(_conditions(call).get("perturbed_from", ""))


def _conditions(call: Call) -> Mapping[str, Any]:
    found = call.extra.get("conditions")
    return found if isinstance(found, Mapping) else {}


def _pair(one: Candidate, other: Candidate) -> Pair:
    first, second = sorted((one, other), key=lambda c: (c.call.id, c.span.start))
    return Pair(first=first, second=second)


def _spans(ws: Workspace, call: Call, rule: ClipRule, channels: Channels) -> list[Candidate]:
    condition = condition_of(call, rule.condition_by)
    if rule.of == "call":
        whole = Span(0, call.frame_count)
        return [_candidate(call, whole, condition, "Whole call")]
    try:
        turn_set = timing.turn_set(ws, call.id)
    except NotFound:
        return []
    low, high = (int(s * call.rate_hz) for s in (rule.shortest_s, rule.longest_s))
    if rule.of == "excerpt":
        spans = _excerpts([t.span for t in turn_set.turns], int(rule.excerpt_s * call.rate_hz))
        return [_candidate(call, s, condition, "Excerpt cut at turn edges") for s in spans]
    return [
        Candidate(
            call=call,
            span=turn.span,
            speaker=turn.speaker,
            layer_id=turn_set.layer_id,
            layer_version=turn_set.layer_version,
            condition=condition,
            inclusion_prob=1.0,
            reason=f"Turn {turn.index}",
            turn_index=turn.index,
        )
        for turn in turn_set.turns
        if channels in ("both", turn.speaker) and low <= turn.span.end - turn.span.start <= high
    ]


def _candidate(call: Call, span: Span, condition: str, reason: str) -> Candidate:
    return Candidate(
        call=call, span=span, speaker=None, layer_id=None, layer_version=None,
        condition=condition, inclusion_prob=1.0, reason=reason,
    )  # fmt: skip


def _excerpts(turns: Sequence[Span], length: int) -> list[Span]:
    """Stretches of whole turns, each as long as fits, one after the other."""
    out: list[Span] = []
    start = end = -1
    for turn in turns:
        if start >= 0 and turn.end - start > length:
            out.append(Span(start, end))
            start = -1
        if start < 0:
            start, end = turn.start, turn.end
        end = max(end, turn.end)
    if start >= 0:
        out.append(Span(start, end))
    return out
