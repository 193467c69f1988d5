"""The judges that can be chosen, in groups by what they need, and an estimate in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from app.ui.library.words import calls_words, thousands
from app.ui.runs.measure_model import FamilyHead, Measure, Row
from app.ui.runs.money import spent_words, tokens_words

if TYPE_CHECKING:
    from app.services.judging.choosing import JudgeOffer
    from app.services.judging.estimating import Estimate

RULES = "Baselines: by rules, no endpoint needed"
TEXT = "Ask a model about the words"
AUDIO = "Let a model listen"
PAIRS = "Compare two calls of a scenario"
GROUPS = (RULES, TEXT, AUDIO, PAIRS)
UNITS = {"turn": "each turn", "call": "the whole call", "pair": "two calls"}


def offer_rows(offers: Iterable[JudgeOffer]) -> list[Row]:
    """A head for each group, a line for each judge."""
    groups: dict[str, list[Measure]] = {}
    for offer in offers:
        d = offer.definition
        measure = Measure(d.name, d.title, about_words(offer))
        groups.setdefault(group_of(offer), []).append(measure)
    out: list[Row] = []
    for title in GROUPS:
        if found := groups.get(title):
            out += [FamilyHead(title, tuple(m.name for m in found)), *found]
    return out


def group_of(offer: JudgeOffer) -> str:
    """By what it needs."""
    d = offer.definition
    if d.kind == "baseline":
        return RULES
    if d.unit == "pair":
        return PAIRS
    return AUDIO if d.modality == "audio" else TEXT


def about_words(offer: JudgeOffer) -> str:
    """`each turn, 8 requests`, `the whole call, 6 criteria`."""
    d, count = offer.definition, offer.criteria
    unit = UNITS[d.unit]
    if d.kind == "baseline":  # it judges what rules can see of its rubric
        return unit
    if count is None:
        return f"{unit}, by its task flow"
    if count < 2:
        return unit
    return f"{unit}, {count} {'requests' if d.request == 'one' else 'criteria'}"


def estimate_words(found: Estimate) -> tuple[str, str]:
    """What a run needs: in few words, and what that is reckoned from."""
    if not found.requests:
        whole = "Nothing has to be asked of a model."
        if found.skipped:
            whole = next(f"{judge}: {why}" for judge, why in found.skipped.items())
        return whole, calls_words(found.calls)
    about = "" if found.sampled >= found.calls else "About "
    count = _rough(found.requests) if about else found.requests
    parts = [
        f"{about}{thousands(count)} request{'' if count == 1 else 's'}",
        f"about {tokens_words(_rough(found.tokens))}",
        spent_words(found.cost_micro, found.unpriced if found.cost_micro else 0)
        or ("price unknown" if found.unpriced else ""),
    ]
    source = calls_words(found.calls)
    if found.sampled < found.calls:
        source += f", reckoned from {found.sampled} of them"
    source += "; what is known already is not asked again"
    if found.skipped:
        names = ", ".join(found.skipped)
        source += f"; {names} {'does' if len(found.skipped) == 1 else 'do'} not apply to some"
    return ", ".join(part for part in parts if part), source


def _rough(value: int) -> int:
    """To two digits: more would be a pretence."""
    digits = len(str(abs(value)))
    return value if digits <= 2 else round(value, 2 - digits)
