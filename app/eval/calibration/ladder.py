"""The verdict on a judge, per judge version, dimension and slice: six states from evidence.

0 insufficient, 1 do not use, 2 assist, 3 aggregate with correction, 4 stand-in for one rater,
5 alone with audit. A state is reached where all clauses up to it hold; what is not known does not
hold. Between "do not use" and "assist" lies an interval that spans the bound of use: that is
insufficient evidence, not a bad judge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.eval.calibration import steps
from app.eval.calibration.clauses import Clause
from app.eval.calibration.evidence import STATE_NAMES, Evidence, State
from app.eval.calibration.rules import Rule
from app.eval.stats.paired import holm


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderVerdict:
    """The state, and why not the next one."""

    state: State
    rule: str
    clauses: Mapping[State, tuple[Clause, ...]]
    """All that were looked at, by the state that they decide. Those of 0 and 1 are asked the other
    way round: they hold where that state is *not* the verdict."""
    failing: tuple[Clause, ...]
    """What keeps it from the next state; empty at the top."""
    advice: str = ""

    @property
    def name(self) -> str:
        """The state in words."""
        return STATE_NAMES[self.state]

    @property
    def more_calls(self) -> int | None:
        """How many more calls would settle the failing clauses; None where calls alone will not."""
        return _needed(self.failing)

    def calls_to(self, state: State) -> int | None:
        """How many more calls would settle all that fails up to a state, as far as it is known."""
        return _needed(
            [c for s, found in self.clauses.items() if s <= state for c in found if not c.holds]
        )

    @property
    def words(self) -> str:
        """The state, the clause that decides it and what would settle it."""
        parts = [f"{self.name}."]
        if self.advice:
            parts.append(self.advice)
        parts += [c.words for c in self.failing if c.words != self.advice]
        if self.more_calls:
            parts.append(f"About {self.more_calls} more calls would settle it.")
        return " ".join(parts)

    def to_json(self) -> dict[str, Any]:
        """The plain form, to be stored with the figures that it was made from."""
        return {
            "state": self.state, "name": self.name, "rule": self.rule, "advice": self.advice,
            "failing": [asdict(c) for c in self.failing], "more_calls": self.more_calls,
            "clauses": {str(k): [asdict(c) for c in v] for k, v in self.clauses.items()},
        }  # fmt: skip


def verdict(evidence: Evidence, rule: Rule) -> LadderVerdict:
    """Climb the ladder until a clause fails."""
    t = rule.thresholds
    e = evidence
    asked: dict[State, tuple[Clause, ...]] = {
        0: steps.enough(e, t), 1: steps.usable(e, t), 2: steps.assists(e, t),
        3: steps.aggregates(e, t), 4: steps.stands_in(e, t), 5: steps.alone(e, t),
    }  # fmt: skip

    def ends(state: State, decided_by: State, advice: str = "") -> LadderVerdict:
        failing = tuple(c for c in asked[decided_by] if not c.holds)
        return LadderVerdict(
            state=state, rule=rule.ref, clauses=asked, failing=failing, advice=advice
        )

    if not _hold(asked[0]):
        alpha = next((c for c in asked[0] if c.name == "rubric" and c.holds is False), None)
        return ends(0, 0, "Fix the rubric, not the judge: people do not agree." if alpha else "")
    if not _hold(asked[1]):
        return ends(1, 1)
    if not _hold(asked[2]):
        return ends(0, 2)
    reached: State = 2
    for state in (3, 4, 5):
        if not _hold(asked[state]):
            return ends(reached, state)
        reached = state
    return LadderVerdict(state=5, rule=rule.ref, clauses=asked, failing=())


def survives_holm(cells: Mapping[str, float | None], level: float = 0.05) -> dict[str, bool]:
    """Of cells promoted to stand-in or above, which stay so when all are looked at together.

    Args:
        cells: name → `Ceiling.p_inferior`; None never survives.
        level: of the chance of any false promotion.
    """
    adjusted = holm(list(cells.values()))
    return {name: p is not None and p <= level for name, p in zip(cells, adjusted)}


def _hold(found: Sequence[Clause]) -> bool:
    return all(c.holds for c in found)


def _needed(failing: Sequence[Clause]) -> int | None:
    """By the clause that needs most; None where calls alone will not do, or nothing fails."""
    needed = [c.more_calls or 0 for c in failing]
    return max(needed) if needed and all(needed) else None
