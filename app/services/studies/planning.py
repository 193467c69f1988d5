"""What a study draws from a query's calls, and how many votes it needs before it begins."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.errors import BadInput
from app.domain.ratings import Viewer
from app.domain.studies import PAIRED, Study
from app.eval.listening import planning as needed
from app.services import browsing
from app.services.calls import get_calls
from app.services.studies import choosing
from app.services.studies.choosing import Candidate, ClipRule, Pair
from app.services.studies.controls import Planned
from app.services.studies.opening import plan
from app.services.workspace import Workspace

HALF_WIDTHS = (0.25, 0.5)
PREFERENCES = (0.60, 0.65, 0.70, 0.75)


def plan_items(
    ws: Workspace,
    viewer: Viewer,
    study: Study,
    call_ids: Sequence[str] | None = None,
    *,
    rule: ClipRule = ClipRule(),  # noqa: B008 - frozen
    most_calls: int = 0,
    most_pairs: int = 0,
    with_references: bool = False,
) -> list[Planned]:
    """The stimuli of a draft, as `open_study` takes them.

    Args:
        ws: the workspace.
        viewer: its owner.
        study: a draft.
        call_ids: of which calls; those that the study's query finds where None.
        rule: how clips are cut, and what is a condition. A rubric study takes whole calls.
        most_calls: how many of the calls are drawn, by chance from the seed; 0 for all.
        most_pairs: how many pairs are drawn; 0 for all.
        with_references: add reference conditions (ACR alone).

    Raises:
        BadInput: no calls, no clips, no pairs, or no references that fit.
    """
    if call_ids is None:
        query = browsing.parse_query(study.query)
        call_ids = browsing.uuids(ws, browsing.call_ids(ws, viewer, query))
    calls = get_calls(ws, call_ids)
    if not calls:
        raise BadInput(f"{study.code} finds no calls.", "Change its query, or import calls.")
    found = len(calls)
    if most_calls and found > most_calls:
        chance = random.Random(f"{study.seed}/calls")
        calls = [calls[at] for at in sorted(chance.sample(range(found), most_calls))]
    if study.instrument == "rubric":
        rule = ClipRule(of="call", per_call=0, condition_by=rule.condition_by)
    clips = choosing.clips(ws, calls, rule, study.design.channels, study.seed)
    if len(calls) < found:
        clips = [_drawn(c, len(calls), found) for c in clips]
    sources = list(dict.fromkeys(filter(None, (choosing.made_from(c) for c in calls))))
    originals = {c.id: c for c in get_calls(ws, sources)}
    pairs: list[Pair] = []
    if study.instrument == "dcr":
        pairs = choosing.references(clips, originals)
    elif study.instrument in PAIRED:
        pairs = choosing.pairs(clips, study.seed, most_pairs)
    return plan(study, clips, pairs, originals=originals, with_references=with_references)


def _drawn(clip: Candidate, taken: int, found: int) -> Candidate:
    reason = f"{clip.reason}; {taken} of {found} calls by chance"
    return replace(clip, inclusion_prob=clip.inclusion_prob * taken / found, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What a study needs, for people to read before it begins."""

    votes_for_half_width: tuple[tuple[float, int], ...]
    """(points to either side, votes) of a mean's 95 % t interval."""
    pairs_for_preference: tuple[tuple[float, int], ...]
    """(true share that prefers one side, independent votes) at 80 % power, two-sided 5 %."""


def advice(
    sd: float = 0.8,
    half_widths: Sequence[float] = HALF_WIDTHS,
    preferences: Sequence[float] = PREFERENCES,
) -> Advice:
    """How many votes are needed.

    Args:
        sd: standard deviation of the votes, in points of the scale.
        half_widths: how near the mean should be known.
        preferences: which true preferences should be found.

    Raises:
        BadInput: a spread or half-width that is not positive, or a preference of one half.
    """
    try:
        if sd <= 0:
            raise ValueError("the standard deviation must be positive")
        votes = tuple((w, needed.votes_needed(w, sd)) for w in half_widths)
        pairs = tuple((p, needed.pairs_needed(p)) for p in preferences)
    except ValueError as error:
        raise BadInput(f"{str(error)[:1].upper()}{str(error)[1:]}.") from error
    return Advice(votes_for_half_width=votes, pairs_for_preference=pairs)
