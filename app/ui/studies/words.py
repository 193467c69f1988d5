"""Studies in words: instruments, states, rules, figures with their intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from app.domain.studies import PAIRED, Instrument, Study, StudyState
from app.eval.listening.opinion import Opinion
from app.ui.library.words import DASH, MINUS, thousands

INSTRUMENT_WORDS: Mapping[Instrument, str] = {
    "acr": "ACR",
    "dcr": "DCR",
    "ccr": "CCR",
    "pairwise": "Pairwise",
    "humanlike": "Human-likeness",
    "ai_detect": "Person or machine",
    "rubric": "Rubric",
}
INSTRUMENT_NOTES: Mapping[Instrument, str] = {
    "acr": "One clip, five points from excellent to bad. To follow quality over time.",
    "dcr": "A reference, then the clip: how audible is the difference, five points.",
    "ccr": "Two clips in either order, −3 to +3.",
    "pairwise": "Two clips: which is better. Tells voices apart with the fewest votes.",
    "humanlike": "One clip, 0 to 9: how much like a person.",
    "ai_detect": "One clip: a person or a machine.",
    "rubric": "A rubric's form on whole calls, in the scoring screen.",
}
STATE_WORDS: Mapping[StudyState, str] = {
    "draft": "draft",
    "open": "open",
    "paused": "paused",
    "closed": "closed",
}
RULE_WORDS: Mapping[str, str] = {
    "trap": "Trap missed",
    "gold": "Gold missed",
    "straight": "Straight-lining",
    "consistency": "Disagrees with the others",
    "outlier": "Outlier",
}
NONE = "–"


def is_paired(study: Study) -> bool:
    """Whether its votes prefer one of two; DCR's second clip is a reference."""
    return study.instrument in PAIRED and study.instrument != "dcr"


def number(value: float | None, decimals: int = 2) -> str:
    """A figure with a true minus; a dash where there is none."""
    if value is None:
        return NONE
    text = f"{value:.{decimals}f}"
    return text.replace("-", MINUS) if float(text) else text.lstrip("-")


def interval(low: float | None, high: float | None, decimals: int = 2) -> str:
    """`3.12–3.88`; a dash where there is none."""
    if low is None or high is None:
        return NONE
    one, two = number(low, decimals), number(high, decimals)
    joint = " to " if MINUS in one + two else DASH
    return f"{one}{joint}{two}"


def percent(share: float | None) -> str:
    """`12 %`."""
    return NONE if share is None else f"{share * 100:.0f} %"


def votes_words(count: int) -> str:
    """`1 vote`, `24 votes`."""
    return f"{thousands(count)} vote{'' if count == 1 else 's'}"


def raters_of(count: int) -> str:
    """`1 rater`, `3 raters`."""
    return f"{count} rater{'' if count == 1 else 's'}"


def raters_words(study: Study) -> str:
    """`3 raters an item`; `1 to 3 raters an item` where some get more."""
    counts = sorted(_items_by_raters(study))
    least = f"{counts[0]} to " if len(counts) > 1 else ""
    return f"{least}{raters_of(counts[-1])} an item"


def raters_in_full(study: Study) -> str:
    """`3`; `1 rater on 8 items, 3 raters on 2 items` where some get more."""
    counts = _items_by_raters(study)
    if len(counts) == 1:
        return str(next(iter(counts)))
    return ", ".join(
        f"{raters_of(n)} on {items} item{'' if items == 1 else 's'}"
        for n, items in sorted(counts.items())
    )


def _items_by_raters(study: Study) -> Counter[int]:
    """Number of raters → how many items get so many."""
    design = study.design
    if not design.extra_raters:
        return Counter({design.raters_per_item: study.stimuli})
    return Counter(design.raters_of(number) for number in range(1, study.stimuli + 1))


def pace_words(seconds: float | None) -> str:
    """`14 s`, `2.5 min`."""
    if seconds is None:
        return NONE
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.1f} min"


def rules_words(broken: Mapping[str, int]) -> str:
    """`Trap missed 2, Straight-lining 1`."""
    return ", ".join(f"{RULE_WORDS.get(r, r)} {n}" for r, n in sorted(broken.items())) or NONE


def opinion_words(found: Opinion) -> str:
    """`3.62, 95 % 3.41–3.83, 48 votes of 6 raters`."""
    many = f"{votes_words(found.n)} of {found.raters} rater{'' if found.raters == 1 else 's'}"
    if found.low is None:
        return f"{number(found.mean)}, {many}"
    return f"{number(found.mean)}, 95 % {interval(found.low, found.high)}, {many}"


def progress_words(done: int, wanted: int) -> str:
    """`24 of 120`."""
    return f"{thousands(done)} of {thousands(wanted)}"


def due_words(due: str | None) -> str:
    """`due 2026-12-04`; empty without."""
    return f"due {due}" if due else ""
