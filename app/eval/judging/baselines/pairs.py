"""Which of two calls is better by rules: the one whose replies lose fewer points.

As a model is, the rule is asked in both orders. It gives the same verdict in both, unless a fault
is planted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.judging import Verdict
from app.eval.judging.baselines.findings import Finding
from app.eval.judging.baselines.planted import first_shown
from app.eval.judging.call import JudgeCall

Findings = Sequence[tuple[int, Finding]]
"""A rule's finding with the best value that it can give."""
MOST_POINTED = 3
NO_REPLY = "In one of the calls there is no text of a reply."
_NAMES = {1: "the first call", -1: "the second call", 0: "neither"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What the replies of a call lose, by all rules together."""

    points: float
    """A reply in the mean."""
    replies: int
    worst: tuple[Finding, ...]
    """Where most is lost, the worst first."""

    @property
    def words(self) -> str:
        """`1.5 points a reply lost: More than 2 sentences …`."""
        why = f": {self.worst[0].rationale}" if self.worst else "."
        return f"{self.points:.2g} points a reply lost{why}"

    @property
    def turns(self) -> tuple[int, ...]:
        """0-based indices of the replies that it points at."""
        return tuple(sorted({one.turn.index for one in self.worst}))


def preferred(
    key: str, calls: tuple[JudgeCall, JudgeCall], found: tuple[Findings, Findings],
    params: Mapping[str, Any],
) -> Verdict:  # fmt: skip
    """A verdict on a pair, of its first call: 1 it is better, −1 the other, 0 neither.

    Args:
        key: of the criterion.
        calls: the pair, the call with the smaller id first.
        found: what the rules found in each.
        params: `margin`, points a reply by which calls count as alike; `fault`, where one is
            planted (see `first_shown`).
    """
    one, two = (_lost(f) for f in found)
    if not (one.replies and two.replies):
        return Verdict(criterion_key=key, value=None, rationale=NO_REPLY)
    gap = two.points - one.points
    plain = 0 if abs(gap) <= float(params["margin"]) else 1 if gap > 0 else -1
    fault = params.get("fault")
    straight, turned = first_shown(plain, calls, fault) if fault else (plain, plain)
    agree = straight == turned
    details: dict[str, Any] = {
        "baseline": True, "order_values": [straight, turned], "other_evidence": list(two.turns),
    }  # fmt: skip
    if not agree:
        details["inconsistent"] = True
    words = f"First call: {one.words} Second call: {two.words} Better: {_NAMES[plain]}."
    if fault and (straight, turned) != (plain, plain):
        words += (
            f" The planted fault ({fault['kind']}) makes it {_NAMES[straight]} in one order, "
            f"{_NAMES[turned]} in the other."
        )
    return Verdict(
        criterion_key=key, value=straight if agree else 0, rationale=words, evidence=one.turns,
        flagged=not agree, details=details,
    )  # fmt: skip


def _lost(found: Findings) -> Lost:
    rated = [(best - one.value, one) for best, one in found if one.value is not None]
    replies = {one.turn.index for _, one in rated}
    worst = sorted((two for two in rated if two[0] > 0), key=lambda two: -two[0])
    return Lost(
        points=sum(lost for lost, _ in rated) / max(1, len(replies)), replies=len(replies),
        worst=tuple(one for _, one in worst[:MOST_POINTED]),
    )  # fmt: skip
