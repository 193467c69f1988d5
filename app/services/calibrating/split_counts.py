"""How many calls of a workspace have which role."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from app.services.calibrating import splits
from app.services.calibrating.splits import Role, Splits
from app.services.workspace import Workspace
from db.repos.calibration_facts import CalibrationFacts, CallFact


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The splits with what they make of the calls that are there."""

    splits: Splits
    calls: Mapping[Role, int]
    labelled: Mapping[Role, int]
    """Of these, calls that a person has scored."""
    facts: tuple[CallFact, ...]
    scored: frozenset[str]

    def of(self, shares: Mapping[Role, float]) -> Counts:
        """The same calls under other shares."""
        return _counted(Splits(shares=shares, salt=self.splits.salt), self.facts, self.scored)


def counts(ws: Workspace) -> Counts:
    """Count the calls of each role."""
    with ws.db.read() as uow:
        facts = CalibrationFacts(uow.connection)
        every = tuple(facts.calls(facts.all_calls()))
        return _counted(splits.stored(uow), every, frozenset(facts.calls_scored_by_people()))


def _counted(rule: Splits, facts: tuple[CallFact, ...], scored: frozenset[str]) -> Counts:
    roles = {c.id: rule.role(c) for c in facts}
    whole, labelled = Counter(roles.values()), Counter(roles[i] for i in scored if i in roles)
    return Counts(
        splits=rule, calls={r: whole[r] for r in splits.SHARES},
        labelled={r: labelled[r] for r in splits.SHARES}, facts=facts, scored=scored,
    )  # fmt: skip
