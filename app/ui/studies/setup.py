"""A study before it is made: what the wizard has been told, what that draws, and making it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from app.domain.clock import utc_now
from app.domain.errors import UserError
from app.domain.ratings import Viewer
from app.domain.studies import Instrument, Study, StudyDesign
from app.domain.work import Work
from app.services.studies import making, planning
from app.services.studies.choosing import ClipRule
from app.services.workspace import Workspace

if TYPE_CHECKING:
    from app.services.studies.controls import Planned

ROLE_WORDS: Mapping[str, str] = {
    "rate": "to rate",
    "training": "training",
    "trap": "traps",
    "gold": "golds",
    "null": "identical pairs",
    "obvious": "obvious pairs",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Everything that makes a study."""

    name: str = ""
    instrument: Instrument = "acr"
    rubric_key: str = ""
    query: str = ""
    call_ids: tuple[str, ...] = ()
    """Calls that were chosen one by one; the query's where empty."""
    rule: ClipRule = field(default_factory=ClipRule)
    most_pairs: int = 0
    references: bool = False
    design: StudyDesign = field(default_factory=StudyDesign)
    seed: int = 1
    due: str | None = None

    @property
    def made_of(self) -> tuple[object, ...]:
        """What is stored of it in a draft: the same again needs no other draft."""
        query = "" if self.call_ids else self.query
        rules = repr(sorted(self.design.to_json().items(), key=lambda kv: kv[0]))
        return (self.name, self.instrument, self.rubric_key, query, rules, self.seed, self.due)

    def as_study(self) -> Study:
        """A study that is nowhere yet, to draw with."""
        return Study(
            id="", number=0, name=self.name, instrument=self.instrument, rubric_version_id="",
            design=self.design, seed=self.seed, query=self.query, created_by="",
            created_at=utc_now(), due=self.due, state="draft", frozen_at=None, snapshot_sha256="",
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What a setup would present."""

    calls: int = 0
    conditions: tuple[tuple[str, int, int], ...] = ()
    """(condition, clips or pairs, calls)"""
    roles: Mapping[str, int] = field(default_factory=dict)
    rated_s: float = 0.0
    """Seconds of sound to rate, once through."""
    problem: str = ""
    remedy: str = ""

    @property
    def rated(self) -> int:
        """How many items are rated."""
        return self.roles.get("rate", 0)


def plan(ws: Workspace, viewer: Viewer, setup: Setup) -> list[Planned]:
    """Draw what a setup presents.

    Raises:
        BadInput: nothing fits.
    """
    return planning.plan_items(
        ws, viewer, setup.as_study(), list(setup.call_ids) or None, rule=setup.rule,
        most_pairs=setup.most_pairs, with_references=setup.references,
    )  # fmt: skip


def draw(ws: Workspace, viewer: Viewer, setup: Setup) -> Drawn:
    """What a setup would present, or why it cannot."""
    planning.advice()  # what the planning help needs is imported here, off the window's thread
    try:
        planned = plan(ws, viewer, setup)
    except UserError as error:
        return Drawn(problem=error.what, remedy=error.remedy)
    rated = [p for p in planned if p.role == "rate"]
    return Drawn(
        calls=len({c.call.id for p in rated for c in (p.clip, p.other) if c is not None}),
        conditions=_conditions(rated),
        roles=Counter(p.role for p in planned),
        rated_s=sum(c.span.frames / c.call.rate_hz for p in rated for c in (p.clip, p.other) if c),
    )


def _conditions(rated: Sequence[Planned]) -> tuple[tuple[str, int, int], ...]:
    counts: Counter[str] = Counter()
    calls: dict[str, set[str]] = defaultdict(set)
    for planned in rated:
        for clip in (planned.clip, planned.other):
            if clip is not None:
                counts[clip.condition] += 1
                calls[clip.condition].add(clip.call.id)
    return tuple((name, counts[name], len(calls[name])) for name in sorted(counts))


def make(ws: Workspace, viewer: Viewer, setup: Setup) -> Study:
    """Store a setup as a draft.

    Raises:
        BadInput: no name, or rules that cannot be. NotAllowed: a reviewer.
    """
    return making.create(
        ws, viewer, setup.name, setup.instrument, setup.design,
        query="" if setup.call_ids else setup.query, rubric_key=setup.rubric_key,
        seed=setup.seed, due=setup.due,
    )  # fmt: skip


def open_it(ctx: Work, ws: Workspace, viewer: Viewer, setup: Setup, study_id: str) -> Study:
    """Draw a draft's items, render and freeze them, and open it.

    Raises:
        BadInput: nothing fits. Cancelled: it stays a draft.
    """
    from app.services.studies.opening import open_study

    ctx.progress(0, 0, "Drawing items")
    planned = plan(ws, viewer, setup)
    ctx.raise_if_cancelled()
    return open_study(ctx, ws, viewer, study_id, planned)


def replace_calls(setup: Setup, call_ids: tuple[str, ...], query: str) -> Setup:
    """A setup of other calls."""
    return replace(setup, call_ids=call_ids, query=query)
