"""What a study's results are made of. Frozen values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.studies import Stimulus, Study
from app.eval.listening.opinion import Opinion
from app.eval.listening.preference import Preference, Share


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemResult:
    """Votes on one stimulus."""

    stimulus: Stimulus
    opinion: Opinion
    voids: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RaterResult:
    """How one rater did."""

    rater_id: str
    name: str
    rater_class: str
    done: int
    left: int
    voids: int
    pace_s: float | None
    """Median seconds from vote to vote, breaks left out."""
    blocks_void: Mapping[str, int]
    """Rule → blocks that broke it."""
    consistency: float | None
    """Correlation with the others' mean."""
    repeats: float | None
    """Share of repeated trials answered alike."""
    excluded: str
    """By which rule of the design, empty where their votes count."""
    imported: str
    """The file that their votes came from; they are kept apart. Empty for raters of this study."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Everything about a study's votes.

    `conditions` counts by the study's rules; `all_votes` every valid vote whatever these say.
    """

    study: Study
    question: str
    """As raters read it."""
    title: str
    """What the figure may be called: `ACR-expert`, `ACR-panel (P.800-style)`."""
    items: tuple[ItemResult, ...]
    conditions: Mapping[str, Opinion]
    all_votes: Mapping[str, Opinion]
    without_outliers: Mapping[str, Opinion]
    exclusions: Mapping[str, int]
    """Rule → votes on rating trials that it takes out."""
    raters: tuple[RaterResult, ...]
    preference: Preference | None
    preference_of_all: Preference | None
    """Whatever the study's rules say."""
    null_pairs: Share | None
    """Of pairs of one clip with itself: how often the first one heard was preferred."""
    wanted: int
    """Votes that the design asks for."""
    counted: int
    trials_left: int
    imported: Mapping[str, Opinion]
    """Conditions by imported votes alone; never mixed with the others."""

    @property
    def wording(self) -> str:
        """How a report may call the figures, with what is not controlled."""
        return words_of(self)


def words_of(found: Results) -> str:
    """As the specification of listening tests wants figures to be called."""
    name = {"acr": "ACR", "dcr": "DCR", "ccr": "CCR"}.get(found.study.instrument)
    people = [r for r in found.raters if not r.imported and r.done]
    panel = "panel of listeners" if name and "panel" in found.title else "expert panel"
    design = found.study.design
    level = f"{design.level_dbov:g} dBov" if design.lock_level else "levels as recorded"
    parts = [name or found.study.instrument, panel, _count(len(people), "rater")]
    parts += [_count(found.counted, "vote"), "headphones", "uncontrolled room", level]
    return ", ".join([*parts, "P.800-style scale"] if name else parts).replace("-26", "\u221226")


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
